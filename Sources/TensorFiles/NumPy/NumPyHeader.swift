import StrictJSON

/// What the header of a .npy file says: a Python dictionary, `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 9, 18), }`.
struct NumPyHeader: Equatable {
    let type: String
    let isFortranOrder: Bool
    let shape: [Int]

    /// Reads a header strictly: these three keys in any order, each once.
    init(_ text: String) throws(NumPyArray.Problem) {
        var reader = Reader(rest: Substring(text))
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

    /// Takes the text apart from its start.
    private struct Reader {
        var rest: Substring

        var failure: NumPyArray.Problem {
            NumPyArray.Problem("has a header that is not NumPy's, at '\(JSON.excerpt(of: String(rest.prefix(40))))'")
        }

        var isAtEnd: Bool { rest.allSatisfy(\.isWhitespace) }

        /// Skips a word where it comes next.
        mutating func skip(_ word: String) -> Bool {
            rest = rest.drop(while: \.isWhitespace)
            guard rest.hasPrefix(word) else { return false }
            rest = rest.dropFirst(word.count)
            return true
        }

        mutating func expect(_ word: String) throws(NumPyArray.Problem) {
            guard skip(word) else { throw failure }
        }

        mutating func quoted() throws(NumPyArray.Problem) -> String {
            guard let quote = ["'", "\""].first(where: { skip($0) }) else { throw failure }
            let text = rest.prefix { String($0) != quote }
            rest = rest.dropFirst(text.count)
            try expect(quote)
            return String(text)
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
                rest = rest.drop(while: \.isWhitespace)
                let digits = rest.prefix { $0.isASCII && $0.isNumber }
                guard let extent = Int(digits) else { throw failure }
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
