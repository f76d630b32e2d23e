import CZlib
import Platform
import StrictJSON

/// Named pieces of bytes in the ZIP format, as far as NumPy's archives use it: stored or deflated, below 4 GiB, no encryption.
///
/// The container is ours, since no package that is to be had reads one without Foundation; inflating and checksums are zlib's.
struct ZipArchive {
    /// A piece.
    struct Entry: Equatable {
        let name: String
        let bytes: [UInt8]
    }

    /// The pieces, in the order of the archive's directory.
    let entries: [Entry]

    /// How ZIP files begin.
    static let magic: [UInt8] = [0x50, 0x4B]

    private static let localSignature = 0x0403_4B50
    private static let directorySignature = 0x0201_4B50
    private static let endSignature = 0x0605_4B50
    private static let endSize = 22
    private static let stored = 0
    private static let deflated = 8
    /// A size or offset of this value stands elsewhere: a ZIP64 archive.
    private static let elsewhere = 0xFFFF_FFFF

    init(_ entries: [Entry]) {
        self.entries = entries
    }

    /// The archive's bytes: the same pieces give the same bytes, always. Nothing is compressed: weights do not shrink.
    var encoded: [UInt8] {
        var (bytes, directory): ([UInt8], [UInt8]) = ([], [])
        for entry in entries {
            let name = Array(entry.name.utf8)
            // Version 2.0, no flags, stored, 1 January 1980 as the date, then checksum, sizes and the length of the name.
            let common = ZipArchive.fields(
                (20, 2), (0, 2), (ZipArchive.stored, 2), (0, 2), (0x21, 2), (ZipArchive.checksum(entry.bytes), 4),
                (entry.bytes.count, 4),
                (entry.bytes.count, 4), (name.count, 2), (0, 2))
            directory +=
                ZipArchive.fields((ZipArchive.directorySignature, 4), (20, 2)) + common
                + ZipArchive.fields((0, 10), (bytes.count, 4)) + name
            bytes += ZipArchive.fields((ZipArchive.localSignature, 4)) + common + name + entry.bytes
        }
        let start = bytes.count
        bytes += directory
        return bytes
            + ZipArchive.fields(
                (ZipArchive.endSignature, 4), (0, 4), (entries.count, 2), (entries.count, 2), (directory.count, 4), (start, 4),
                (0, 2))
    }

    /// Reads an archive strictly.
    ///
    /// Nothing is allocated by a size that the archive claims before it has been checked.
    /// - Parameter limit: The most bytes that all pieces may have together.
    /// - Throws: A `NumPyError` with what is wrong.
    init(decoding bytes: [UInt8], source: String, limit: Int) throws(NumPyError) {
        var reader = Reader(bytes: bytes, source: source)
        let directory = try reader.directory()
        var left = limit
        var entries: [Entry] = []
        var names: Set<[UInt8]> = []
        for place in directory {
            guard names.insert(Array(place.name.utf8)).inserted else {
                throw reader.failure("two entries have the name", place.name)
            }
            guard place.size <= left else {
                throw reader.failure("its entries have more than \(limit) bytes, the most that is read")
            }
            left -= place.size
            entries.append(Entry(name: place.name, bytes: try reader.content(place)))
        }
        self.entries = entries
    }

    /// Where the directory says that a piece is, and what it is.
    private struct Place {
        let name: String
        let method: Int
        let checksum: Int
        let packedSize: Int
        let size: Int
        let offset: Int
    }

    private struct Reader {
        let bytes: [UInt8]
        let source: String
        /// Where the directory begins: no piece may reach into it.
        private var directoryStart = 0

        init(bytes: [UInt8], source: String) {
            self.bytes = bytes
            self.source = source
        }

        func failure(_ problem: String, _ name: String? = nil) -> NumPyError {
            NumPyError(file: source, problem: problem + (name.map { " '\(JSON.excerpt(of: $0))'" } ?? ""))
        }

        private func number(_ offset: Int, _ count: Int) -> Int {
            LittleEndian.number(bytes.span.extracting(offset..<offset + count))
        }

