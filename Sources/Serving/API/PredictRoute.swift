import Models
import Platform
import TimeSeries

/// `POST /predict`: windows in, classes out.
struct PredictRoute: Sendable {
    let registry: ModelRegistry

    /// Classifies the windows of a body.
    /// - Throws: A `RequestError`.
    func answer(_ request: FunctionRequest) throws(RequestError) -> FunctionAnswer {
        let watch = Stopwatch()
        for key in request.query.keys where key != "model" {
            throw .bad("the parameter '\(key.prefix(40))' is unknown: there is 'model'")
        }
        let model = try registry.model(request.query["model"])
        let type = try MediaType.of(request.contentType, body: request.body, among: WindowsBody.types)
        let wanted = try MediaType.preferred(request.accept, among: [.json, .text, .floats])
        let windows = try WindowsBody.windows(request.body, type, for: model)
        let predictions = try model.predictions(windows)
        let warning = model.warning(windows)
        var answer: FunctionAnswer
        switch wanted {
        case .text: answer = FunctionAnswer(.text, AnswerText.plain(predictions))
        case .floats: answer = FunctionAnswer(.floats, AnswerText.floats(predictions))
        default:
            answer = FunctionAnswer(
                .json, AnswerText.json(predictions, model, warning: warning, seconds: watch.seconds))
        }
        answer.headers = model.headers
        if let warning { answer.headers.append(FunctionAnswer.Header(warning: warning)) }
        answer.windows = predictions.count
        return answer
    }
}

extension ServedModel {
    /// What every answer says of the model.
    var headers: [FunctionAnswer.Header] {
        [FunctionAnswer.Header(name: "X-Model", value: name), FunctionAnswer.Header(name: "X-Model-SHA256", value: sha256)]
    }

    /// Classifies windows, each alone.
    /// - Throws: A `RequestError` where they are too large for finite probabilities.
    func predictions(_ windows: [Float]) throws(RequestError) -> [Prediction] {
        do throws(WindowError) {
            return try session.predict(windows)
        } catch {
            throw .bad(error.message)
        }
    }

    /// What a person should know of windows that the model was not made for: a line about the first of them; nil where there is none.
    /// - Parameter before: The windows that came before these.
    func warning(_ windows: [Float], before: Int = 0) -> String? {
        guard let ranges = details.ranges else { return nil }
        let size = format.shape.count
        for first in stride(from: 0, to: windows.count, by: size) {
            guard let departure = ranges.departure(of: windows.span.extracting(first..<first + size)) else { continue }
            return
                "window \(before + first / size + 1): \(departure.text(format)); check the units and the order of the channels, and that "
                + "the readings are raw"
        }
        return nil
    }
}
