extension WindowSet {
    /// A reading that stands out from all others.
    public struct Outlier: Equatable, Sendable {
        /// The window, from 0.
        public let window: Int
        /// The channel, from 0.
        public let channel: Int
        /// The reading, in the channel's unit.
        public let value: Float
    }

    /// Fewer readings of a channel are too few to say that one of them is none.
    private static let leastReadings = 5_000

    /// A reading that makes more than half of the variance of its channel, so that mean and deviation say nothing of the others.
    ///
    /// Of n readings that is one more than sqrt(n / 2) deviations off, 50 for five thousand: no sensor gives it, a damaged file does.
    /// - Returns: That of the first channel that has one; nil where there is none, and where there are few readings.
    public var outlier: Outlier? {
        let channels = format.channels.count
        let readings = Double(count * format.steps)
        guard count * format.steps >= WindowSet.leastReadings else { return nil }
        var sums = [Double](repeating: 0, count: channels)
        var squares = sums
        var largest = (0..<channels).map { Outlier(window: 0, channel: $0, value: 0) }
        for index in 0..<count {
            let window = window(index)
            var channel = 0
            for place in window.indices {
                let value = window[place]
                sums[channel] += Double(value)
                squares[channel] += Double(value) * Double(value)
                if value.magnitude > largest[channel].value.magnitude {
                    largest[channel] = Outlier(window: index, channel: channel, value: value)
                }
                channel = channel + 1 == channels ? 0 : channel + 1
            }
        }
        return largest.first { candidate in
            let mean = sums[candidate.channel] / readings
            let variation = squares[candidate.channel] - readings * mean * mean
            let own = (Double(candidate.value) - mean) * (Double(candidate.value) - mean)
            return variation > 0 && own > variation / 2
        }
    }
}
