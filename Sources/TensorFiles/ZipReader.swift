import CZlib
import Platform
import StrictJSON

/// Reads the ZIP format strictly, as far as NumPy's archives use it: stored or deflated, below 4 GiB, no encryption.
///
/// The container is ours, since no package that is to be had reads one without Foundation; inflating and checksums are zlib's. Nothing is
/// allocated by a size that the archive claims before it has been checked, and a piece is unpacked when it is asked for.
struct ZipReader {
    /// Where the directory says that a piece is, and what it is.
    struct Place {
        let name: String
        /// The bytes of the piece, unpacked.
        let size: Int
        fileprivate let method: Int
        fileprivate let checksum: Int
        fileprivate let packedSize: Int
        fileprivate let offset: Int
    }

    /// The pieces, in the order of the archive's directory.
    private(set) var places: [Place] = []
    private let bytes: [UInt8]
    private let source: String
    /// Where the directory begins: no piece may reach into it.
    private var directoryStart = 0

    private static let endSize = 22
    private static let deflated = 8
    /// A size or offset of this value stands elsewhere: a ZIP64 archive.
    private static let elsewhere = 0xFFFF_FFFF

    /// Reads the directory of an archive.
    /// - Parameter source: What errors call the file.
    /// - Throws: A `NumPyError` with what is wrong.
    init(_ bytes: [UInt8], source: String) throws(NumPyError) {
        self.bytes = bytes
        self.source = source
        try readDirectory()
        // By bytes: texts of other bytes can be equal.
        var names: Set<[UInt8]> = []
        for place in places {
            guard names.insert(Array(place.name.utf8)).inserted else { throw failure("two entries have the name", place.name) }
        }
    }

    /// Checks that the pieces together unpack to no more than so many bytes.
    func requireSize(atMost limit: Int) throws(NumPyError) {
        var left = limit
        for place in places {
            guard place.size <= left else {
                throw failure("its entries have more than \(limit) bytes, the most that is read")
            }
            left -= place.size
        }
    }

    private func failure(_ problem: String, _ name: String? = nil) -> NumPyError {
        NumPyError(file: source, problem: problem + (name.map { " '\(JSON.excerpt(of: $0))'" } ?? ""))
    }

    private func number(_ offset: Int, _ count: Int) -> Int {
        LittleEndian.number(bytes.span.extracting(offset..<offset + count))
    }

    private mutating func readDirectory() throws(NumPyError) {
        let cutOff = "is no whole ZIP archive: it is cut off, or no .npz file"
        // The end record stands at the end, but for a comment of at most 65,535 bytes.
        let last = bytes.count - ZipReader.endSize
        guard last >= 0,
            let end = stride(from: last, through: max(0, last - 0xFFFF), by: -1).first(where: {
                number($0, 4) == ZipArchive.endSignature
            })
        else { throw failure(cutOff) }
        let (count, size, start) = (number(end + 10, 2), number(end + 12, 4), number(end + 16, 4))
        guard count != 0xFFFF, size != ZipReader.elsewhere, start != ZipReader.elsewhere else {
            throw failure("is a ZIP64 archive, which is not read: its arrays are too many or too large")
        }
        guard number(end + 4, 4) == 0, number(end + 8, 2) == count, start + size <= end else { throw failure(cutOff) }
        directoryStart = start
        var offset = start
        for _ in 0..<count {
            guard offset + 46 <= start + size, number(offset, 4) == ZipArchive.directorySignature else { throw failure(cutOff) }
            let nameEnd = offset + 46 + number(offset + 28, 2)
            let next = nameEnd + number(offset + 30, 2) + number(offset + 32, 2)
            guard next <= start + size else { throw failure(cutOff) }
            let name = String(decoding: bytes[(offset + 46)..<nameEnd], as: UTF8.self)
            guard number(offset + 8, 2) & 1 == 0 else { throw failure("is encrypted in its entry", name) }
            let place = Place(
                name: name, size: number(offset + 24, 4), method: number(offset + 10, 2), checksum: number(offset + 16, 4),
                packedSize: number(offset + 20, 4), offset: number(offset + 42, 4))
            guard place.packedSize != ZipReader.elsewhere, place.size != ZipReader.elsewhere, place.offset != ZipReader.elsewhere
            else { throw failure("has an entry of 4 GiB or more, which is not read,", name) }
            places.append(place)
            offset = next
        }
    }

    /// The bytes of a piece as they stand in the archive.
    private func packed(_ place: Place) throws(NumPyError) -> ArraySlice<UInt8> {
        let header = place.offset
        guard header + 30 <= directoryStart, number(header, 4) == ZipArchive.localSignature else {
            throw failure("has a directory that leads nowhere in its entry", place.name)
        }
        // Only where the data begin is taken from here: NumPy writes sizes of ZIP64 beside it.
        let start = header + 30 + number(header + 26, 2) + number(header + 28, 2)
        guard start + place.packedSize <= directoryStart else { throw failure("is cut off in its entry", place.name) }
        switch place.method {
        case ZipArchive.stored:
            guard place.packedSize == place.size else { throw failure("has two sizes for its entry", place.name) }
        case ZipReader.deflated: break
        default: throw failure("has the compression method \(place.method), known are 0 and 8, in its entry", place.name)
        }
        return bytes[start..<(start + place.packedSize)]
    }

    /// The bytes of a piece, unpacked and checked.
    func content(_ place: Place) throws(NumPyError) -> [UInt8] {
        let content = try unpacked(place, count: place.size)
        guard ZipArchive.checksum(content) == place.checksum else { throw failure("is damaged in its entry", place.name) }
        return content
    }

    /// The first bytes of a piece, at most so many; no more than these are unpacked, and they are not checked.
    func beginning(_ place: Place, count: Int) throws(NumPyError) -> [UInt8] {
        try unpacked(place, count: min(count, place.size))
    }

    private func unpacked(_ place: Place, count: Int) throws(NumPyError) -> [UInt8] {
        let packed = try packed(place)
        guard place.method == ZipReader.deflated else { return Array(packed.prefix(count)) }
        guard let inflated = ZipReader.inflated(Array(packed), count: count, of: place.size) else {
            throw failure("has damaged compressed data in its entry", place.name)
        }
        return inflated
    }

    /// Inflates the first bytes of a raw stream; nil where it is damaged, or ends before or after the size that it should have.
    private static func inflated(_ packed: [UInt8], count: Int, of size: Int) -> [UInt8]? {
        // Deflate cannot shrink by more than 1032 : 1, so no size that is a lie takes memory.
        guard size <= packed.count * 1032, packed.count <= Int(uInt.max) else { return nil }
        var stream = unsafe z_stream()
        guard unsafe inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            return nil
        }
        defer { unsafe inflateEnd(&stream) }
        var (input, output) = (packed, [UInt8](repeating: 0, count: count))
        let status = unsafe input.withUnsafeMutableBufferPointer { input in
            unsafe output.withUnsafeMutableBufferPointer { output in
                unsafe stream.next_in = input.baseAddress
                unsafe stream.avail_in = uInt(input.count)
                unsafe stream.next_out = output.baseAddress
                unsafe stream.avail_out = uInt(output.count)
                return unsafe inflate(&stream, count == size ? Z_FINISH : Z_SYNC_FLUSH)
            }
        }
        guard unsafe stream.avail_out == 0 else { return nil }
        guard count == size else { return status == Z_OK || status == Z_STREAM_END ? output : nil }
        return unsafe status == Z_STREAM_END && stream.avail_in == 0 ? output : nil
    }
}
