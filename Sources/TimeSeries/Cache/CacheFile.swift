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
        append(version, to: &head)
        append(UInt32(data.format.shape.count), to: &head)
        append(key.high, to: &head)
        append(key.low, to: &head)
        append(UInt64(data.train.count), to: &head)
        append(UInt64(data.test.count), to: &head)
        head += data.hash.utf8

        let check = checksum(head: head, halves: [data.train, data.test])
        var bytes: [UInt8] = []
        bytes.reserveCapacity(headSize + checkSize + rowSize(data.format) * (data.train.count + data.test.count))
        bytes += head
        append(check.high, to: &bytes)
        append(check.low, to: &bytes)
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
        guard Files.exists(path) else { return .absent }
        do throws(FileError) {
            var stream = try FileStream(path)
            var check = ContentHash()
            let head = try stream.values(UInt8.self, count: headSize, into: &check)
            var ignored = ContentHash()
            let stored = try stream.values(UInt8.self, count: checkSize, into: &ignored)
            guard stored.count == checkSize, head.starts(with: magic) else { return .useless("it is not a cache file") }
            guard integer(head, at: 8, as: UInt32.self) == version,
                integer(head, at: 12, as: UInt32.self) == UInt32(format.shape.count)
            else { return .useless("it is of another version") }
            guard integer(head, at: 16, as: UInt64.self) == key.high, integer(head, at: 24, as: UInt64.self) == key.low else {
                return .useless("it belongs to other data")
            }
            // Nothing is allocated for counts that the file's size does not bear out.
            let rows = (stream.size - headSize - checkSize) / rowSize(format)
            guard let trainCount = Int(exactly: integer(head, at: 32, as: UInt64.self)), trainCount <= rows,
                let testCount = Int(exactly: integer(head, at: 40, as: UInt64.self)), testCount <= rows,
                stream.size == headSize + checkSize + rowSize(format) * (trainCount + testCount)
            else { return .useless("its length is wrong") }

            guard let train = try half(&stream, count: trainCount, format, into: &check),
                let test = try half(&stream, count: testCount, format, into: &check)
            else { return .useless("it was cut short while being read, or its labels are none of the classes") }
            guard integer(stored, at: 0, as: UInt64.self) == check.high, integer(stored, at: 8, as: UInt64.self) == check.low
            else { return .useless("its checksum is wrong") }
            let hash = String(decoding: head[48..<headSize], as: UTF8.self)
            return .data(Dataset(train: train, test: test, source: source, hash: hash))
        } catch {
            return .useless(error.reason)
        }
    }

    private static func half(
        _ stream: inout FileStream, count: Int, _ format: WindowFormat, into check: inout ContentHash
    ) throws(FileError) -> WindowSet? {
        let values = try stream.values(Float.self, count: count * format.shape.count, into: &check)
        let labels = try stream.values(Int32.self, count: count, into: &check)
        let groups = try stream.values(Int32.self, count: count, into: &check)
        guard values.count == count * format.shape.count, labels.count == count, groups.count == count,
            labels.allSatisfy({ format.classes.indices.contains(Int($0)) })
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

    private static func append<Integer: FixedWidthInteger>(_ value: Integer, to bytes: inout [UInt8]) {
        for shift in stride(from: 0, to: Integer.bitWidth, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    private static func integer<Integer: FixedWidthInteger>(_ bytes: [UInt8], at start: Int, as: Integer.Type) -> Integer {
        var value: Integer = 0
        for index in 0..<Integer.bitWidth / 8 { value |= Integer(bytes[start + index]) << (8 * index) }
        return value
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
