import Platform

/// The models that are served, by name; a version takes the place of another between two requests.
final class ModelRegistry: Sendable {
    private let models: Locked<[ServedModel]>

    init(_ models: [ServedModel] = []) {
        self.models = Locked(models)
    }

    /// All models; the first answers where a request names none.
    var all: [ServedModel] { models.withLock { $0 } }

    /// Whether there is a model.
    var isReady: Bool { models.withLock { !$0.isEmpty } }

    /// The model of a name, or the first.
    /// - Throws: A `RequestError`: 404 for another name, 503 where there is no model yet.
    func model(_ name: String? = nil) throws(RequestError) -> ServedModel {
        let all = all
        guard let first = all.first else {
            throw RequestError(503, "no model is loaded: start with --weights, or POST /v2/specialize as Fission does")
        }
        guard let name else { return first }
        guard let model = all.first(where: { $0.name == name }) else {
            let known = all.map(\.name).joined(separator: ", ")
            throw RequestError(404, "there is no model '\(name.prefix(80))': the models are \(known)")
        }
        return model
    }

    /// Puts a version in the place of the one before, or a model beside the others.
    func set(_ model: ServedModel) {
        // A list of its own: who reads the one before may still have it.
        models.withLock { models in
            let isKnown = models.contains { $0.name == model.name }
            models = models.map { $0.name == model.name ? model : $0 } + (isKnown ? [] : [model])
        }
    }

    /// Adds the first model; false where there is one already.
    func setFirst(_ model: ServedModel) -> Bool {
        models.withLock { models in
            guard models.isEmpty else { return false }
            models.append(model)
            return true
        }
    }
}
