import Glibc
import Platform
import StrictJSON
import TensorFiles
import Testing

/// Files that somebody made to harm or that broke on the way: each gets its error, none a crash.
@Suite struct SafetensorsHostileTests {
    /// A header with one tensor `t`.
    static func header(_ type: String = "F32", _ shape: String = "[2]", _ offsets: String = "[0,8]") -> String {
        #"{"t":{"dtype":""# + type + #"","shape":"# + shape + #","data_offsets":"# + offsets + "}}"
    }

    static func two(_ first: String, _ second: String) -> String {
        #"{"t":{"dtype":"U8","shape":[4],"data_offsets":"# + first + #"},"u":{"dtype":"U8","shape":[4],"data_offsets":"# + second
            + "}}"
    }

    @Test(
        "The first eight bytes lie",
        arguments: [
            ([], "has 0 bytes, too few for a safetensors file"),
            ([1, 2, 3, 4, 5, 6, 7], "has 7 bytes, too few for a safetensors file"),
            ([0, 0, 0, 0, 0, 0, 0, 0], "its header does not begin with '{': not a safetensors file"),
            (Array("<html>\n<h1>404</h1>".utf8), "is a text that begins with '<html>': not a safetensors file"),
            (
                Array("version https://git-lfs.github.com/spec/v1\noid".utf8),
                "is a text that begins with 'version https://git-lfs.github.com/sp...': not a safetensors file"
            ),
            ([3, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D], "claims a header of 3 bytes, but only 2 follow: it is cut off"),
            (
                [1, 0, 0, 1, 0, 0, 0, 0, 0x7B, 0x7D],
                "claims a header of 16777217 bytes, more than the limit of 16777216: not a safetensors file"
            ),
            (
                [UInt8](repeating: 0xFF, count: 10),
                "claims a header of 18446744073709551615 bytes, more than the limit of 16777216: not a safetensors file"
            ),
            (
                [0, 0, 0, 0, 0, 0, 0, 0x80, 0x7B, 0x7D],
                "claims a header of 9223372036854775808 bytes, more than the limit of 16777216: not a safetensors file"
            ),
        ] as [([UInt8], String)])
    func lengths(bytes: [UInt8], problem: String) {
        #expect(throws: SafetensorsError(file: "test", problem: problem)) { try SafetensorsTests.read(bytes) }
    }

