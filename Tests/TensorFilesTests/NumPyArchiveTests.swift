import Testing

@testable import TensorFiles

@Suite struct NumPyArchiveTests {
    private static let archive = NumPyArchive([
        ("conv1/kernel", NumPyArray(shape: [2, 1, 3], values: [1, -2, 3.5, .leastNonzeroMagnitude, 0, -0.0])),
        ("bias", NumPyArray(shape: [3], values: [1, 2, 3])), ("scalar", NumPyArray(shape: [], values: [7])),
        ("none", NumPyArray(shape: [0], values: [])),
    ])

    private func read(_ bytes: [UInt8]) throws(NumPyError) -> NumPyArchive { try NumPyArchive(decoding: bytes, source: "a.npz") }

    private func refusal(_ bytes: [UInt8]) -> String {
        do throws(NumPyError) {
            _ = try read(bytes)
            return "nothing"
        } catch {
            return "\(error)"
        }
    }

    @Test func anArchiveIsReadAsItWasWritten() throws {
        let bytes = NumPyArchiveTests.archive.encoded
        #expect(try read(bytes) == NumPyArchiveTests.archive)
        #expect(bytes == NumPyArchiveTests.archive.encoded)
        #expect(try read(NumPyArchive([]).encoded).arrays.isEmpty)
        #expect(NumPyArchive.isMeant(by: bytes) && !NumPyArchive.isMeant(by: [0x50]))
    }

    /// Whatever is cut off, nothing crashes and nothing is read.
    @Test func everyCutIsRefused() {
        let bytes = NumPyArchiveTests.archive.encoded
        for count in 0..<bytes.count { #expect(refusal(Array(bytes[..<count])).hasPrefix("a.npz: "), "\(count)") }
    }

    /// A changed byte is refused, or changes nothing that counts (dates, versions), or a name.
    @Test func noChangedByteChangesAValue() {
        let bytes = NumPyArchiveTests.archive.encoded
        let values = NumPyArchiveTests.archive.arrays.map(\.array)
        for index in bytes.indices {
            for bit in [1, 0x80] as [UInt8] {
                var changed = bytes
                changed[index] ^= bit
                if let found = try? read(changed) { #expect(found.arrays.map(\.array) == values, "byte \(index)") }
            }
        }
    }

    /// The place of the first bytes that are equal to these.
    private func place(_ part: [UInt8], in bytes: [UInt8]) throws -> Int {
        try #require((0...(bytes.count - part.count)).first { Array(bytes[$0..<($0 + part.count)]) == part })
    }

    @Test func whatIsNotReadIsNamed() throws {
        let bytes = NumPyArchiveTests.archive.encoded
        let directory = try place([0x50, 0x4B, 1, 2], in: bytes)
        func changed(_ offset: Int, _ values: [UInt8]) -> String {
            var copy = bytes
            copy.replaceSubrange(offset..<(offset + values.count), with: values)
            return refusal(copy)
        }
        #expect(changed(directory + 8, [1]) == "a.npz: is encrypted in its entry 'conv1/kernel.npy'")
        #expect(changed(directory + 10, [12]).contains("has the compression method 12, known are 0 and 8"))
        #expect(changed(directory + 20, [0xFF, 0xFF, 0xFF, 0xFF]).contains("has an entry of 4 GiB or more"))
        #expect(changed(directory + 24, [0xFF, 0xFF, 0xFF, 0x7F]).contains("have more than 1073741824 bytes"))
        #expect(changed(directory + 16, [0]).contains("is damaged in its entry 'conv1/kernel.npy'"))
        #expect(changed(bytes.count - 12, [0xFF, 0xFF, 0xFF, 0xFF]).contains("is a ZIP64 archive"))
        #expect(refusal(Array("PK".utf8)).contains("is no whole ZIP archive"))
        let twice = NumPyArchive([("a", NumPyArray(shape: [], values: [1])), ("a", NumPyArray(shape: [], values: [2]))])
        #expect(refusal(twice.encoded) == "a.npz: two entries have the name 'a.npy'")
        let other = ZipArchive([ZipArchive.Entry(name: "readme.txt", bytes: [1])])
        #expect(refusal(other.encoded).contains("has an entry 'readme.txt' that is no array: it must end with .npy"))
    }

    /// What zlib makes of 1000 zeros, without its frame.
    private static let deflatedZeros: [UInt8] = [0x63, 0x60, 0x18, 0x05, 0xA3, 0x60, 0x14, 0x0C, 0x77, 0x00, 0x00]

    /// An archive with one entry whose directory says what it likes.
    private func deflated(size: Int, packed: [UInt8], checksum: [UInt8]) throws -> [UInt8] {
        var bytes = ZipArchive([ZipArchive.Entry(name: "a.npy", bytes: packed)]).encoded
        let directory = try place([0x50, 0x4B, 1, 2], in: bytes)
        bytes[directory + 10] = 8
        bytes.replaceSubrange((directory + 16)..<(directory + 20), with: checksum)
        bytes.replaceSubrange(
            (directory + 24)..<(directory + 28), with: (0..<4).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) })
        return bytes
    }

