import Platform

/// Writes a result to standard output.
/// - Throws: A `CommandError` where it cannot be written, as on a full disk: a run without its result has failed.
func printResult(_ text: String) throws(CommandError) {
    guard Terminal.write(text, to: .standardOutput) else {
        throw CommandError("cannot write the result to standard output: its reader has gone, or the disk is full")
    }
}
