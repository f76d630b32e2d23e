import Models
import ObjectStore
import Platform
import Runs

/// The weights that a command is given: a file, the best ones of a run folder, or an object of a store.
struct Weights {
    /// The file, as it is.
    let bytes: [UInt8]
    /// What messages call it.
    let source: String

    /// Reads the weights at a place.
    /// - Throws: An error that names the file or the object.
    init(_ place: String, _ store: StoreArguments) throws {
        if ObjectURL.isMeant(by: place) {
            let object = try ObjectURL(place)
            let download = try store.open().read(object)
            DownloadReport.say(download)
            bytes = download.object.bytes
            source = "\(download.place)"
        } else {
            source = Files.isFolder(place) ? RunFolder(existing: place).best : place
            do throws(FileError) {
                bytes = try Files.read(source, limit: Checkpoint.largestFile)
            } catch {
                throw ModelFileError(file: source, error)
            }
        }
    }

    /// The model that the weights are of.
    /// - Throws: An error that names the file or the object, and says what is wrong with it.
    func checkpoint(maximumRows: Int = 64) throws -> Checkpoint {
        try Checkpoint(decoding: bytes, source: source, maximumRows: maximumRows)
    }
}
