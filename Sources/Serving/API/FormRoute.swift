import Models
import Platform
import TimeSeries

/// `POST /` by a form: what the page does without JavaScript. A recording in, a page out.
struct FormRoute: Sendable {
    let registry: ModelRegistry

    /// Classifies the recording of a form: the file "recording", or the text "readings".
    /// - Throws: A `RequestError`.
    func answer(_ request: FunctionRequest) throws(RequestError) -> FunctionAnswer {
        let model = try registry.model()
        let parts = try MultipartForm.parts(request.body, contentType: request.contentType ?? "")
        let recording = parts.first { $0.name == "recording" && !$0.body.isEmpty } ?? parts.first { $0.name == "readings" }
        guard let recording, !recording.body.isEmpty else { throw .bad("choose a file or paste readings") }
        let isRaw = recording.fileName?.hasSuffix(".f32") ?? false
        let name = recording.fileName ?? "the pasted readings"
        let predictions: [Prediction]
        do throws(WindowError) {
            var decoder = try WindowDecoder("", encoding: isRaw ? .floats : .csv, format: model.format, allowsRest: true)
            decoder.append(recording.body)
            decoder.finish()
            let windows = try decoder.takeWindows() ?? []
            _ = try decoder.takeWindows()
            guard !windows.isEmpty else {
                throw WindowError(message: "\(decoder.readings) readings are no window: the model takes \(model.format.steps)")
            }
            predictions = try session(model, windows)
        } catch {
            return FunctionAnswer(
                status: 400, .html, page("Not understood", "<p role=\"alert\">\(escaped(WindowsBody.text(error)))</p>"))
        }
        var rows = ""
        for (index, prediction) in predictions.enumerated() {
            let begin = model.format.rate.map { NumberText.fixed(Double(index * model.format.steps) / $0, 2) + " s" }
            rows += "<tr><td>\(index + 1)</td><td>\(begin ?? "")</td><td>\(escaped(prediction.name))</td>"
            rows += "<td>\(NumberText.percent(Double(prediction.confidence)))</td></tr>\n"
        }
        let table =
            "<table><caption>\(escaped(name)), by the model \(escaped(model.name)) \(model.version)</caption><thead><tr>"
            + "<th scope=\"col\">Window</th><th scope=\"col\">Begins at</th><th scope=\"col\">Class</th><th scope=\"col\">Probability</th>"
            + "</tr></thead><tbody>\n\(rows)</tbody></table>"
        var answer = FunctionAnswer(.html, page("Answers", table))
        answer.windows = predictions.count
        return answer
    }

    private func session(_ model: ServedModel, _ windows: [Float]) throws(WindowError) -> [Prediction] {
        try model.session.predict(windows)
    }

    private func page(_ title: String, _ content: String) -> [UInt8] {
        let style =
            "body{font:1rem/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}"
            + "table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.25rem .5rem;border-bottom:1px solid #8884}"
        let text =
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
            + "content=\"width=device-width,initial-scale=1\"><title>\(title) - harfunction</title><style>\(style)</style></head>"
            + "<body><main><h1>\(title)</h1>\n\(content)\n<p><a href=\"/\">Another recording</a></p></main></body></html>\n"
        return Array(text.utf8)
    }

    /// A text that cannot be taken for HTML.
    private func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
