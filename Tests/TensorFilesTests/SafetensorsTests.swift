import Platform
import StrictJSON
import TensorFiles
import Testing

@Suite struct SafetensorsTests {
    /// The bytes of a file with this header, without padding, and these data.
    static func file(_ header: String, _ data: [UInt8] = []) -> [UInt8] {
        let count = header.utf8.count
        return (0..<8).map { UInt8(truncatingIfNeeded: count >> ($0 * 8)) } + Array(header.utf8) + data
    }

    static func read(_ bytes: [UInt8]) throws(SafetensorsError) -> SafetensorsFile {
        try SafetensorsFile(decoding: bytes, source: "test")
    }

    static let mixed = SafetensorsFile(
        metadata: ["format": "pt", "classes": "[\"WALKING\"]"],
        tensors: [
            SafetensorsTensor("conv1.weight", shape: [3], values: [1.5, -2, .infinity] as [Float]),
            SafetensorsTensor("flags", shape: [1, 3], values: [1, 2, 255] as [UInt8]),
            SafetensorsTensor("steps", shape: [], values: [-7] as [Int64]),
            SafetensorsTensor("empty", shape: [0, 4], values: [] as [Float]),
            SafetensorsTensor("best", shape: [2], values: [0.1, -0.0] as [Double]),
            SafetensorsTensor("order", shape: [2], values: [.min, .max] as [Int32]),
        ])

    // MARK: Good files

