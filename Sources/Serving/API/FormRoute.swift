import Models
import Platform
import TimeSeries

/// `POST /` by a form: what the page does without JavaScript. A recording in, a page out.
struct FormRoute: Sendable {
    let registry: ModelRegistry

    /// Classifies the recording of a form: the file "recording", or the text "readings"; by the model that the field "model" names.
    ///
    /// What is wrong is a page, too.
    func answer(_ request: FunctionRequest) -> FunctionAnswer {
        do throws(RequestError) {
            let parts = try MultipartForm.parts(request.body, contentType: request.contentType ?? "")
            let name = parts.first { $0.name == "model" && !$0.body.isEmpty }.map { String(decoding: $0.body, as: UTF8.self) }
            let model = try registry.model(name ?? request.query["model"])
            let recording = parts.first { $0.name == "recording" && !$0.body.isEmpty } ?? parts.first { $0.name == "readings" }
            guard let recording, !recording.body.isEmpty else { throw .bad("choose a file or paste readings") }
            return try answers(to: recording, model)
        } catch {
            return FunctionAnswer(
                status: error.status, .html, page("Not understood", "<p role=\"alert\">\(MarkupText.escaped(error.message))</p>"))
        }
    }

    private func answers(to recording: MultipartForm.Part, _ model: ServedModel) throws(RequestError) -> FunctionAnswer {
        let isRaw = recording.fileName?.lowercased().hasSuffix(".f32") ?? false
        let name = recording.fileName ?? "the pasted readings"
        let predictions: [Prediction]
        let warning: String?
        do throws(WindowError) {
            var decoder = try WindowDecoder("", encoding: isRaw ? .floats : .csv, format: model.format, allowsRest: true)
            decoder.append(recording.body)
            decoder.finish()
            let windows = try decoder.takeWindows() ?? []
            _ = try decoder.takeWindows()
            guard !windows.isEmpty else {
                throw WindowError(message: "\(decoder.readings) readings are no window: the model takes \(model.format.steps)")
            }
            predictions = try model.session.predict(windows)
            warning = model.warning(windows)
        } catch {
            throw .bad(WindowsBody.text(error))
        }
        var rows = ""
        for (index, prediction) in predictions.enumerated() {
            let begin = model.format.rate.map { NumberText.fixed(Double(index * model.format.steps) / $0, 2) + " s" }
            rows += "<tr><td>\(index + 1)</td><td>\(begin ?? "")</td><td>\(MarkupText.escaped(prediction.name))</td>"
            rows += "<td>\(NumberText.percent(Double(prediction.confidence)))</td></tr>\n"
        }
        let table =
            "<table><caption>\(MarkupText.escaped(name)), by the model \(MarkupText.escaped(model.name)) \(model.version)</caption><thead><tr>"
            + "<th scope=\"col\">Window</th><th scope=\"col\">Begins at</th><th scope=\"col\">Class</th><th scope=\"col\">Probability</th>"
            + "</tr></thead><tbody>\n\(rows)</tbody></table>"
        let note = warning.map { "<p role=\"note\">\(MarkupText.escaped($0))</p>\n" } ?? ""
        var answer = FunctionAnswer(.html, page("Answers", note + table))
        answer.windows = predictions.count
        return answer
    }

    private func page(_ title: String, _ content: String) -> [UInt8] {
        let style =
            ":root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;background:Canvas;color:CanvasText;max-width:48rem;"
            + "margin:0 auto;padding:1rem}p,caption{overflow-wrap:anywhere}table{border-collapse:collapse;width:100%;"
            + "font-variant-numeric:tabular-nums}caption,td,th{text-align:left;padding:.25rem .5rem .25rem 0}"
            + "td{border-top:1px solid #8888}td:nth-child(3){overflow-wrap:anywhere}td:last-child,th:last-child{text-align:right}"
        let text =
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
            + "content=\"width=device-width,initial-scale=1\"><title>\(title) - harfunction</title><style>\(style)</style></head>"
            + "<body><main><h1>\(title)</h1>\n\(content)\n<p><a href=\"\">Another recording</a></p></main></body></html>\n"
        return Array(text.utf8)
    }
}
