import Glibc
import Testing

@testable import Platform

@Suite struct InputStreamTests {
    @Test func aFileComesInPiecesToItsEnd() throws {
        try withTemporaryFolder { folder in
            let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try Files.writeAtomically(bytes, to: folder + "/file")
            let stream = try InputStream(folder + "/file")
            var read: [UInt8] = []
            var pieces = 0
            while try stream.read(onto: &read) { pieces += 1 }
            #expect(read == bytes)
            #expect(pieces == 4)
        }
    }

    @Test func aPipeGivesWhatIsThere() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/pipe"
            #expect(unsafe mkfifo(path, 0o600) == 0)
            // Open for both, so that no open waits for the other.
            let writer = unsafe open(path, O_RDWR | O_CLOEXEC)
            defer { close(writer) }
            let stream = try InputStream(path)
            var read: [UInt8] = [9]
            for byte in [1, 2] as [UInt8] {
                #expect(unsafe write(writer, [byte], 1) == 1)
                #expect(try stream.read(onto: &read))
            }
            #expect(read == [9, 1, 2])
        }
    }

    @Test(
        arguments: [
            ("/nowhere/file", "No such file or directory"), ("/", "Is a directory"),
            ("/dev/zero", "it is neither a regular file nor a pipe"),
        ])
    func unreadable(path: String, reason: String) {
        let error = #expect(throws: FileError.self) { _ = try InputStream(path) }
        #expect(error == FileError(path: path, operation: "read", reason: reason))
    }
}
