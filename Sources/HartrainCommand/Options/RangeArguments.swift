import CommandSupport
import ArgumentParser
import Models
import Platform
import TimeSeries

/// What happens to windows that are far from those that a model was trained on (`WindowRanges`).
struct RangeArguments: ParsableArguments {
    @Flag(help: "Refuse windows far from those of the training (exit code 1); without it they cause a warning.")
    var strict = false

    /// The ranges of weights, if they have them.
    /// - Parameter weights: What the weights are called.
    /// - Throws: A `CommandError` where windows are to be refused and there is nothing to compare them with.
    func ranges(of details: Checkpoint.Details, _ weights: String) throws -> WindowRanges? {
        guard strict, details.ranges == nil else { return details.ranges }
        throw CommandError(
            "\(weights) holds no ranges of its training windows, by which --strict would refuse others: leave out --strict, or train "
                + "again with this version")
    }

    /// Warns of windows, or refuses them.
    /// - Parameters:
    ///   - subject: Which windows: "windows.csv, window 3".
    ///   - departure: What is wrong with the first of them.
    /// - Throws: A `CommandError` where they are refused.
    func report(_ subject: String, _ departure: WindowRanges.Departure, _ format: WindowFormat) throws {
        let text =
            "\(subject): \(departure.text(format)); check the units and the order of the channels, and that the readings are raw"
        guard !strict else { throw CommandError(text) }
        Terminal.write("warning: \(ErrorLine.text(text)) (--strict refuses such windows)\n", to: .standardError)
    }
}
