import Models
import ObjectStore
import Platform

/// A model that is to be served: its name, and the place of its weights.
public struct ModelPlace: Equatable, Sendable {
    /// What requests call the model: letters, digits, ".", "_" and "-".
    public let name: String
    /// A file, a run folder, `http://`, `https://` or `s3://`.
    public let place: String

    /// A model's name and place.
    /// - Throws: A `ServingError` for a name that cannot stand in a path.
    public init(name: String, place: String) throws(ServingError) {
        let isFit = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF) || [0x2D, 0x2E, 0x5F].contains(byte)
        }
        guard !name.isEmpty, name.utf8.count <= 100, isFit, name != ".", name != ".." else {
            throw ServingError(
                "the name of a model must have 1 to 100 letters, digits, '.', '_' and '-', found '\(name.prefix(100))'")
        }
        guard !place.isEmpty else { throw ServingError("the model '\(name)' has no place: give \(name)=PLACE") }
        self.name = name
        self.place = place
    }
}

/// Makes models of the weights at places.
struct ModelLoader: Sendable {
    /// Opens the object store.
    let store: @Sendable (_ signs: Bool) throws -> ModelStore
    /// The windows of a model that are computed at the same time.
    let lanes: Int

    /// The weights at a place.
    func weights(_ place: String) throws -> Weights { try Weights(place, store: store) }

    /// A model of the weights at a place, checked and ready.
    func load(_ place: ModelPlace) throws -> ServedModel {
        try ServedModel(name: place.name, weights(place.place), lanes: lanes)
    }
}
