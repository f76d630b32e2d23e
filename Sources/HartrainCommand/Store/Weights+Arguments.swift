import CommandSupport
import Models

extension Weights {
    /// Reads the weights at a place that a command was given, and says on standard error where an object came from.
    /// - Throws: An error that names the file or the object.
    init(_ place: String, _ arguments: StoreArguments) throws {
        try self.init(place, store: { try arguments.open(signs: $0) })
        if let download { DownloadReport.say(download) }
    }
}
