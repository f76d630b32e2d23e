import Platform
import StrictJSON

/// What the header of a .npy file says: a Python dictionary, `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 9, 18), }`.
struct NumPyHeader: Equatable {
    let type: String
    let isFortranOrder: Bool
    let shape: [Int]

    /// How .npy files begin.
    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    /// The type of the elements that are written: 32-bit floats.
    static let type = "<f4"
    /// The largest number of dimensions.
    private static let mostDimensions = 8
    /// The most bytes before the elements: what a header of version 1 can have.
    static let longest = magic.count + 4 + 0xFFFF

    /// Reads the beginning of a .npy file strictly.
    /// - Returns: The header, and where the elements begin.
    static func read(_ bytes: [UInt8]) throws(NumPyArray.Problem) -> (header: NumPyHeader, end: Int) {
        guard bytes.count >= magic.count + 4, bytes.starts(with: magic) else {
            throw NumPyArray.Problem("is not in NumPy's format")
        }
        let version = bytes[magic.count]
        guard (1...3).contains(version) else {
            throw NumPyArray.Problem("has the format version \(version), known are 1 to 3")
        }
        // The header's length has two bytes in version 1, four in the later ones.
        let lengthEnd = magic.count + (version == 1 ? 4 : 6)
        guard bytes.count >= lengthEnd else { throw NumPyArray.Problem("is cut off") }
        let length = LittleEndian.number(bytes.span.extracting(magic.count + 2..<lengthEnd), as: Int.self)
        guard length <= bytes.count - lengthEnd else { throw NumPyArray.Problem("is cut off within its header") }
        let end = lengthEnd + length
        let header = try NumPyHeader(String(decoding: bytes[lengthEnd..<end], as: UTF8.self))
        guard !header.isOfObjects else {
            throw NumPyArray.Problem(
                "holds Python objects, as a list of arrays in one place does: write each array by itself, as "
                    + "numpy.savez(file, *model.get_weights()) with its asterisk")
        }
        guard header.shape.count <= mostDimensions else {
            throw NumPyArray.Problem("has \(header.shape.count) dimensions, the most are \(mostDimensions)")
        }
        return (header, end)
    }

    /// The type of the elements where they are floats; nil for others.
    var elementType: SafetensorsType? {
        switch type {
        case NumPyHeader.type: .float32
        case "<f8": .float64
        case "<f2": .float16
        default: nil
        }
    }

    /// Whether the elements are pickled objects of Python.
    var isOfObjects: Bool { type == "|O" }

    /// Reads a header strictly: these three keys in any order, each once.
    init(_ text: String) throws(NumPyArray.Problem) {
        var reader = Reader(text)
        var type: String?
        var isFortranOrder: Bool?
        var shape: [Int]?
        try reader.expect("{")
        while !reader.skip("}") {
            let key = try reader.quoted()
            try reader.expect(":")
            switch key {
            case "descr" where type == nil: type = try reader.quoted()
            case "fortran_order" where isFortranOrder == nil: isFortranOrder = try reader.bool()
            case "shape" where shape == nil: shape = try reader.extents()
            default: throw reader.failure
            }
            if !reader.skip(",") {
                try reader.expect("}")
                break
            }
        }
        guard let type, let isFortranOrder, let shape, reader.isAtEnd else { throw reader.failure }
        self.type = type
        self.isFortranOrder = isFortranOrder
        self.shape = shape
    }

    /// Takes the text apart from its start, scalar by scalar as Python does.
    private struct Reader {
        var rest: Substring.UnicodeScalarView

        init(_ text: String) {
            rest = Substring(text).unicodeScalars
        }

        var failure: NumPyArray.Problem {
            NumPyArray.Problem("has a header that is not NumPy's, at '\(JSON.excerpt(of: String(Substring(rest.prefix(40)))))'")
        }

        var isAtEnd: Bool { rest.allSatisfy(\.properties.isWhitespace) }

        /// Skips a word where it comes next.
        mutating func skip(_ word: String) -> Bool {
            rest = rest.drop(while: \.properties.isWhitespace)
            guard rest.starts(with: word.unicodeScalars) else { return false }
            rest = rest.dropFirst(word.unicodeScalars.count)
            return true
        }

        mutating func expect(_ word: String) throws(NumPyArray.Problem) {
            guard skip(word) else { throw failure }
        }

        mutating func quoted() throws(NumPyArray.Problem) -> String {
            let quotes: [Unicode.Scalar] = ["'", "\""]
            guard let quote = quotes.first(where: { skip(String($0)) }) else { throw failure }
            let text = rest.prefix { $0 != quote }
            rest = rest.dropFirst(text.count)
            try expect(String(quote))
            return String(Substring(text))
        }

        mutating func bool() throws(NumPyArray.Problem) -> Bool {
            if skip("True") { return true }
            try expect("False")
            return false
        }

        /// (), (3,) or (2, 3).
        mutating func extents() throws(NumPyArray.Problem) -> [Int] {
            try expect("(")
            var extents: [Int] = []
            while !skip(")") {
                rest = rest.drop(while: \.properties.isWhitespace)
                let digits = rest.prefix { ("0"..."9").contains($0) }
                guard let extent = Int(Substring(digits)) else { throw failure }
                rest = rest.dropFirst(digits.count)
                extents.append(extent)
                if !skip(",") {
                    try expect(")")
                    break
                }
            }
            return extents
        }
    }
}
