import Memory
import Testing

@testable import TimeSeries

/// What is taken of four channels side by side, against each channel taken alone.
@Suite struct WindowStatisticsTests {
    private struct Value: Equatable {
        let statistic: WindowRanges.Statistic
        let channel: Int
        let bits: UInt32
    }

    /// The statistics as their definition has them, value by value.
    private func defined(_ window: [Float], channels: Int) -> [Value] {
        func column(_ channel: Int) -> [Float] { stride(from: channel, to: window.count, by: channels).map { window[$0] } }
        func change(_ column: [Float]) -> Double {
            zip(column, column.dropFirst()).reduce(0) { $0 + abs(Double($1.1) - Double($1.0)) } / Double(max(column.count - 1, 1))
        }
        let total = (0..<channels).reduce(0) { $0 + change(column($1)) }
        return (0..<channels).flatMap { channel -> [Value] in
            let column = column(channel)
            let step = change(column)
            var values: [(WindowRanges.Statistic, Float)] = [
                (.reading, column.reduce(column[0]) { min($0, $1) }), (.reading, column.reduce(column[0]) { max($0, $1) }),
                (.mean, Float(column.reduce(0) { $0 + Double($1) } / Double(column.count))),
                (.step, Float(min(step, Double(Float.greatestFiniteMagnitude)))),
            ]
            if total > 0 { values.append((.share, Float(step / total))) }
            return values.map { Value(statistic: $0.0, channel: channel, bits: $0.1.bitPattern) }
        }
    }

    private func taken(_ window: [Float], channels: Int) -> [Value] {
        var values: [Value] = []
        WindowStatistics(window.span, channels: channels).forEach {
            values.append(Value(statistic: $0, channel: $1, bits: $2.bitPattern))
        }
        return values
    }

    /// Of every number of channels and few or many steps, with zeros of both signs and the largest floats among the readings.
    @Test(arguments: 1...13, [1, 2, 3, 17, 128])
    func theBitsAreThoseOfEachChannelAlone(_ channels: Int, _ steps: Int) {
        var random = Random(seed: UInt64(channels), stream: .synthesis)
        let unusual: [Float] = [0, -0.0, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude]
        for share in [0, 3] {
            let window = (0..<steps * channels).map { _ in
                random.below(4) < share ? unusual[random.below(5)] : Float(random.below(2_000_001) - 1_000_000) / 37_000
            }
            #expect(taken(window, channels: channels) == defined(window, channels: channels))
        }
    }

    @Test func whereNothingChangesThereIsNoShare() {
        #expect(
            taken([1, 2, 1, 2, 1, 2], channels: 2).map(\.statistic) == [
                .reading, .reading, .mean, .step, .reading, .reading, .mean, .step,
            ])
    }
}
