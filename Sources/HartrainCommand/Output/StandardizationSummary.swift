import Models
import Platform
import StrictJSON

/// A checkpoint's standardisation in short: for each channel the least and the largest mean and deviation over its steps.
struct StandardizationSummary {
    /// One channel, in its unit.
    struct Channel {
        let name: String
        let mean: ClosedRange<Float>
        let std: ClosedRange<Float>
    }

    /// The shape of mean and deviation: [steps, channels] or [channels].
    let shape: [Int]
    /// None where windows are not standardised.
    let channels: [Channel]

    init(_ checkpoint: Checkpoint) {
        let standardization = checkpoint.standardization
        shape = standardization.kind.shape(window: checkpoint.description.input).dimensions
        let names = checkpoint.details.format.channels
        func range(_ values: [Float], _ channel: Int) -> ClosedRange<Float>? {
            let own = stride(from: channel, to: values.count, by: names.count).map { values[$0] }
            guard let least = own.min(), let largest = own.max() else { return nil }
            return least...largest
        }
        channels = names.enumerated().compactMap { index, name in
            guard let mean = range(standardization.mean, index), let std = range(standardization.std, index) else { return nil }
            return Channel(name: name, mean: mean, std: std)
        }
    }

    /// A table, a line for each channel.
    var text: String {
        func words(_ range: ClosedRange<Float>) -> String {
            let (least, largest) = (
                NumberText.significant(Double(range.lowerBound)), NumberText.significant(Double(range.upperBound))
            )
            return range.lowerBound == range.upperBound ? least : "\(least) to \(largest)"
        }
        var table = TextTable(["standardised by \(shape)", "mean", "deviation"])
        for channel in channels { table.add([channel.name, words(channel.mean), words(channel.std)]) }
        return table.text
    }

    /// The same for programs, each range as a pair.
    var json: JSON {
        func pair(_ range: ClosedRange<Float>) -> JSON { [.float(range.lowerBound), .float(range.upperBound)] }
        return [
            "shape": .array(shape.map(JSON.integer)),
            "channels": .array(
                channels.map { ["channel": .string($0.name), "mean": pair($0.mean), "std": pair($0.std)] }),
        ]
    }
}
