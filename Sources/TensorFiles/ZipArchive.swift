import CZlib
import Platform

/// Named pieces of bytes that are written in the ZIP format; `ZipReader` reads them back.
struct ZipArchive {
    /// A piece.
    struct Entry: Equatable {
        let name: String
        let bytes: [UInt8]
    }

    /// The pieces, in the order of the archive.
    let entries: [Entry]

    /// How ZIP files begin.
    static let magic: [UInt8] = [0x50, 0x4B]

    static let localSignature = 0x0403_4B50
    static let directorySignature = 0x0201_4B50
    static let endSignature = 0x0605_4B50
    static let stored = 0

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

    /// Numbers one after the other, each in as many bytes as are said.
    private static func fields(_ numbers: (value: Int, bytes: Int)...) -> [UInt8] {
        numbers.flatMap { LittleEndian.bytes($0.value, count: $0.bytes) }
    }

    /// The CRC-32 of bytes.
    static func checksum(_ bytes: [UInt8]) -> Int {
        // In pieces that fit zlib's 32-bit length.
        var sum: uLong = 0
        for start in stride(from: 0, to: bytes.count, by: 1 << 30) {
            let piece = bytes[start..<min(bytes.count, start + 1 << 30)]
            sum = unsafe piece.withUnsafeBufferPointer { unsafe crc32(sum, $0.baseAddress, uInt($0.count)) }
        }
        return Int(sum)
    }
}
