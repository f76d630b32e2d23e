import Hartrain

/// Classifies the windows of a recording: predict WEIGHTS.safetensors RECORDING.csv
@main enum Predict {
    static func main() throws {
        let arguments = CommandLine.arguments
        let session = try InferenceSession(Checkpoint(reading: arguments[1]))
        let reader = try WindowReader(arguments[2], format: session.format)
        while let windows = try reader.next() {
            for answer in try session.predict(windows) { print(answer.name, answer.confidence) }
        }
    }
}