        /// The directory's entries.
        mutating func directory() throws(NumPyError) -> [Place] {
            let cutOff = "is no whole ZIP archive: it is cut off, or no .npz file"
            // The end record stands at the end, but for a comment of at most 65,535 bytes.
            let last = bytes.count - endSize
            guard last >= 0,
                let end = stride(from: last, through: max(0, last - 0xFFFF), by: -1).first(where: {
                    number($0, 4) == endSignature
                })
            else { throw failure(cutOff) }
            let (count, size, start) = (number(end + 10, 2), number(end + 12, 4), number(end + 16, 4))
            guard count != 0xFFFF, size != elsewhere, start != elsewhere else {
                throw failure("is a ZIP64 archive, which is not read: its arrays are too many or too large")
            }
            guard number(end + 4, 4) == 0, number(end + 8, 2) == count, start + size <= end else { throw failure(cutOff) }
            directoryStart = start
            var places: [Place] = []
            var offset = start
            for _ in 0..<count {
                guard offset + 46 <= start + size, number(offset, 4) == directorySignature else { throw failure(cutOff) }
                let nameEnd = offset + 46 + number(offset + 28, 2)
                let next = nameEnd + number(offset + 30, 2) + number(offset + 32, 2)
                guard next <= start + size else { throw failure(cutOff) }
                let name = String(decoding: bytes[(offset + 46)..<nameEnd], as: UTF8.self)
                guard number(offset + 8, 2) & 1 == 0 else { throw failure("is encrypted in its entry", name) }
                let place = Place(
                    name: name, method: number(offset + 10, 2), checksum: number(offset + 16, 4),
                    packedSize: number(offset + 20, 4), size: number(offset + 24, 4), offset: number(offset + 42, 4))
                guard place.packedSize != elsewhere, place.size != elsewhere, place.offset != elsewhere else {
                    throw failure("has an entry of 4 GiB or more, which is not read,", name)
                }
                places.append(place)
                offset = next
            }
            return places
        }

        /// The bytes of a piece, unpacked and checked.
        func content(_ place: Place) throws(NumPyError) -> [UInt8] {
            let header = place.offset
            guard header + 30 <= directoryStart, number(header, 4) == localSignature else {
                throw failure("has a directory that leads nowhere in its entry", place.name)
            }
            // Only where the data begin is taken from here: NumPy writes sizes of ZIP64 beside it.
            let start = header + 30 + number(header + 26, 2) + number(header + 28, 2)
            guard start + place.packedSize <= directoryStart else { throw failure("is cut off in its entry", place.name) }
            let packed = bytes[start..<(start + place.packedSize)]
            let content: [UInt8]
            switch place.method {
            case stored:
                guard place.packedSize == place.size else { throw failure("has two sizes for its entry", place.name) }
                content = Array(packed)
            case deflated:
                guard let inflated = ZipArchive.inflated(Array(packed), size: place.size) else {
                    throw failure("has damaged compressed data in its entry", place.name)
                }
                content = inflated
            default: throw failure("has the compression method \(place.method), known are 0 and 8, in its entry", place.name)
            }
            guard ZipArchive.checksum(content) == place.checksum else { throw failure("is damaged in its entry", place.name) }
            return content
        }
    }

    /// Numbers one after the other, each in as many bytes as are said.
    private static func fields(_ numbers: (value: Int, bytes: Int)...) -> [UInt8] {
        numbers.flatMap { LittleEndian.bytes($0.value, count: $0.bytes) }
    }

    private static func checksum(_ bytes: [UInt8]) -> Int {
        // In pieces that fit zlib's 32-bit length.
        var sum: uLong = 0
        for start in stride(from: 0, to: bytes.count, by: 1 << 30) {
            let piece = bytes[start..<min(bytes.count, start + 1 << 30)]
            sum = unsafe piece.withUnsafeBufferPointer { unsafe crc32(sum, $0.baseAddress, uInt($0.count)) }
        }
        return Int(sum)
    }

    /// Inflates a raw stream to exactly this many bytes, or gives nil where it is damaged or another size.
    private static func inflated(_ packed: [UInt8], size: Int) -> [UInt8]? {
        // Deflate cannot shrink by more than 1032 : 1, so no size that is a lie takes memory.
        guard size <= packed.count * 1032, packed.count <= Int(uInt.max) else { return nil }
        var stream = unsafe z_stream()
        guard unsafe inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            return nil
        }
        defer { unsafe inflateEnd(&stream) }
        var (input, output) = (packed, [UInt8](repeating: 0, count: size))
        let status = unsafe input.withUnsafeMutableBufferPointer { input in
            unsafe output.withUnsafeMutableBufferPointer { output in
                unsafe stream.next_in = input.baseAddress
                unsafe stream.avail_in = uInt(input.count)
                unsafe stream.next_out = output.baseAddress
                unsafe stream.avail_out = uInt(output.count)
                return unsafe inflate(&stream, Z_FINISH)
            }
        }
        return unsafe status == Z_STREAM_END && stream.avail_out == 0 && stream.avail_in == 0 ? output : nil
    }
}
