/// Gives the body the path of a new folder of its own, under TMPDIR or /tmp, and removes it with its contents afterwards.
/// - Throws: what the body throws, or `FileError` when the folder cannot be made or removed.
public func withTemporaryFolder<Result>(_ body: (_ path: String) throws -> Result) throws -> Result {
    let path = (Environment.value("TMPDIR") ?? "/tmp") + "/hartrain-" + Files.uniqueName()
    try Files.createNewFolder(path)
    let result: Result
    do {
        result = try body(path)
    } catch {
        try? Files.removeTree(path)
        throw error
    }
    try Files.removeTree(path)
    return result
}
