import Platform
import StrictJSON
import Testing

/// One short training of the CNN on synthetic windows, made once and looked at by many tests.
struct TrainedRun {
    static let arguments = ["--data", "synthetic", "--epochs", "4", "--batch", "32", "--lr", "1e-3", "--json", "--out", "run"]
    private static let made = Result { try TrainedRun() }

    let outcome: Command.Outcome
    let files: RunFiles

    static var shared: TrainedRun { get throws { try made.get() } }

    private init() throws {
        (outcome, files) = try withTemporaryFolder { folder in
            let outcome = try Command(in: folder).run(TrainedRun.arguments)
            return (outcome, try RunFiles(in: folder + "/run"))
        }
    }

    /// Writes the best weights.
    func writeWeights(to folder: String) throws {
        try Files.writeAtomically(try files.bytes("best.safetensors"), to: folder + "/best.safetensors")
    }
}
