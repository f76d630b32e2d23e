import ArgumentParser
import Layers
import ModelFiles
import Platform
import StrictJSON

/// Classifies windows of files or of standard input.
struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Classify windows: one line for each, with the activity and its probability.",
        discussion: """
            An input is a .csv file (one reading per line: nine values separated by
            commas; 128 lines per window), a .f32 file (raw little-endian 32-bit
            floats, [windows, 128, 9]) or - (CSV on standard input). The nine values
            are body_acc x y z in g, body_gyro x y z in rad/s and total_acc x y z in
            g, 50 readings per second, not standardised: the file of weights holds
            the standardisation.

            EXAMPLES
              hartrain predict --weights Checkpoints/pretrained/cnn/best.safetensors \\
                  windows.csv
              sensor | hartrain predict --weights FILE --json -
            """)

    @Option(
        name: [.long, .short], help: ArgumentHelp("The weights: a .safetensors file written by hartrain.", valueName: "file"))
    var weights: String
    @Flag(help: "Print one JSON object per line.")
    var json = false
    @Argument(help: ArgumentHelp("Files of windows, or - for standard input.", valueName: "input"))
    var inputs: [String]

    func run() throws {
        let checkpoint = try Checkpoint(reading: weights)
        let model = checkpoint.model
        let session = InferenceSession(model, state: checkpoint.state, standardization: checkpoint.standardization)
        // All inputs are read before the first line is printed: a bad one gives an error and not half an answer.
        let windows = try inputs.map { try WindowFile.read($0, window: checkpoint.description.input) }
        for values in windows {
            var probabilities = [Float](repeating: 0, count: values.count / model.description.input.count * model.classes)
            var result = probabilities.mutableSpan
            session.predict(values.span, into: &result)
            var text = ""
            for first in stride(from: 0, to: probabilities.count, by: model.classes) {
                text += line(Array(probabilities[first..<first + model.classes]), names: checkpoint.details.classNames) + "\n"
            }
            try printResult(text)
        }
    }

    private func line(_ probabilities: [Float], names: [String]) -> String {
        let best = probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
        guard json else {
            return "\(best + 1) \(names[best]) \(NumberText.fixed(Double(probabilities[best]), 4))"
        }
        let object: JSONObject = [
            "class": .integer(best + 1), "name": .string(names[best]),
            "probabilities": .array(probabilities.map { JSON.float($0) }),
        ]
        return JSON.object(object).serialized()
    }
}
