import CommandSupport
import ArgumentParser
import HAR
import Layers
import Models
import Platform
import StrictJSON
import TimeSeries

/// Classifies windows of files or of standard input.
struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Classify windows: one line for each, with the activity and its probability.",
        discussion: """
            An input is a .csv file (one reading per line: nine values in this order,
            or under a header that names them in any order; 128 lines per window;
            commas, semicolons or tabs between them), a .f32 file (raw little-endian 32-bit
            floats, [windows, 128, 9]) or - (CSV on standard input). The nine values
            are body_acc x y z in g, body_gyro x y z in rad/s and total_acc x y z in
            g, 50 readings per second, not standardised: the file of weights holds
            the standardisation. A window is classified as soon as its last reading
            is there.

            Windows that are far from those of the training (other units, another order
            of channels, already standardised) cause one warning for each input, with
            --strict an error: the answers to windows before it have been printed.

            EXAMPLES
              hartrain predict --weights Checkpoints/pretrained/cnn/best.safetensors \\
                  windows.csv
              sensor | hartrain predict --weights FILE --json -
            """)

    @Option(
        name: [.long, .short],
        help: ArgumentHelp(
            "The weights: a .safetensors file written by hartrain, a run folder, or an s3:// place.", valueName: "place"))
    var weights: String
    @Flag(help: "Print one JSON object per line.")
    var json = false
    @OptionGroup var ranges: RangeArguments
    @OptionGroup(title: "Object store, for s3:// weights")
    var store: StoreArguments
    @Argument(help: ArgumentHelp("Files of windows, or - for standard input.", valueName: "input"))
    var inputs: [String]

    func run() throws {
        let checkpoint = try Weights(weights, store).checkpoint()
        if try DataSource.syntheticSeed(checkpoint.details.dataSource) != nil {
            Terminal.write("note: these weights were trained on \(SyntheticHAR.notice)\n", to: .standardError)
        }
        let session = try InferenceSession(checkpoint)
        let known = try ranges.ranges(of: checkpoint.details, weights)
        for input in inputs {
            let reader = try WindowReader(input, format: session.format)
            let size = session.format.shape.count
            var number = 0
            var isWarned = false
            while let windows = try reader.next() {
                var text = ""
                for first in stride(from: 0, to: windows.count, by: size) {
                    number += 1
                    let window = Array(windows[first..<first + size])
                    if !isWarned, let departure = known?.departure(of: window.span) {
                        if ranges.strict { try printResult(text) }
                        try ranges.report("\(reader.name), window \(number)", departure, session.format)
                        isWarned = true
                    }
                    do throws(WindowError) {
                        for prediction in try session.predict(window) {
                            text += line(prediction, window: number, of: reader.name) + "\n"
                        }
                    } catch {
                        try printResult(text)
                        throw CommandError(
                            "\(reader.name), window \(number): the probabilities are not finite numbers: the readings, or the "
                                + "weights in \(weights), are too large")
                    }
                }
                try printResult(text)
            }
        }
    }

    /// The answer to a window; among several inputs, also whose it is.
    private func line(_ prediction: Prediction, window: Int, of input: String) -> String {
        guard json else {
            let place = (inputs.count > 1 ? "\(input), " : "") + "window \(window): "
            return place + "\(prediction.label + 1) \(prediction.name) \(NumberText.fixed(Double(prediction.confidence), 4))"
        }
        var object: JSONObject = inputs.count > 1 ? ["input": .string(input)] : [:]
        object.set("window", .integer(window))
        object.set("class", .integer(prediction.label + 1))
        object.set("name", .string(prediction.name))
        object.set("probabilities", .array(prediction.probabilities.map { JSON.float($0) }))
        return JSON.object(object).serialized()
    }
}