    @Test func deflatedEntriesAreOfTheSizeAndSumThatTheySay() throws {
        // CRC-32 of 1000 zeros.
        let sum: [UInt8] = [0x80, 0x17, 0x0B, 0x06]
        let packed = NumPyArchiveTests.deflatedZeros
        // Inflated as it should be, it is no array.
        #expect(refusal(try deflated(size: 1000, packed: packed, checksum: sum)) == "a.npz: array 'a': is not in NumPy's format")
        #expect(refusal(try deflated(size: 1000, packed: packed, checksum: [0, 0, 0, 0])).contains("is damaged"))
        for size in [999, 1001, 1 << 29] {
            #expect(
                refusal(try deflated(size: size, packed: packed, checksum: sum)).contains("damaged compressed data"), "\(size)")
        }
        #expect(refusal(try deflated(size: 1000, packed: packed + [0], checksum: sum)).contains("damaged compressed data"))
    }

    @Test(arguments: [
        ("'<f4'", "'<f8'", "has elements of type '<f8', must be '<f4': write it as array.astype(\"float32\")"),
        ("'<f4'", "'>f4'", "has elements of type '>f4'"), ("(3,)", "(4,)", "has the shape [4], which does not fit its 12 bytes"),
        ("(3,)", "(-3)", "has a header that is not NumPy's, at '-3"), ("'shape'", "'shapx'", "has a header that is not NumPy's"),
        ("False", "Falsy", "has a header that is not NumPy's"), ("{'descr", "['descr", "has a header that is not NumPy's"),
    ]) func headersAreReadStrictly(_ part: String, _ replacement: String, _ message: String) throws {
        var bytes = NumPyArray(shape: [3], values: [1, 2, 3]).encoded
        let offset = try place(Array(part.utf8), in: bytes)
        bytes.replaceSubrange(offset..<(offset + part.utf8.count), with: Array(replacement.utf8))
        let text = refusal(ZipArchive([ZipArchive.Entry(name: "x.npy", bytes: bytes)]).encoded)
        #expect(text.hasPrefix("a.npz: array 'x': " + message), "\(text)")
    }

    /// One array whose header says its type and whose elements are these bytes.
    private func archive(type: String, shape: String, _ elements: [UInt8]) -> [UInt8] {
        let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }\n"
        let bytes = NumPyHeader.magic + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8) + elements
        return ZipArchive([ZipArchive.Entry(name: "x.npy", bytes: bytes)]).encoded
    }

    @Test func otherFloatsAreConvertedWhereThatIsWanted() throws {
        let doubles = [1.5, -0.1, 1e300].flatMap { value in unsafe withUnsafeBytes(of: value) { unsafe Array($0) } }
        let wide = archive(type: "<f8", shape: "(3,)", doubles)
        #expect(refusal(wide).contains("has elements of type '<f8', must be '<f4'"))
        #expect(
            try NumPyArchive(decoding: wide, source: "a", isConverting: true)["x"]
                == NumPyArray(shape: [3], values: [1.5, -0.1, .infinity]))
        let narrow = archive(type: "<f2", shape: "(2,)", [0x00, 0x3C, 0x00, 0xC1])
        #expect(
            try NumPyArchive(decoding: narrow, source: "a", isConverting: true)["x"] == NumPyArray(shape: [2], values: [1, -2.5]))
        #expect(throws: NumPyError.self) {
            try NumPyArchive(decoding: archive(type: "<i4", shape: "(1,)", [1, 0, 0, 0]), source: "a", isConverting: true)
        }
        let objects = archive(type: "|O", shape: "(2,)", [1, 2, 3])
        #expect(refusal(objects).contains("holds Python objects"))
        #expect(throws: NumPyError.self) { try NumPyArchive.outline(of: objects, source: "a") }
    }

    /// An outline unpacks no elements: half a gibibyte that the directory claims is never there.
    @Test func anOutlineReadsHeadersOnly() throws {
        #expect(
            try NumPyArchive.outline(of: NumPyArchiveTests.archive.encoded, source: "a")
                == NumPyArchiveTests.archive.arrays.map {
                    NumPyArchive.Outline(name: $0.name, shape: $0.array.shape, type: "<f4")
                })
        var bytes = archive(type: "<f4", shape: "(134217728,)", [0, 0, 0, 0])
        let directory = try place([0x50, 0x4B, 1, 2], in: bytes)
        bytes.replaceSubrange((directory + 20)..<(directory + 24), with: bytes[(directory + 24)..<(directory + 28)])
        #expect(try NumPyArchive.outline(of: bytes, source: "a").map(\.shape) == [[134_217_728]])
        #expect(refusal(bytes).contains("which does not fit its 4 bytes of elements"))
        let text = #expect(throws: NumPyError.self) { try NumPyArchive(decoding: bytes, source: "a", limit: 50) }
        #expect(text?.reason == "its entries have more than 50 bytes, the most that is read")
    }

    /// numpy.save of a transposed array says so and keeps its memory.
    @Test func arraysWhoseFirstDimensionIsContiguous() throws {
        var bytes = NumPyArray(shape: [2, 3], values: [1, 2, 3, 4, 5, 6]).encoded
        let offset = try place(Array("False,".utf8), in: bytes)
        bytes.replaceSubrange(offset..<(offset + 6), with: Array("True ,".utf8))
        let archive = try read(ZipArchive([ZipArchive.Entry(name: "x.npy", bytes: bytes)]).encoded)
        #expect(archive["x"] == NumPyArray(shape: [2, 3], values: [1, 3, 5, 2, 4, 6]))
    }
}
