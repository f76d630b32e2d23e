import Glibc
import Platform
import Testing

@testable import TimeSeries

@Suite struct WindowCacheTests {
    private static let format = WindowFormat(steps: 2, channels: ["x"], classes: ["a", "b"])
    private static let source = Dataset.Source(name: "test", description: "test windows")

    private static func data(groups: [Int]?) throws(WindowError) -> Dataset {
        func set(_ first: Float) throws(WindowError) -> WindowSet {
            try WindowSet(values: [first, 1, 2, 3], labels: [0, 1], groups: groups, format: format)
        }
        return try Dataset(train: try set(5), test: try set(6), source: source)
    }

    /// A folder with a text that stands for the data, and a cache that has read it as often as it counts.
    private final class Case {
        let cache: WindowCache
        let text: String
        private(set) var readings = 0

        init(_ folder: String, limit: Int = WindowCache.standardLimit) throws {
            text = folder + "/text"
            // A clock that stands: what has been written just now is no proof that nothing has changed since.
            cache = WindowCache(folder: folder + "/cache", limit: limit, now: { 0 })
            try Files.writeAtomically(Array("1\n2\n".utf8), to: text)
        }

        func load(groups: [Int]? = [1, 2], format: WindowFormat = WindowCacheTests.format) throws -> (
            Dataset, WindowCache.Outcome
        ) {
            try cache.load([text], name: "test", format: format, source: WindowCacheTests.source) { () throws(WindowError) in
                readings += 1
                var table = NumberTable(limit: 100, remedy: "")
                _ = try table.readColumn(text, range: 0...9, name: "digit")
                return (try WindowCacheTests.data(groups: groups), table.contentHash)
            }
        }
    }

    private static func change(_ file: String, at offset: Int) throws {
        var bytes = try Files.read(file)
        bytes[offset] ^= 1
        try Files.writeAtomically(bytes, to: file)
    }

    /// What a start that was killed has half written goes with the next that writes.
    @Test func theNextWriterSweeps() throws {
        try withTemporaryFolder { folder in
            let test = try Case(folder)
            try Files.createFolder(test.cache.folder)
            let left = test.cache.folder + "/.hartrain-1a2b.tmp"
            try Files.append([1], to: left)
            _ = try test.load()
            #expect(!Files.exists(left))
            // Also where the data is there and only known anew.
            try Files.append([1], to: left)
            _ = try test.load()
            #expect(!Files.exists(left))
        }
    }

    @Test func theSecondTimeComesFromTheFile() throws {
        try withTemporaryFolder { folder in
            let test = try Case(folder)
            let (parsed, first) = try test.load()
            guard case .stored(let file) = first else {
                Issue.record("\(first)")
                return
            }
            let (kept, second) = try test.load()
            #expect(second == .hit(file: file))
            #expect(kept == parsed)
            #expect(test.readings == 1)
            try Files.writeAtomically(Array("1\n3\n".utf8), to: test.text)
            guard case .stored(let other) = try test.load().1 else {
                Issue.record("another text is other data")
                return
            }
            #expect(other != file)
        }
    }

    @Test func aFileOfNoUseIsReplaced() throws {
        try withTemporaryFolder { folder in
            let test = try Case(folder)
            guard case .stored(let file) = try test.load().1 else {
                Issue.record("not stored")
                return
            }
            let whole = try Files.read(file)
            for offset in whole.indices {
                try WindowCacheTests.change(file, at: offset)
                guard case .replaced(file, reason: _) = try test.load().1 else {
                    Issue.record("byte \(offset) was believed")
                    return
                }
                #expect(try Files.read(file) == whole)
            }
            for count in 0..<whole.count {
                try Files.writeAtomically(Array(whole[..<count]), to: file)
                guard case .replaced(file, reason: _) = try test.load().1 else {
                    Issue.record("\(count) bytes were believed")
                    return
                }
            }
        }
    }

    /// Whoever can make a link in the folder would have other files overwritten, or read for the data.
    @Test func linksAreReplacedAndNotFollowed() throws {
        try withTemporaryFolder { folder in
            let test = try Case(folder)
            guard case .stored(let file) = try test.load().1 else {
                Issue.record("not stored")
                return
            }
            let whole = try Files.read(file)
            let other = folder + "/other"
            // A target that holds something else, one that holds what the cache file did, and none.
            for content in [Array("secret".utf8), whole, nil] {
                try Files.remove(file)
                if let content { try Files.writeAtomically(content, to: other) } else { try Files.remove(other) }
                #expect(unsafe symlink(other, file) == 0)
                let outcome = try test.load().1
                #expect(outcome == .replaced(file: file, reason: "it is a link"))
                #expect(!Files.isLink(file))
                #expect(try Files.read(file) == whole)
                #expect((try? Files.read(other)) == content)
            }
        }
    }

