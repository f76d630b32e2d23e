import Glibc

/// A regular file, a named pipe or standard input, read from start to end in pieces as they come.
public struct InputStream: ~Copyable {
    private let file: OpenFile
    /// The bytes of a regular file when it was opened; nil for a pipe.
    public let size: Int?
    /// The most bytes that one read takes: what a pipe holds.
    private static let pieceSize = 1 << 16

    /// Opens a file or a named pipe; for a pipe this waits until somebody writes to it.
    /// - Throws: `FileError` when it cannot be opened, or is a folder or a device.
    public init(_ path: String) throws(FileError) {
        let file = try OpenFile(path, O_RDONLY, operation: "read")
        size = try Files.inputSize(file)
        self.file = file
    }

    private init(_ file: consuming OpenFile) {
        self.file = file
        size = nil
    }

    /// Standard input, whatever it is connected to.
    public static func standardInput() -> InputStream {
        InputStream(OpenFile(descriptor: STDIN_FILENO, name: "standard input"))
    }

    /// Waits for the next bytes and adds them to an array.
    /// - Returns: Whether there were any; false at the end.
    /// - Throws: `FileError` if the system reports an error.
    public func read(onto bytes: inout [UInt8]) throws(FileError) -> Bool {
        try file.read(InputStream.pieceSize, onto: &bytes) > 0
    }
}
