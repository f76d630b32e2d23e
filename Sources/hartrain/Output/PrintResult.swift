import Platform

/// Writes a result to standard output.
/// - Throws: A `CommandError` where it cannot be written, as on a full disk: a result that is not there is no success.
func printResult(_ text: String) throws(CommandError) {
    guard Terminal.write(text, to: .standardOutput) else {
        throw CommandError("cannot write the result to standard output: nobody reads it any more, or the disk is full")
    }
}
