import CommandSupport
import ArgumentParser
import ObjectStore
import Platform

/// Fetches an object of a store into a file.
struct DownloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "download",
        abstract: "Fetch weights from an S3-compatible store, verified by their SHA-256.",
        discussion: """
            A latest.json is followed to the weights that it names. The file appears
            whole or not at all. What was fetched once is kept in the cache
            (~/.cache/hartrain, or HARTRAIN_CACHE): the next time the store is asked
            whether it has changed, and moves no bytes if not. predict, evaluate, info
            and export take s3:// places for their weights themselves.

            EXAMPLES
              hartrain download s3://models/har/cnn/latest.json --out cnn.safetensors
              hartrain predict --weights s3://models/har/cnn/latest.json windows.csv
            """)

    @Option(
        name: [.long, .short],
        help: ArgumentHelp(
            "The file, which is replaced where it exists, or a folder. (default: the object's name)", valueName: "file"))
    var out: String?
    @OptionGroup(title: "Object store")
    var store: StoreArguments
    @Argument(help: ArgumentHelp("The object: s3://bucket/key.", valueName: "s3-url"), transform: ObjectURL.init)
    var source: ObjectURL

    func run() throws {
        let download = try store.open().read(source)
        let name = download.place.name
        let path = out.map { Files.isFolder($0) ? "\($0)/\(name)" : $0 } ?? name
        try Files.writeAtomically(download.object.bytes, to: path)
        DownloadReport.say(download)
        try printResult(path + "\n")
    }
}
