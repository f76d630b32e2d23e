import Glibc
import Platform
import Testing

@testable import TimeSeries

@Suite struct SeenFilesTests {
    /// Where the paths lead to other files when the content has been hashed, it is not known whose hash it is.
    @Test func contentOfSwappedFilesIsNotNoted() throws {
        try withTemporaryFolder { folder in
            let file = folder + "/file"
            for name in ["a", "b"] { try Files.writeAtomically(Array(name.utf8), to: folder + "/" + name) }
            func lead(to name: String) throws {
                if Files.exists(file) { try Files.remove(file) }
                #expect(unsafe symlink(folder + "/" + name, file) == 0)
            }
            let content = unsafe ContentHash(of: [1, 2, 3].span.bytes)
            try lead(to: "a")
            let seen = SeenFiles([file], folder: folder, now: .max)
            try lead(to: "b")
            seen.note(content)
            #expect(seen.content == nil)
            try lead(to: "a")
            seen.note(content)
            #expect(seen.content == content)
        }
    }
}
