import CommandSupport
import ArgumentParser
import ObjectStore
import Runs

/// Publishes weights in an object store.
struct UploadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upload",
        abstract: "Publish trained weights in an S3-compatible store.",
        discussion: """
            The weights go to PREFIX/MODEL/<SHA-256>/model.safetensors, those of a run
            folder together with run.json and report.md; last of all,
            PREFIX/MODEL/latest.json is switched to them, so that a reader never sees
            half an upload. Endpoint, region and credentials come from the environment
            or a profile, as the AWS tools read them.

            EXAMPLES
              hartrain upload Checkpoints/cnn-1 s3://models/har
              hartrain upload best.safetensors s3://models/har \\
                  --endpoint http://127.0.0.1:9000
            """)

    @OptionGroup(title: "Object store")
    var store: StoreArguments
    @Argument(help: ArgumentHelp("A run folder, or a .safetensors file written by hartrain.", valueName: "run-or-file"))
    var source: String
    @Argument(
        help: ArgumentHelp("Where to: s3://bucket or s3://bucket/prefix.", valueName: "s3-url"), transform: ObjectURL.init)
    var destination: ObjectURL

    func run() throws {
        let publication = try Publisher(destination, store.open()).publish(source)
        try printResult(
            """
            weights  \(publication.weights)
            latest   \(publication.latest)
            sha256   \(publication.sha256)

            """)
    }
}
