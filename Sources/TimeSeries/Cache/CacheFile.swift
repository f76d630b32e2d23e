import Kernels
import Platform

/// The bytes of a cache file; `WindowCache` describes them.
enum CacheFile {
    /// What is found at the path of a cache file.
    enum Content {
        case data(Dataset)
        case absent
        /// A file that does not hold what it should, and in what way.
        case useless(String)
    }

    private static let magic = Array("HTWINDOW".utf8)
    private static let version: UInt32 = 1
    /// Bytes up to the checksum, and of the checksum.
    private static let headSize = 8 + 4 + 4 + 16 + 8 + 8 + 64
    private static let checkSize = 16
    /// Bytes of a window, its label and its group.
    private static func rowSize(_ format: WindowFormat) -> Int { format.shape.count * 4 + 8 }

    /// The bytes of a new cache file.
    static func bytes(of data: Dataset, key: ContentHash) -> [UInt8] {
        var head = magic
        head += LittleEndian.bytes(version)
        head += LittleEndian.bytes(UInt32(data.format.shape.count))
        head += LittleEndian.bytes(key.high)
        head += LittleEndian.bytes(key.low)
        head += LittleEndian.bytes(UInt64(data.train.count))
        head += LittleEndian.bytes(UInt64(data.test.count))
        head += data.hash.utf8

        let check = checksum(head: head, halves: [data.train, data.test])
        var bytes: [UInt8] = []
        bytes.reserveCapacity(headSize + checkSize + rowSize(data.format) * (data.train.count + data.test.count))
        bytes += head
        bytes += LittleEndian.bytes(check.high)
        bytes += LittleEndian.bytes(check.low)
        for half in [data.train, data.test] {
            unsafe half.values.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
            unsafe half.labels.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
            unsafe half.groups.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    /// Reads a cache file and checks every byte of it.
    /// - Parameter format: What its windows hold, which the readers of the files know.
    static func read(_ path: String, key: ContentHash, format: WindowFormat, source: Dataset.Source) -> Content {
        guard !Files.isLink(path) else { return .useless("it is a link") }
        guard Files.exists(path) else { return .absent }
        do throws(FileError) {
            var stream = try FileStream(path, followsLinks: false)
            stream.markInUse()
            var check = ContentHash()
            let head = try stream.values(UInt8.self, count: headSize, into: &check)
            var ignored = ContentHash()
            let stored = try stream.values(UInt8.self, count: checkSize, into: &ignored)
            guard stored.count == checkSize, head.starts(with: magic) else { return .useless("it is not a cache file") }
            guard number(head, 8..<12) == version, number(head, 12..<16) == format.shape.count
            else { return .useless("it is of another version") }
            guard number(head, 16..<24) == key.high, number(head, 24..<32) == key.low else {
                return .useless("it belongs to other data")
            }
            // Nothing is allocated for counts that the file's size does not bear out.
            let rows = (stream.size - headSize - checkSize) / rowSize(format)
            guard let trainCount = Int(exactly: number(head, 32..<40)), trainCount <= rows,
                let testCount = Int(exactly: number(head, 40..<48)), testCount <= rows,
                trainCount > 0, testCount > 0, stream.size == headSize + checkSize + rowSize(format) * (trainCount + testCount)
            else { return .useless("its length is wrong") }

            guard let train = try half(&stream, count: trainCount, format, into: &check),
                let test = try half(&stream, count: testCount, format, into: &check)
            else { return .useless("it was cut short while being read, or holds what no window has") }
            guard number(stored, 0..<8) == check.high, number(stored, 8..<16) == check.low
            else { return .useless("its checksum is wrong") }
            let hash = String(decoding: head[48..<headSize], as: UTF8.self)
            guard SHA256.isHex(hash) else { return .useless("its hash is none") }
            return .data(Dataset(train: train, test: test, source: source, hash: hash))
        } catch {
            return .useless(error.reason)
        }
    }

    private static func number(_ bytes: [UInt8], _ places: Range<Int>) -> UInt64 {
        LittleEndian.number(bytes.span.extracting(places))
    }

    private static func half(
        _ stream: inout FileStream, count: Int, _ format: WindowFormat, into check: inout ContentHash
    ) throws(FileError) -> WindowSet? {
        let values = try stream.values(Float.self, count: count * format.shape.count, into: &check)
        let labels = try stream.values(Int32.self, count: count, into: &check)
        let groups = try stream.values(Int32.self, count: count, into: &check)
        guard values.count == count * format.shape.count, labels.count == count, groups.count == count,
            labels.allSatisfy({ format.classes.indices.contains(Int($0)) }), firstNonFinite(values.span) == nil
        else { return nil }
        return WindowSet(checked: values, labels: labels, groups: groups, format: format)
    }

    private static func checksum(head: [UInt8], halves: [WindowSet]) -> ContentHash {
        var hash = unsafe ContentHash(of: head.span.bytes)
        for half in halves {
            unsafe hash.append(blocksOf: half.values.span.bytes)
            unsafe hash.append(blocksOf: half.labels.span.bytes)
            unsafe hash.append(blocksOf: half.groups.span.bytes)
        }
        return hash
    }
}

extension FileStream {
    /// Reads the next values, fewer than `count` if the file ends before, and hashes each block while it is in the processor's cache.
    fileprivate mutating func values<Value: BitwiseCopyable>(
        _ type: Value.Type, count: Int, into hash: inout ContentHash
    ) throws(FileError) -> [Value] {
        var failure: FileError?
        // Filling memory with zeros first would cost a fifth of the time.
        let values = unsafe [Value](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            let size = count * MemoryLayout<Value>.stride
            var filled = 0
            do throws(FileError) {
                repeat {
                    let end = min(filled + ContentHash.blockSize, size)
                    let block = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[filled..<end])
                    var target = unsafe block.mutableBytes
                    let read = try self.read(into: &target)
                    unsafe hash.append(block.bytes.extracting(first: read))
                    filled += read
                    if read < block.count { break }
                } while filled < size
            } catch {
                failure = error
            }
            initializedCount = filled / MemoryLayout<Value>.stride
        }
        if let failure { throw failure }
        return values
    }
}
