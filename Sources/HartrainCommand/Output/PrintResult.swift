import CommandSupport
import Glibc
import Platform

/// Writes a result to standard output.
/// - Throws: A `CommandError` where it cannot be written, as on a full disk: a run without its result has failed. `Interrupted` where
/// nobody reads any more.
func printResult(_ text: String) throws {
    guard Terminal.write(text, to: .standardOutput) else {
        // As any program ends whose reader has seen enough ("| head"): without a word.
        guard Terminal.hasReader(.standardOutput) else { throw Interrupted(signal: SIGPIPE) }
        throw CommandError(
            "cannot write the result to standard output: the disk is full, or the file too large: free some space there")
    }
}
