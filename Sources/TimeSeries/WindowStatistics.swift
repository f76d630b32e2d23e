/// The statistics of one window that `WindowRanges` bound, channel by channel.
struct WindowStatistics {
    /// Those of a channel.
    private struct Channel {
        let least: Float
        let largest: Float
        let mean: Float
        let step: Double
    }

    private var channels: [Channel] = []

    /// Takes the statistics of a window in one sweep, four channels side by side.
    ///
    /// Each sum has the order of the steps, so its bits are those of a channel taken alone.
    /// - Parameter window: [steps, channels], a step at least.
    init(_ window: Span<Float>, channels count: Int) {
        let steps = window.count / count
        channels.reserveCapacity(count)
        for first in stride(from: 0, to: count, by: 4) {
            var least = WindowStatistics.four(window, at: first)
            var largest = least
            var last = SIMD4<Double>(least)
            var (sum, change) = (SIMD4<Double>.zero + last, SIMD4<Double>.zero)
            for step in 1..<max(steps, 1) {
                let reading = WindowStatistics.four(window, at: step * count + first)
                least.replace(with: reading, where: reading .< least)
                largest.replace(with: reading, where: reading .>= largest)
                let value = SIMD4<Double>(reading)
                let (up, down) = (value - last, last - value)
                sum += value
                change += up.replacing(with: down, where: down .> up)
                last = value
            }
            for lane in 0..<min(4, count - first) {
                channels.append(
                    Channel(
                        least: least[lane], largest: largest[lane], mean: Float(sum[lane] / Double(steps)),
                        step: change[lane] / Double(max(steps - 1, 1))))
            }
        }
    }

    /// Four values from a place on. Behind the last channel they are those of the next step, or 0 at the end: nobody looks at them.
    @inline(__always)
    private static func four(_ window: Span<Float>, at place: Int) -> SIMD4<Float> {
        if place <= window.count &- 4 {
            return unsafe window.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: place &* 4, as: SIMD4<Float>.self)
        }
        var values = SIMD4<Float>.zero
        for lane in 0..<window.count - place { values[lane] = window[place + lane] }
        return values
    }

    /// Gives the statistics of each channel in their order: of its readings the least and the largest.
    func forEach(_ body: (_ statistic: WindowRanges.Statistic, _ channel: Int, _ value: Float) -> Void) {
        var total = 0.0
        for channel in channels { total += channel.step }
        for (index, channel) in channels.enumerated() {
            body(.reading, index, channel.least)
            body(.reading, index, channel.largest)
            body(.mean, index, channel.mean)
            // The difference of two floats need not be one.
            body(.step, index, Float(min(channel.step, Double(Float.greatestFiniteMagnitude))))
            if total > 0 { body(.share, index, Float(channel.step / total)) }
        }
    }
}
