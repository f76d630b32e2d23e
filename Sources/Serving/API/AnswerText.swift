import Models
import Platform
import StrictJSON
import TimeSeries

/// How answers are written.
enum AnswerText {
    /// `{"error":"..."}`
    static func error(_ message: String) -> [UInt8] {
        Array(JSON.object(["error": .string(message)]).serialized().utf8)
    }

    /// The answer to some windows as JSON: the model, and class, name and probabilities of each as `hartrain predict --json` gives them.
    static func json(_ predictions: [Prediction], _ model: ServedModel, warning: String?, seconds: Double) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(256 + predictions.count * 128)
        text.append(contentsOf: model.answerHead)
        for (index, prediction) in predictions.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            append(prediction, model, to: &text)
        }
        text.append(UInt8(ascii: "]"))
        if let warning {
            text.append(contentsOf: ",\"warnings\":".utf8)
            text.append(contentsOf: JSON.array([.string(warning)]).serialized().utf8)
        }
        text.append(contentsOf: ",\"milliseconds\":".utf8)
        text.append(contentsOf: NumberText.fixed(seconds * 1000, 3).utf8)
        text.append(UInt8(ascii: "}"))
        return text
    }

    /// A line of the answer to a recording: where the window begins, what it is, and what a person should know of it.
    static func line(
        _ prediction: Prediction, _ model: ServedModel, window: Int, reading: Int, warning: String?
    ) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(192)
        text.append(contentsOf: "{\"window\":\(window),\"reading\":\(reading),".utf8)
        if let rate = model.format.rate {
            text.append(contentsOf: "\"second\":\(NumberText.fixed(Double(reading - 1) / rate, 3)),".utf8)
        }
        var answer: [UInt8] = []
        append(prediction, model, to: &answer)
        text.append(contentsOf: answer.dropFirst())
        if let warning {
            text.removeLast()
            text.append(contentsOf: ",\"warning\":\(JSON.string(warning).serialized())}".utf8)
        }
        text.append(UInt8(ascii: "\n"))
        return text
    }

    private static func append(_ prediction: Prediction, _ model: ServedModel, to text: inout [UInt8]) {
        text.append(contentsOf: model.answerBeginnings[prediction.label])
        append(prediction.probabilities, to: &text)
        text.append(contentsOf: "]}".utf8)
    }

    /// Writes floats between commas, each with the fewest digits that give it back.
    static func append(_ values: [Float], to text: inout [UInt8]) {
        for (index, value) in values.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            text.append(contentsOf: value.description.utf8)
        }
    }

    /// The answer as lines for people, as `hartrain predict` prints them.
    static func plain(_ predictions: [Prediction]) -> [UInt8] {
        var text = ""
        for (index, prediction) in predictions.enumerated() {
            let confidence = NumberText.fixed(Double(prediction.confidence), 4)
            text += "window \(index + 1): \(prediction.label + 1) \(prediction.name) \(confidence)\n"
        }
        return Array(text.utf8)
    }

    /// The probabilities as little-endian floats, [windows, classes].
    static func floats(_ predictions: [Prediction]) -> [UInt8] {
        var bytes: [UInt8] = []
        for prediction in predictions {
            for value in prediction.probabilities { bytes.append(contentsOf: LittleEndian.bytes(value.bitPattern)) }
        }
        return bytes
    }
}
