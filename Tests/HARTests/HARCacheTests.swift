import Glibc
import Platform
import Testing

@testable import HAR
@testable import TimeSeries

extension WindowCache {
    fileprivate func load(_ path: String) throws(WindowError) -> (data: Dataset, outcome: Outcome) {
        try HARReader.read(path, cache: self)
    }
}

@Suite struct HARCacheTests {
    /// A tiny data set and an empty cache folder that is not there yet.
    private func withTinyData(_ body: (_ data: String, _ cache: WindowCache) throws -> Void) throws {
        try withTemporaryFolder { folder in
            try TinyHAR().write(to: folder + "/data")
            try body(folder + "/data", WindowCache(folder: folder + "/a/cache"))
        }
    }

    private func storedFile(_ outcome: WindowCache.Outcome) throws -> String {
        guard case .stored(let file) = outcome else {
            throw WindowError(file: "", message: "expected stored, got \(outcome)")
        }
        return file
    }

    @Test func storesOnceAndThenHits() throws {
        try withTinyData { path, cache in
            let parsed = try HARReader.read(path)
            let first = try cache.load(path)
            let file = try storedFile(first.outcome)
            #expect(first.data == parsed)
            #expect(file.hasPrefix(cache.folder + "/har-"))
            #expect(try Files.list(cache.folder) == [String(file.dropFirst(cache.folder.count + 1))])

            let second = try cache.load(path)
            #expect(second.outcome == .hit(file: file))
            #expect(second.data == parsed)
        }
    }

    @Test func theSameContentElsewhereHits() throws {
        try withTinyData { path, cache in
            let file = try storedFile(cache.load(path).outcome)
            try TinyHAR().write(to: path + "2/UCI HAR Dataset")
            let moved = try cache.load(path + "2")
            #expect(moved.outcome == .hit(file: file))
            #expect(moved.data.source.description == "UCI HAR (\(path)2/UCI HAR Dataset)")
        }
    }

    @Test func changedTextIsParsedAnew() throws {
        try withTinyData { path, cache in
            let file = try storedFile(cache.load(path).outcome)
            var changed = TinyHAR()
            changed.replace("127.5\n", with: "127.4\n", in: TinyHAR.signals("test", 8))
            try changed.write(to: path)
            let load = try cache.load(path)
            #expect(try storedFile(load.outcome) != file)
            #expect(load.data.test.values[127 * 9 + 8] == 127.4)
        }
    }

