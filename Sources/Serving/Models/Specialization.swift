import Models
import Platform
import StrictJSON

/// Fission's contract: a server without a model is told, once, where its model is.
struct Specialization: Sendable {
    let registry: ModelRegistry
    /// Makes a model of the weights at a place.
    let load: @Sendable (String) throws -> ServedModel

    /// Where Fission's first version puts a function's file.
    private static let userFile = "/userfunc/user"

    /// `POST /specialize`
    func version1() throws(RequestError) -> FunctionAnswer { try specialize(Specialization.userFile) }

    /// `POST /v2/specialize`: `{"filepath": "/userfunc/deployarchive", "functionName": "cnn", ...}`. The path is a file of weights or a
    /// folder with one; of several the one that the function's name names.
    func version2(_ body: [UInt8]) throws(RequestError) -> FunctionAnswer {
        var request: JSON = .null
        try WindowsBody.readingJSON { request = try JSON.parse(body) }
        guard let path = request["filepath"]?.asString, !path.isEmpty else {
            throw .bad("'filepath' must be the path of the weights")
        }
        return try specialize(weights(at: path, function: request["functionName"]?.asString))
    }

    private func weights(at path: String, function: String?) throws(RequestError) -> String {
        guard Files.isFolder(path) else { return path }
        let names = ((try? Files.list(path)) ?? []).filter { $0.hasSuffix(".safetensors") }.sorted()
        if let function, names.contains("\(function).safetensors") { return "\(path)/\(function).safetensors" }
        guard names.count == 1 else {
            throw .bad(
                "\(path) must hold one file that ends in .safetensors, or functionName must name one of them; it holds \(names.count)"
            )
        }
        return "\(path)/\(names[0])"
    }

    private func specialize(_ place: String) throws(RequestError) -> FunctionAnswer {
        let twice = RequestError.bad("this server has a model already; Fission starts another for another function")
        guard !registry.isReady else { throw twice }
        let model: ServedModel
        do {
            model = try load(place)
        } catch {
            throw .bad("\(error)")
        }
        guard registry.setFirst(model) else { throw twice }
        return FunctionAnswer(
            .json, ["model": .string(model.name), "version": .string(model.version), "sha256": .string(model.sha256)])
    }
}