    /// F16 and BF16 exactly, F64 rounded; whole numbers are no floats.
    @Test func tensorsOfOtherFloatsAreConverted() throws {
        func converted(_ type: SafetensorsType, _ bytes: [UInt8]) -> [Float]? {
            SafetensorsTensor("x", type: type, shape: [bytes.count / type.byteCount], bytes: bytes).asFloat32?.values()
        }
        // 1, -2.5, the smallest and the largest number of 16 bits.
        #expect(
            converted(.float16, [0x00, 0x3C, 0x00, 0xC1, 0x01, 0x00, 0xFF, 0x7B]) == [1, -2.5, 5.960_464_5e-8, 65504])
        #expect(converted(.bfloat16, [0x80, 0x3F, 0x20, 0xC0]) == [1, -2.5])
        #expect(converted(.float64, [0x9A, 0x99, 0x99, 0x99, 0x99, 0x99, 0xB9, 0x3F]) == [0.1])
        #expect(converted(.float32, [0, 0, 0x80, 0x3F]) == [1])
        #expect(converted(.int64, [1, 0, 0, 0, 0, 0, 0, 0]) == nil && converted(.float8E4M3, [1]) == nil)
    }

    @Test func theBytesAreThoseOfTheFormat() throws {
        let file = SafetensorsFile(
            metadata: ["format": "pt"],
            tensors: [
                SafetensorsTensor("a", shape: [2, 1], values: [1, -2] as [Float]),
                SafetensorsTensor("b", shape: [2], values: [3, 4] as [UInt8]),
            ])
        // 144 bytes of header, of which the last four are padding.
        let header =
            #"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"#
            + #""b":{"dtype":"U8","shape":[2],"data_offsets":[8,10]}}"# + "    "
        let golden: [UInt8] =
            [0x90, 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8) + [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0] + [3, 4]
        #expect(try file.encoded() == golden)
        #expect(try SafetensorsTests.read(golden) == file)
    }

    @Test func whatIsWrittenReadsBackEqual() throws {
        let bytes = try SafetensorsTests.mixed.encoded()
        let read = try SafetensorsTests.read(bytes)
        #expect(read == SafetensorsTests.mixed)
        #expect(try read.encoded() == bytes)
        #expect(try read.floats("conv1.weight") == [1.5, -2, .infinity])
        #expect(try read.values("flags") == [1, 2, 255] as [UInt8])
        #expect(try read.values("steps", shape: []) == [-7] as [Int64])
        #expect(try read.floats("empty", shape: [0, 4]) == [])
        #expect(try read.values("best", as: Double.self).map(\.bitPattern) == [0.1, -0.0].map(\.bitPattern))
        #expect(try read.values("order") == [.min, .max] as [Int32])
        #expect(read.metadata["format"] == "pt")
    }

    @Test func everyElementLiesAtAMultipleOfItsSize() throws {
        let bytes = try SafetensorsTests.mixed.encoded()
        let headerCount = Int(bytes[0]) | Int(bytes[1]) << 8
        #expect((8 + headerCount) % 8 == 0)
        let header = try JSON.parse(Array(bytes[8..<(8 + headerCount)]))
        for tensor in SafetensorsTests.mixed.tensors {
            let begin = try #require(header[tensor.name]?["data_offsets"]?.asArray?[0].asInt)
            #expect(begin % tensor.type.byteCount == 0, "\(tensor.name)")
        }
        #expect(header.asObject?.keys == ["__metadata__"] + SafetensorsTests.mixed.tensors.map(\.name))
    }

    @Test func bitPatternsSurvive() throws {
        let patterns: [UInt32] = [0x7FC0_1234, 0xFF80_0000, 0x8000_0000, 1]
        let file = SafetensorsFile(tensors: [SafetensorsTensor("x", shape: [4], values: patterns.map(Float.init(bitPattern:)))])
        let read = try SafetensorsTests.read(file.encoded())
        #expect(try read.floats("x").map(\.bitPattern) == patterns)
    }

    @Test func aFileOfNothingIsAFile() throws {
        let empty = SafetensorsFile()
        #expect(try empty.encoded() == [8, 0, 0, 0, 0, 0, 0, 0] + Array("{}      ".utf8))
        #expect(try SafetensorsTests.read(empty.encoded()) == empty)
    }

    @Test func otherWritersHaveOtherOrders() throws {
        // Data in another order than the header, types without a Swift type here, white space.
        let header = """
            { "b": {"data_offsets": [2, 4], "shape": [1], "dtype": "BF16"},
              "a": {"dtype": "I8", "shape": [2, 1], "data_offsets": [0, 2]} }
            """
        let file = try SafetensorsTests.read(SafetensorsTests.file(header, [1, 2, 3, 4]))
        #expect(file.tensors.map(\.name) == ["b", "a"])
        #expect(file.tensors.map(\.bytes) == [[3, 4], [1, 2]])
        #expect(file.tensors.map(\.type) == [.bfloat16, .int8])
        #expect(try SafetensorsTests.read(file.encoded()) == file)
    }

    @Test func filesAreWrittenAndReadByPath() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/model.safetensors"
            try SafetensorsTests.mixed.write(to: path)
            let read = try SafetensorsFile.read(path)
            #expect(read == SafetensorsTests.mixed)
            #expect(read.source == path)
            #expect(try Files.list(folder) == ["model.safetensors"])
            #expect(try Files.read(path) == SafetensorsTests.mixed.encoded())
        }
    }

    /// Tensors that are made in pieces, of two sizes of elements, give the bytes of a file that is there as a whole.
    @Test func aStreamGivesTheBytesOfAFile() throws {
        let halves = SafetensorsTensor("half", type: .float16, shape: [3], bytes: [1, 2, 3, 4, 5, 6])
        let floats = SafetensorsTensor("float", shape: [5], values: [1, 2, 3, 4, 5] as [Float])
        let metadata: OrderedMap<String> = ["a": "b"]
        let stream = SafetensorsStream(
            metadata: metadata,
            tensors: [
                SafetensorsStream.Tensor(halves),
                SafetensorsStream.Tensor("float", type: .float32, shape: [5], pieces: 3) { piece in
                    Array(floats.bytes[piece * 8..<min(piece * 8 + 8, 20)])
                },
            ])
        try withTemporaryFolder { folder in
            try stream.write(to: folder + "/stream")
            try SafetensorsFile(metadata: metadata, tensors: [halves, floats]).write(to: folder + "/file")
            #expect(try Files.read(folder + "/stream") == Files.read(folder + "/file"))
        }
        var pieces: [Int] = []
        stream.tensors[1].forEachPiece { pieces.append($0.count) }
        #expect(pieces == [8, 8, 4])
    }

    // MARK: Wrong use

    @Test func whatIsNotThereIsNamed() {
        func refuses(_ tensor: String?, _ problem: String, _ body: () throws -> Void) {
            #expect(throws: SafetensorsError(file: "safetensors file", tensor: tensor, problem: problem)) { try body() }
        }
        let file = SafetensorsTests.mixed
        refuses("conv1.wieght", "is missing; there is 'conv1.weight'") { _ = try file.floats("conv1.wieght") }
        refuses("lstm", "is missing") { _ = try file.tensor("lstm") }
        refuses("steps", "is of type I64, must be F32") { _ = try file.floats("steps") }
        refuses("conv1.weight", "has the shape [3], must be [3, 1]") { _ = try file.floats("conv1.weight", shape: [3, 1]) }
    }

    @Test func errorsNameFileAndTensor() {
        #expect(SafetensorsError(file: "f", tensor: "t", problem: "is missing").description == "f: tensor 't': is missing")
        #expect(SafetensorsError(file: "f", problem: "is no file").description == "f: is no file")
    }

    @Test func whatAReaderWouldRefuseIsNotWritten() throws {
        func refuses(_ tensors: [SafetensorsTensor], _ name: String?, _ problem: String) throws {
            try withTemporaryFolder { folder in
                let path = folder + "/file"
                #expect(throws: SafetensorsError(file: path, tensor: name, problem: problem)) {
                    try SafetensorsFile(tensors: tensors).write(to: path)
                }
                let names = try Files.list(folder)
                #expect(names == [])
            }
        }
        func tensor(_ name: String, rank: Int = 1) -> SafetensorsTensor {
            SafetensorsTensor(name, shape: [Int](repeating: 1, count: rank), values: [1] as [Float])
        }
        try refuses([tensor("a"), tensor("a")], "a", "another tensor has the same name")
        try refuses([tensor("__metadata__")], "__metadata__", "this name is the metadata's")
        try refuses([tensor("a", rank: 9)], "a", "has 9 dimensions, more than 8")
        let long = String(repeating: "x", count: 1 << 24)
        try refuses([tensor(long)], nil, "the header has 16777272 bytes, more than the limit of 16777216")
    }

    @Test func valuesThatDoNotFitTheirShapeTrap() async {
        await #expect(processExitsWith: .failure) {
            _ = SafetensorsTensor("a", shape: [2, 2], values: [1, 2, 3] as [Float])
        }
    }
}