    @Test(
        "The header is not a header",
        arguments: [
            (" {}", "its header does not begin with '{': not a safetensors file"),
            ("[]", "its header does not begin with '{': not a safetensors file"),
            ("{", "its header is not right, line 1, column 2: expected a key or '}', found the end of the text"),
            ("{}\0", "its header is not right, line 1, column 3: expected the end of the text, found the control character U+0"),
            (#"{"__metadata__":[]}"#, "its __metadata__ is not an object"),
            (#"{"__metadata__":{"epoch":1}}"#, "its metadata 'epoch' is not a text"),
            (
                #"{"__metadata__":{},"__metadata__":{}}"#,
                "its header is not right, line 1, column 20: expected every key once, found the key \"__metadata__\" again"
            ),
            (
                #"{"t":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"t":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#,
                "its header is not right, line 1, column 54: expected every key once, found the key \"t\" again"
            ),
        ])
    func headers(header: String, problem: String) {
        let bytes = SafetensorsTests.file(header)
        #expect(throws: SafetensorsError(file: "test", problem: problem)) { try SafetensorsTests.read(bytes) }
    }

    @Test func aHeaderThatIsNoUTF8IsRefused() {
        let bytes: [UInt8] = [6, 0, 0, 0, 0, 0, 0, 0] + Array("{\"".utf8) + [0xFF] + Array("\":1".utf8)
        let problem = "its header is not right, line 1, column 3: expected UTF-8 text, found the byte 0xFF"
        #expect(throws: SafetensorsError(file: "test", problem: problem)) { try SafetensorsTests.read(bytes) }
    }

    @Test func deepNestingIsRefused() {
        let bytes = SafetensorsTests.file("{\"t\":" + String(repeating: "[", count: 1_000_000))
        #expect(throws: SafetensorsError.self) { try SafetensorsTests.read(bytes) }
    }

    @Test(
        "A tensor's entry is wrong (8 bytes of data)",
        arguments: [
            (
                header("F33"),
                "its dtype 'F33' is unknown; known: BOOL, U8, I8, F8_E5M2, F8_E4M3, I16, U16, F16, BF16, I32, U32, F32, I64, U64, F64"
            ),
            (header("F32", "[3]"), "its shape [3] of F32 needs 12 bytes, its data_offsets give 8"),
            (header("F64"), "its shape [2] of F64 needs 16 bytes, its data_offsets give 8"),
            (header("F32", "[-2]"), "its shape [-2] is negative or too large"),
            (header("F32", "[-1,-2]"), "its shape [-1, -2] is negative or too large"),
            (header("F32", "[1099511627776,1099511627776]"), "its shape [1099511627776, 1099511627776] is negative or too large"),
            (header("F32", "[4611686018427387904]"), "its shape [4611686018427387904] is negative or too large"),
            (
                header("F32", "[1099511627776,1099511627776,0]", "[0,0]"),
                "its shape [1099511627776, 1099511627776, 0] is negative or too large"
            ),
            (header("F32", "[1,1,1,1,1,1,1,1,2]"), "has 9 dimensions, more than 8"),
            (header("F32", "[2.0]"), "'shape' must be a list, each element a whole number, found [2.0]"),
            (header("F32", "2"), "'shape' must be a list, each element a whole number, found 2"),
            (header("F32", "[2]", "[0,9]"), "its data_offsets [0, 9] are not within the 8 bytes of data"),
            (header("F32", "[2]", "[8,0]"), "its data_offsets [8, 0] are not within the 8 bytes of data"),
            (header("F32", "[2]", "[-8,0]"), "its data_offsets [-8, 0] are not within the 8 bytes of data"),
            (
                header("F32", "[2]", "[-9223372036854775808,9223372036854775807]"),
                "its data_offsets [-9223372036854775808, 9223372036854775807] are not within the 8 bytes of data"
            ),
            (header("F32", "[2]", "[0,8,8]"), "has 3 data_offsets, needed are 2"),
            (header("F32", "[2]", "[]"), "has 0 data_offsets, needed are 2"),
            (header("F32", "[1]", "[4,8]"), "begins at byte 4 of the data, with a hole from byte 0"),
            (#"{"t":1}"#, "must be an object, found 1"),
            (#"{"t":{"dtype":"F32","shape":[2]}}"#, "'data_offsets' is missing; it must be a list, each element a whole number"),
            (#"{"t":{"dtype":1,"shape":[2],"data_offsets":[0,8]}}"#, "'dtype' must be a text, found 1"),
            (
                #"{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"strides":[1]}}"#,
                "unknown field 'strides'; known: 'dtype', 'shape', 'data_offsets'"
            ),
        ])
    func entries(header: String, problem: String) {
        let bytes = SafetensorsTests.file(header, [UInt8](repeating: 0, count: 8))
        #expect(throws: SafetensorsError(file: "test", tensor: "t", problem: problem)) { try SafetensorsTests.read(bytes) }
    }

    @Test(
        "Two tensors do not tile the data",
        arguments: [
            (two("[0,4]", "[0,4]"), 8, "u", "its data overlap those of another tensor"),
            (two("[0,4]", "[3,7]"), 7, "u", "its data overlap those of another tensor"),
            (two("[5,9]", "[0,4]"), 9, "t", "begins at byte 5 of the data, with a hole from byte 4"),
            (two("[0,4]", "[4,8]"), 9, nil, "its last 1 bytes belong to no tensor"),
            ("{}", 8, nil, "its last 8 bytes belong to no tensor"),
        ] as [(String, Int, String?, String)])
    func coverage(header: String, dataCount: Int, tensor: String?, problem: String) {
        let bytes = SafetensorsTests.file(header, [UInt8](repeating: 0, count: dataCount))
        #expect(throws: SafetensorsError(file: "test", tensor: tensor, problem: problem)) { try SafetensorsTests.read(bytes) }
    }

    @Test func whatIsNoFileIsRefused() throws {
        try withTemporaryFolder { folder in
            func refuses(_ path: String, _ problem: String, limit: Int = 1 << 30) {
                #expect(throws: SafetensorsError(file: path, problem: problem)) { try SafetensorsFile.read(path, limit: limit) }
            }
            refuses(folder, "cannot read it: Is a directory")
            refuses(folder + "/none", "cannot read it: No such file or directory")
            refuses("/dev/zero", "cannot read it: it is neither a regular file nor a pipe")
            let path = folder + "/file"
            try Files.writeAtomically([], to: path)
            refuses(path, "has 0 bytes, too few for a safetensors file")
            try SafetensorsTests.mixed.write(to: path)
            let size = try Files.read(path).count
            refuses(path, "cannot read it: it has \(size) bytes, more than the limit of \(size - 1)", limit: size - 1)
            // A file of holes: larger than the memory, though it takes none of the disk.
            #expect(unsafe truncate(path, 1 << 42) == 0)
            refuses(path, "cannot read it: it has 4398046511104 bytes, more than the limit of 1073741824")
        }
    }

    @Test func noTruncationIsAccepted() throws {
        let bytes = try SafetensorsTests.mixed.encoded()
        for count in bytes.indices {
            #expect(throws: SafetensorsError.self, "\(count) bytes") { try SafetensorsTests.read(Array(bytes[..<count])) }
        }
        #expect(throws: SafetensorsError.self) { try SafetensorsTests.read(bytes + [0]) }
    }

    @Test func noChangedByteCrashes() throws {
        let file = SafetensorsFile(
            metadata: ["k": "é"],
            tensors: [
                SafetensorsTensor("a", shape: [1, 2], values: [1, 2] as [Float]),
                SafetensorsTensor("b", shape: [3], values: [1, 2, 3] as [UInt8]),
            ])
        let bytes = try file.encoded()
        var (accepted, refused) = (0, 0)
        for position in bytes.indices {
            for flip in UInt8(1)...255 {
                var changed = bytes
                changed[position] ^= flip
                guard let read = try? SafetensorsTests.read(changed) else {
                    refused += 1
                    continue
                }
                accepted += 1
                #expect(read.tensors.reduce(0) { $0 + $1.bytes.count } == 11)
            }
        }
        // Changed data and names are fine, anything else in the header is not.
        #expect(accepted >= 11 * 255 && refused > accepted)
    }
}
