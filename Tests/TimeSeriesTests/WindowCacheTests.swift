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

        init(_ folder: String) throws {
            text = folder + "/text"
            // A clock that stands: what has been written just now is no proof that nothing has changed since.
            cache = WindowCache(folder: folder + "/cache", now: { 0 })
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
