import Glibc
import Synchronization
import Testing

@testable import Platform

@Suite struct FilesTests {
    @Test(arguments: [0, 1, 65_536, 200_000])
    func whatIsWrittenIsRead(count: Int) throws {
        try withTemporaryFolder { folder in
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try Files.writeAtomically(bytes, to: folder + "/file")
            #expect(try Files.read(folder + "/file") == bytes)
            #expect(try Files.read(folder + "/file", limit: count) == bytes)
        }
    }

    @Test func filesOfTheKernelAreReadThoughTheirSizeSaysZero() throws {
        #expect(try !Files.read("/proc/self/status").isEmpty)
        #expect(throws: FileError.self) { try Files.read("/proc/self/status", limit: 10) }
    }

    @Test func aFileAboveTheLimitIsRefusedWithBothSizes() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/file"
            try Files.writeAtomically([1, 2, 3], to: path)
            let reason = "it has 3 bytes, more than the limit of 2"
            #expect(throws: FileError(path: path, operation: "read", reason: reason)) { try Files.read(path, limit: 2) }
        }
    }

    @Test func aNamedPipeIsReadToItsEnd() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/pipe"
            #expect(unsafe mkfifo(path, 0o600) == 0)
            let text = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
            // Each side's open waits for the other's.
            ThreadPool(threads: 2).run(2) { index in
                if index == 0 {
                    #expect((try? Files.append(text, to: path)) != nil)
                } else {
                    #expect((try? Files.read(path, waitsForPipes: true)) == text)
                }
            }
        }
    }

    @Test(
        "What cannot be read is refused",
        arguments: [
            ("/nowhere/file", "No such file or directory"), ("/", "Is a directory"),
            ("/dev/zero", "it is not a regular file"), ("a\0b", "the path contains a zero byte"),
            ("", "No such file or directory"),
        ])
    func unreadable(path: String, reason: String) {
        #expect(throws: FileError(path: path, operation: "read", reason: reason)) { try Files.read(path) }
    }

    @Test func writingReplacesAndLeavesNoTemporaryFile() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/file"
            try Files.writeAtomically([1], to: path)
            try Files.writeAtomically([2, 3], to: path)
            #expect(try Files.read(path) == [2, 3])
            #expect(try Files.list(folder) == ["file"])
        }
    }

    @Test func newFilesAreReadableByOthersAsTheUmaskAllows() throws {
        try withTemporaryFolder { folder in
            let mask = umask(0)
            umask(mask)
            try Files.writeAtomically([1], to: folder + "/file")
            #expect(Files.mode(folder + "/file").map { $0 & 0o777 } == 0o644 & ~mask)
        }
    }

    @Test func temporaryFilesOfKilledProcessesAreRemoved() throws {
        try withTemporaryFolder { folder in
            for name in [".hartrain-1a2b.tmp", ".hartrain-", "hartrain-1.tmp", ".other.tmp", "file"] {
                try Files.append([1], to: folder + "/" + name)
            }
            try Files.removeTemporaryFiles(in: folder)
            #expect(try Files.list(folder) == [".hartrain-", ".other.tmp", "file", "hartrain-1.tmp"])
        }
    }

    /// A file that its writer holds is in use, and a pipe of such a name has nobody waiting for it.
    @Test func temporaryFilesInUseStay() throws {
        try withTemporaryFolder { folder in
            let (used, left, pipe) = (folder + "/.hartrain-a.tmp", folder + "/.hartrain-b.tmp", folder + "/.hartrain-c.tmp")
            for path in [used, left] { try Files.append([1], to: path) }
            #expect(unsafe mkfifo(pipe, 0o600) == 0)
            let descriptor = unsafe open(used, O_RDONLY)
            #expect(flock(descriptor, LOCK_EX) == 0)
            try Files.removeTemporaryFiles(in: folder)
            #expect(Files.exists(used) && !Files.exists(left))
            close(descriptor)
            try Files.removeTemporaryFiles(in: folder)
            #expect(!Files.exists(used))
        }
    }

    /// Whoever sweeps while another writes takes no file from it, but for the moment between its making and its lock.
    @Test func aWriterHoldsItsTemporaryFile() throws {
        try withTemporaryFolder { folder in
            let failures = Mutex(0)
            let isDone = Mutex(false)
            ThreadPool(threads: 2).run(2) { index in
                guard index == 0 else {
                    while !isDone.withLock(\.self) { try? Files.removeTemporaryFiles(in: folder) }
                    return
                }
                for round in 0..<200 {
                    do throws(FileError) {
                        try Files.writeAtomically([UInt8(round)], to: folder + "/file")
                    } catch {
                        failures.withLock { $0 += 1 }
                    }
                }
                isDone.withLock { $0 = true }
            }
            #expect(failures.withLock(\.self) < 50)
        }
    }

    @Test func aPipeIsRefusedWhereNobodyWaitsForIt() throws {
        try withTemporaryFolder { folder in
            let pipe = folder + "/pipe"
            #expect(unsafe mkfifo(pipe, 0o600) == 0)
            #expect(throws: FileError(path: pipe, operation: "read", reason: "it is not a regular file")) {
                try Files.read(pipe)
            }
            #expect(throws: FileError(path: folder, operation: "read", reason: "Is a directory")) {
                try Files.read(folder)
            }
        }
    }

    @Test func whatIsNotThereCannotBeSynchronized() throws {
        try withTemporaryFolder { folder in
            try Files.append([1], to: folder + "/file")
            try Files.synchronize(folder + "/file")
            let path = folder + "/other"
            #expect(throws: FileError(path: path, operation: "write", reason: "No such file or directory")) {
                try Files.synchronize(path)
            }
        }
    }

    @Test func writingThroughALinkReplacesWhatItLeadsTo() throws {
        try withTemporaryFolder { folder in
            try Files.writeAtomically([1], to: folder + "/file")
            #expect(unsafe symlink("file", folder + "/link") == 0)
            try Files.writeAtomically([2], to: folder + "/link")
            #expect(try Files.read(folder + "/file") == [2])
            #expect(try Files.list(folder) == ["file", "link"])
        }
    }

    @Test func aFailedWriteChangesNothing() throws {
        try withTemporaryFolder { folder in
            let missing = folder + "/missing/file"
            #expect(throws: FileError(path: missing, operation: "write", reason: "No such file or directory")) {
                try Files.writeAtomically([1], to: missing)
            }
            #expect(throws: FileError(path: folder, operation: "write", reason: "Is a directory")) {
                try Files.writeAtomically([1], to: folder)
            }
            let pipe = folder + "/pipe"
            #expect(unsafe mkfifo(pipe, 0o600) == 0)
            #expect(throws: FileError(path: pipe, operation: "write", reason: "it is not a regular file")) {
                try Files.writeAtomically([1], to: pipe)
            }
            #expect(throws: FileError.self) { try Files.writeAtomically([1], to: folder + "/a\0b") }
            let names = try Files.list(folder)
            #expect(names == ["pipe"])
        }
    }

    @Test func aFullDiskLeavesTheOldFileAndNoTemporaryOne() async {
        // A limit on the size of files stands for the full disk; it is for the whole process, so the process is another one.
        await #expect(processExitsWith: .success) {
            try withTemporaryFolder { folder in
                let path = folder + "/file"
                try Files.writeAtomically([1], to: path)
                signal(SIGXFSZ, SIG_IGN)
                var limit = rlimit(rlim_cur: 10, rlim_max: 10)
                #expect(unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
                let bytes = [UInt8](repeating: 2, count: 11)
                let tooLarge =
                    "File too large: raise 'ulimit -f', or choose a file system that takes larger files, and try again"
                #expect(throws: FileError(path: path, operation: "write", reason: tooLarge)) {
                    try Files.writeAtomically(bytes, to: path)
                }
                #expect(throws: FileError(path: path, operation: "append to", reason: tooLarge)) {
                    try Files.append(bytes, to: path)
                }
                #expect(try Files.read(path) == [1])
                #expect(try Files.list(folder) == ["file"])
            }
        }
    }

    @Test func appendingMakesAndExtends() throws {
        try withTemporaryFolder { folder in
            try Files.append([1, 2], to: folder + "/log")
            try Files.append([3], to: folder + "/log")
            #expect(try Files.read(folder + "/log") == [1, 2, 3])
            #expect(throws: FileError(path: folder, operation: "append to", reason: "Is a directory")) {
                try Files.append([1], to: folder)
            }
        }
    }

    @Test func foldersAreMadeWithTheirParents() throws {
        try withTemporaryFolder { folder in
            try Files.createFolder(folder + "/a/b//c/")
            try Files.createFolder(folder + "/a/b")
            #expect(Files.isFolder(folder + "/a/b/c"))
            try Files.writeAtomically([], to: folder + "/file")
            #expect(Files.exists(folder + "/file") && !Files.isFolder(folder + "/file") && !Files.exists(folder + "/other"))
            #expect(throws: FileError(path: folder + "/file", operation: "create folder", reason: "File exists")) {
                try Files.createFolder(folder + "/file")
            }
            #expect(throws: FileError(path: folder + "/file", operation: "create folder", reason: "File exists")) {
                try Files.createNewFolder(folder + "/file/x")
            }
        }
    }

    @Test func newFoldersAreNeverOldOnes() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/runs/cnn"
            try Files.createNewFolder(path)
            #expect(throws: FileError(path: path, operation: "create folder", reason: "File exists")) {
                try Files.createNewFolder(path)
            }
            #expect(try Files.createNumberedFolder(path) == path + "-1")
            #expect(try Files.createNumberedFolder(path) == path + "-2")
            try Files.writeAtomically([], to: path + "-3")
            #expect(try Files.createNumberedFolder(path) == path + "-4")
        }
    }

    @Test func listsAreSorted() throws {
        try withTemporaryFolder { folder in
            for name in ["b", "a", "C", ".hidden"] { try Files.append([], to: folder + "/" + name) }
            #expect(try Files.list(folder) == [".hidden", "C", "a", "b"])
            #expect(throws: FileError(path: folder + "/a", operation: "list", reason: "Not a directory")) {
                try Files.list(folder + "/a")
            }
        }
    }

    @Test func removingTakesOneFileOrATree() throws {
        try withTemporaryFolder { folder in
            try Files.createFolder(folder + "/outside")
            try Files.append([1], to: folder + "/outside/kept")
            try Files.createFolder(folder + "/tree/branch")
            try Files.append([1], to: folder + "/tree/branch/leaf")
            #expect(unsafe symlink("../outside", folder + "/tree/link") == 0)
            #expect(throws: FileError(path: folder + "/tree", operation: "remove", reason: "Directory not empty")) {
                try Files.remove(folder + "/tree")
            }
            try Files.remove(folder + "/tree/branch/leaf")
            try Files.remove(folder + "/tree/branch")
            try Files.removeTree(folder + "/tree")
            #expect(try Files.list(folder) == ["outside"])
            #expect(Files.exists(folder + "/outside/kept"))
        }
    }

    @Test(arguments: [("a/b", "a"), ("/a", "/"), ("a", nil), ("/", nil), ("a//b//", "a"), ("./a", ".")] as [(String, String?)])
    func parents(path: String, parent: String?) {
        #expect(Files.parent(path) == parent)
    }

    @Test func temporaryFoldersEndWithTheirUse() throws {
        struct Stop: Error {}
        var paths: [String] = []
        #expect(throws: Stop.self) {
            try withTemporaryFolder { folder in
                paths.append(folder)
                try Files.append([1], to: folder + "/file")
                throw Stop()
            }
        }
        try withTemporaryFolder { paths.append($0) }
        #expect(paths.count == 2 && paths[0] != paths[1])
        #expect(paths.allSatisfy { !Files.exists($0) })
    }

    @Test func aLinkCanBeLeftAlone() throws {
        try withTemporaryFolder { folder in
            let (file, link) = (folder + "/file", folder + "/link")
            try Files.writeAtomically([1], to: file)
            #expect(unsafe symlink(file, link) == 0)
            #expect(Files.isLink(link) && !Files.isLink(file) && !Files.isLink(folder + "/none"))
            #expect(try Files.read(link) == [1])
            #expect(throws: FileError.self) { try Files.read(link, followsLinks: false) }
            try Files.writeAtomically([2], to: link, followsLinks: false)
            #expect(try !Files.isLink(link) && Files.read(link) == [2] && Files.read(file) == [1])
        }
    }

    @Test(
        arguments: [
            ("a/b", "a"), ("/a", "/"), ("a", nil), ("/", nil), ("", nil), ("a//b//", "a"), ("//a", "/"), ("/a/b/", "/a"),
            // As a character, "/" with a mark after it is no "/".
            ("a/\u{301}b", "a"),
        ] as [(String, String?)]) func theFolderOfAPath(_ path: String, _ parent: String?)
    {
        #expect(Files.parent(path) == parent)
    }
}
