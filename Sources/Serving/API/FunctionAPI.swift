import Models
import StrictJSON
import TimeSeries

/// All that the server can be asked, apart from how the question comes.
struct FunctionAPI: Sendable {
    let registry: ModelRegistry
    let specialization: Specialization

    var predict: PredictRoute { PredictRoute(registry: registry) }
    var inference: InferenceProtocol { InferenceProtocol(registry: registry) }
    var form: FormRoute { FormRoute(registry: registry) }

    /// `GET /models`: what there is, and what its windows hold.
    var models: FunctionAnswer {
        let models = registry.all.map { model -> JSON in
            let format = model.format
            return [
                "name": .string(model.name), "version": .string(model.version), "sha256": .string(model.sha256),
                "data": .string(model.details.dataSource), "source": .string(model.source), "steps": .integer(format.steps),
                "channels": .array(format.channels.map(JSON.string)), "units": .array(format.units.map(JSON.string)),
                "rate": format.rate.map(JSON.number) ?? .null, "classes": .array(format.classes.map(JSON.string)),
            ]
        }
        return FunctionAnswer(.json, ["models": .array(models)])
    }

    /// Answers a request that came by no HTTP server: to `/` and `/predict`, or the protocol's `infer`.
    func answer(_ request: FunctionRequest) throws(RequestError) -> FunctionAnswer {
        let segments = request.path.split(separator: "/").map(String.init)
        switch segments {
        case [], ["predict"]: return try predict.answer(request)
        case ["models"]: return models
        default: break
        }
        guard segments.count >= 4, segments[0] == "v2", segments[1] == "models", segments.last == "infer" else {
            throw RequestError(404, "there is nothing at \(request.path.prefix(120)): send windows to /")
        }
        let version = segments.count == 6 && segments[3] == "versions" ? segments[4] : nil
        guard version != nil || segments.count == 4 else {
            throw RequestError(404, "there is nothing at \(request.path.prefix(120)): send windows to /")
        }
        return try inference.infer(segments[2], version: version, request)
    }
}
