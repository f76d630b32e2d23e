import Glibc
import Platform
import Testing

@Suite struct FileStreamTests {
    @Test func readsPieceByPiece() throws {
        try withTemporaryFolder { folder in
            try Files.writeAtomically(Array(0..<10), to: folder + "/file")
            var stream = try FileStream(folder + "/file")
            #expect(stream.size == 10)
            var pieces: [[UInt8]] = []
            for _ in 0..<4 {
                var buffer = [UInt8](repeating: 255, count: 4)
                var span = buffer.mutableSpan
                var bytes = unsafe span.mutableBytes
                let count = try stream.read(into: &bytes)
                pieces.append(Array(buffer.prefix(count)))
            }
            #expect(pieces == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9], []])
            #expect(stream.position == 10)
        }
    }

    /// A pipe that nobody writes to must be refused, not waited for.
    @Test func refusesWhatIsNoRegularFile() throws {
        try withTemporaryFolder { folder in
            let made = unsafe mkfifo(folder + "/pipe", 0o600)
            #expect(made == 0)
            for path in [folder, folder + "/pipe", "/dev/null"] {
                let error = #expect(throws: FileError.self) { _ = try FileStream(path) }
                #expect(error?.path == path)
                #expect(error?.reason == "it is not a regular file")
            }
            let missing = #expect(throws: FileError.self) { _ = try FileStream(folder + "/none") }
            #expect(missing?.reason == "No such file or directory")
            let cut = #expect(throws: FileError.self) { _ = try FileStream(folder + "/pipe\u{0}") }
            #expect(cut?.reason == "the path contains a zero byte")
        }
    }
}