    /// Writes a file, its last change so many seconds ago.
    private static func write(_ path: String, bytes: Int, secondsAgo: Int) throws {
        try Files.writeAtomically([UInt8](repeating: 1, count: bytes), to: path)
        let time = timespec(tv_sec: Int(Files.now() / 1_000_000_000) - secondsAgo, tv_nsec: 0)
        let times = [time, time]
        #expect(unsafe utimensat(AT_FDCWD, path, times, 0) == 0)
    }

    /// The name of a cache file with this digit in its key.
    private static func name(_ digit: Int) -> String { "test-" + String(repeating: "\(digit)", count: 32) + ".bin" }

    @Test func pruningTakesTheOldestFilesOfItsOwnNames() throws {
        try withTemporaryFolder { folder in
            for digit in 1...4 {
                try WindowCacheTests.write("\(folder)/\(WindowCacheTests.name(digit))", bytes: 100, secondsAgo: digit)
            }
            // Older than all of them, and none of the cache's.
            let others = [
                "test-1234.bin", "notes.bin", "-\(String(repeating: "5", count: 32)).bin", "seen-5", ".hartrain-x.tmp",
                "test-\(String(repeating: "g", count: 32)).bin",
            ]
            for name in others { try WindowCacheTests.write("\(folder)/\(name)", bytes: 1000, secondsAgo: 1000) }
            try Files.createFolder("\(folder)/\(WindowCacheTests.name(6))")
            let cache = WindowCache(folder: folder)
            var expected = WindowCache.Pruning()
            (expected.removedFiles, expected.removedBytes, expected.keptFiles, expected.keptBytes) = (2, 200, 2, 200)
            #expect(try cache.prune(to: 250) == expected)
            #expect(try Files.list(folder) == (others + [1, 2, 6].map(WindowCacheTests.name)).sorted())
            // Enough room: nothing goes.
            #expect(try cache.prune(to: 200).removedFiles == 0)
            // What is to be kept is, whatever its age; what is being read, too.
            var reader = try FileStream("\(folder)/\(WindowCacheTests.name(1))")
            reader.markInUse()
            #expect(try cache.prune(to: 0, keeping: "\(folder)/\(WindowCacheTests.name(2))").removedFiles == 0)
            var byte: [UInt8] = [0]
            var span = byte.mutableSpan
            var target = unsafe span.mutableBytes
            #expect(try reader.read(into: &target) == 1)
            #expect(try cache.prune(to: 0).removedFiles == 1)
            _ = consume reader
            #expect(try cache.prune(to: 0).removedFiles == 1)
            #expect(try Files.list(folder) == (others + [WindowCacheTests.name(6)]).sorted())
            #expect(try WindowCache(folder: folder + "/none").prune(to: 0) == WindowCache.Pruning())
        }
    }

    @Test func aNoteGoesWithWhatItLeadsTo() throws {
        try withTemporaryFolder { folder in
            func note(_ name: Int, of digit: Int) throws {
                let path = "\(folder)/seen-" + String(repeating: "\(name)", count: 32)
                try Files.writeAtomically(Array(String(repeating: "\(digit)", count: 32).utf8), to: path)
            }
            for digit in 1...2 {
                try WindowCacheTests.write("\(folder)/\(WindowCacheTests.name(digit))", bytes: 100, secondsAgo: digit)
            }
            try note(7, of: 1)
            try note(8, of: 2)
            #expect(try WindowCache(folder: folder).prune(to: 180).removedFiles == 2)
            #expect(try Files.list(folder) == ["seen-" + String(repeating: "7", count: 32), WindowCacheTests.name(1)])
        }
    }

    @Test func storingKeepsTheLimit() throws {
        try withTemporaryFolder { folder in
            let test = try Case(folder, limit: 1)
            guard case .stored(let first) = try test.load().1 else {
                Issue.record("not stored")
                return
            }
            #expect(Files.exists(first), "what was just stored stays")
            try Files.writeAtomically(Array("1\n3\n".utf8), to: test.text)
            guard case .stored(let second) = try test.load().1 else {
                Issue.record("not stored")
                return
            }
            #expect(!Files.exists(first) && Files.exists(second))
        }
    }

    @Test func windowsWithoutGroupsAreNotKept() throws {
        try withTemporaryFolder { folder in
            let test = try Case(folder)
            #expect(try test.load(groups: nil).1 == .notStored(reason: "windows without groups are not cached"))
        }
    }

    @Test func aFolderThatCannotBeMadeCostsOnlyTime() throws {
        try withTemporaryFolder { folder in
            let test = try Case(folder)
            try Files.writeAtomically([], to: folder + "/cache")
            let (data, outcome) = try test.load()
            #expect(try data == WindowCacheTests.data(groups: [1, 2]))
            guard case .notStored = outcome else {
                Issue.record("\(outcome)")
                return
            }
        }
    }
}