    /// A minute after the last change, a second start knows the content without reading it: here it believes a note that names
    /// other data.
    @Test func untouchedTextIsNotReadAgain() throws {
        try withTinyData { path, young in
            let cache = WindowCache(folder: young.folder, now: { Files.now() + 60_000_000_000 })
            func notes() throws -> [String] { try Files.list(cache.folder).filter { $0.hasPrefix("seen-") } }
            var other = TinyHAR()
            other.replace("127.5\n", with: "127.4\n", in: TinyHAR.signals("test", 8))
            try other.write(to: path + "2")
            let otherFile = try storedFile(young.load(path + "2").outcome)
            let file = try storedFile(cache.load(path).outcome)
            #expect(try cache.load(path).outcome == .hit(file: file))
            let note = cache.folder + "/" + (try #require(try notes().first))
            let (key, otherKey) = (file.suffix(36).prefix(32), otherFile.suffix(36).prefix(32))
            #expect(try Files.read(note) == Array(key.utf8))

            try Files.writeAtomically(Array(otherKey.utf8), to: note)
            #expect(try cache.load(path).outcome == .hit(file: otherFile))
            for useless in ["", "123", String(repeating: "x", count: 32), key + "0"] {
                try Files.writeAtomically(Array(useless.utf8), to: note)
                #expect(try cache.load(path).outcome == .hit(file: file), "\(useless)")
            }
            // A pipe would wait for its writer.
            try Files.remove(note)
            #expect(unsafe mkfifo(note, 0o600) == 0)
            #expect(try cache.load(path).outcome == .hit(file: file))
            // A file as long as before and with the old time of its last write still has another time of its last change.
            let changed = path + "/" + TinyHAR.signals("test", 8)
            let before = try #require(Files.stamp(changed))
            try other.write(to: path + "3")
            let bytes = try Files.read(path + "3/" + TinyHAR.signals("test", 8))
            // In place, as another program would.
            guard let stream = unsafe fopen(changed, "r+") else { fatalError("\(changed) cannot be opened") }
            let written = unsafe fwrite(bytes, 1, bytes.count, stream)
            let closed = unsafe fclose(stream)
            #expect(written == bytes.count && closed == 0)
            var times = [timespec](repeating: timespec(tv_sec: 0, tv_nsec: 0), count: 2)
            times[1] = timespec(tv_sec: Int(before.modified / 1_000_000_000), tv_nsec: Int(before.modified % 1_000_000_000))
            #expect(unsafe utimensat(AT_FDCWD, changed, times, 0) == 0)
            let after = try #require(Files.stamp(changed))
            #expect(after.size == before.size && after.modified == before.modified && after.inode == before.inode)
            #expect(try cache.load(path).outcome == .hit(file: otherFile))
        }
    }

    /// Two changes within one tick of a clock have one stamp, so what has just changed is read again.
    @Test func freshTextIsNotNoted() throws {
        try withTinyData { path, cache in
            for _ in 0..<3 { _ = try cache.load(path) }
            #expect(try !Files.list(cache.folder).contains { $0.hasPrefix("seen-") })
        }
    }

    @Test func badTextIsAnErrorAndStoresNothing() throws {
        try withTinyData { path, cache in
            var bad = TinyHAR()
            bad.files["test/y_test.txt"] = "1\n9\n"
            try bad.write(to: path)
            #expect(throws: WindowError.self) { try cache.load(path) }
            #expect(!Files.exists(cache.folder))
            bad.files["test/y_test.txt"] = nil
            try Files.remove(path + "/test/y_test.txt")
            let error = try #require(throws: WindowError.self) { try cache.load(path) }
            #expect(error.file == path + "/test/y_test.txt")
        }
    }

    /// Every byte of the header, and some of the windows, labels and subjects of both halves.
    @Test func everyChangedByteIsFound() throws {
        try withTinyData { path, cache in
            let file = try storedFile(cache.load(path).outcome)
            var reader = HARReader(folder: try HARFolder(at: path), format: UCIHAR.format)
            let data = try reader.read()
            let good = try Files.read(file, limit: 1 << 20)
            #expect(good == CacheFile.bytes(of: data, key: reader.contentHash))
            #expect(good.count == 128 + 5 * (1152 * 4 + 8))
            let last = good.count - 1
            for position in Array(0..<128) + [128, 1000, 128 + 3 * 4608, 128 + 3 * 4616 - 1, 128 + 3 * 4616, last - 2, last] {
                var bad = good
                bad[position] ^= 0x10
                try Files.remove(file)
                try Files.append(bad, to: file)
                guard case .useless = CacheFile.read(file, key: reader.contentHash, format: UCIHAR.format, source: data.source)
                else {
                    Issue.record("a change of byte \(position) was not found")
                    continue
                }
            }
            try Files.remove(file)
            guard case .absent = CacheFile.read(file, key: reader.contentHash, format: UCIHAR.format, source: data.source) else {
                Issue.record("a removed file was found")
                return
            }
        }
    }

    @Test func aTruncatedExtendedOrForeignFileIsReplaced() throws {
        try withTinyData { path, cache in
            let loaded = try cache.load(path)
            let file = try storedFile(loaded.outcome)
            let good = try Files.read(file, limit: 1 << 20)
            let foreign = Array("something else entirely".utf8)
            for bad in [[], Array(good.prefix(64)), Array(good.prefix(128)), Array(good.dropLast()), good + [0], foreign] {
                try Files.writeAtomically(bad, to: file)
                let load = try cache.load(path)
                guard case .replaced = load.outcome else {
                    Issue.record("\(bad.count) bytes: \(load.outcome)")
                    continue
                }
                #expect(load.data == loaded.data)
                #expect(try cache.load(path).outcome == .hit(file: file))
            }
        }
    }

    /// Counts whose product overflows, or of more windows than the file has bytes, are met with a reason, not a crash.
    @Test func absurdCountsAreHarmless() throws {
        try withTinyData { path, cache in
            let file = try storedFile(cache.load(path).outcome)
            let good = try Files.read(file, limit: 1 << 20)
            for pattern: [UInt8] in [
                [255, 255, 255, 255, 255, 255, 255, 255], [255, 255, 255, 255, 255, 255, 255, 127], [0, 0, 0, 0, 0, 0, 0, 64],
                [4, 0, 0, 0, 0, 0, 0, 0],
            ] {
                for start in [32, 40] {
                    var bad = good
                    bad.replaceSubrange(start..<start + 8, with: pattern)
                    try Files.writeAtomically(bad, to: file)
                    #expect(try cache.load(path).outcome == .replaced(file: file, reason: "its length is wrong"))
                }
            }
        }
    }

    @Test func aFolderThatCannotBeMadeIsNoError() throws {
        try withTinyData { path, _ in
            try Files.writeAtomically([], to: path + "/plain")
            let load = try WindowCache(folder: path + "/plain/cache").load(path)
            guard case .notStored(let reason) = load.outcome else {
                Issue.record("\(load.outcome)")
                return
            }
            #expect(reason.contains(path + "/plain"))
            #expect(load.data.train.count == 3)
        }
    }

    @Test func theFolderComesFromTheEnvironment() {
        func folder(_ variables: [String: String]) -> String? { WindowCache(environment: { variables[$0] })?.folder }
        #expect(folder(["HARTRAIN_CACHE": "/h", "XDG_CACHE_HOME": "/x", "HOME": "/u"]) == "/h")
        #expect(folder(["HARTRAIN_CACHE": "", "XDG_CACHE_HOME": "/x", "HOME": "/u"]) == "/x/hartrain")
        #expect(folder(["HOME": "/u"]) == "/u/.cache/hartrain")
        #expect(folder([:]) == nil)
    }
}
