import Layers
import ObjectStore
import Platform

/// Weights at a place: a file, the best ones of a run folder, a file of a web server, or an object of a store.
public struct Weights: Sendable {
    /// The file, as it is.
    public let bytes: [UInt8]
    /// What messages call it.
    public let source: String
    /// What the store and its cache did; nil for a file, here or of a web server.
    public let download: ModelStore.Download?

    /// Reads the weights at a place.
    /// - Parameters:
    ///   - place: A path of a checkpoint or of a run folder, or an `s3://`, `https://` or `http://` place.
    ///   - store: Opens the store; called for such a place only, and told whether requests are signed: those to a web server are not.
    /// - Throws: A `ModelFileError` that names the file, an `ObjectStoreError` that names the object, and what `store` throws.
    public init(_ place: String, store: (_ signs: Bool) throws -> ModelStore) throws {
        if WebFile.isMeant(by: place) {
            let (file, bytes) = try store(false).read(WebFile(place), limit: Checkpoint.largestFile)
            self.bytes = bytes
            source = "\(file)"
            download = nil
            return
        }
        guard ObjectURL.isMeant(by: place) else {
            let isFolder = Files.isFolder(place)
            source = isFolder ? "\(place)/\(Checkpoint.bestFileName)" : place
            download = nil
            do throws(FileError) {
                bytes = try Files.read(source, limit: Checkpoint.largestFile, waitsForPipes: !isFolder)
            } catch {
                throw ModelFileError(file: source, error)
            }
            return
        }
        let object = try ObjectURL(place)
        let download = try store(true).read(object, limit: Checkpoint.largestFile)
        bytes = download.object.bytes
        source = "\(download.place)"
        self.download = download
    }

    /// The model that the weights are of.
    /// - Parameter kinds: The layers that it may have.
    /// - Throws: An error that names the file or the object, and says what is wrong with it.
    public func checkpoint(maximumRows: Int = 64, kinds: LayerKinds = .standard) throws -> Checkpoint {
        try Checkpoint(decoding: bytes, source: source, maximumRows: maximumRows, kinds: kinds)
    }
}
