import Glibc
import Testing

@testable import Platform

@Suite struct FolderLockTests {
    /// Whether a folder can be taken, and given back at once.
    private func isFree(_ folder: String) throws -> Bool {
        let lock = try FolderLock(folder)
        return lock != nil
    }

    @Test func aFolderIsTakenOnceAndWithoutAFile() throws {
        try withTemporaryFolder { folder in
            do {
                let lock = try FolderLock(folder)
                #expect(try !isFree(folder))
                #expect(try Files.list(folder) == [])
                _ = consume lock
            }
            #expect(try isFree(folder))
        }
    }

    #if compiler(>=6.3)
        // Exit tests take values from outside since Swift 6.3.
        @Test func aProcessThatIsKilledLeavesNoLock() async throws {
            let folder = "/tmp/hartrain-" + Files.uniqueName()
            try Files.createFolder(folder)
            await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
                let lock = try FolderLock(folder)
                let isTaken = lock != nil
                #expect(isTaken)
                kill(getpid(), SIGKILL)
                _ = consume lock
            }
            #expect(try isFree(folder))
            try Files.removeTree(folder)
        }
    #endif

    @Test func whatIsNoFolderIsRefused() throws {
        try withTemporaryFolder { folder in
            try Files.append([], to: folder + "/file")
            let file = #expect(throws: FileError.self) { _ = try FolderLock(folder + "/file") }
            #expect(file == FileError(path: folder + "/file", operation: "lock", reason: "Not a directory"))
        }
    }
}
