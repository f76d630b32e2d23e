import ArgumentParser
import Platform

/// How many threads work.
struct ThreadArguments: ParsableArguments {
    @Option(
        name: [.long, .short], parsing: .unconditional,
        help: "Threads; the result does not depend on them. (default: the cores of the machine)")
    var threads: Int?

    func validate() throws {
        if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads must be 1 to 1024, not \(threads)") }
    }

    /// The threads to use.
    var count: Int { threads ?? Cores.available() }
}
