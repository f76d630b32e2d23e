import StrictJSON

/// What keeps an array of JSON from being numbers of one shape.
public struct NumberArrayError: Error, Equatable, Sendable {
    /// Where: the indices of the element, from the outermost array's, from 0.
    public let place: [Int]
    /// What is wrong: "must be a number, found 'n'".
    public let problem: String
    /// Whether it is a number that is wrong, not an array.
    public let isOfNumber: Bool
    /// The line and column of the text, from 1, nil where all of the array at the place is meant.
    public let position: (line: Int, column: Int)?

    /// Whether two errors are the same.
    public static func == (one: NumberArrayError, other: NumberArrayError) -> Bool {
        one.place == other.place && one.problem == other.problem && one.isOfNumber == other.isOfNumber
            && one.position?.line == other.position?.line
            && one.position?.column == other.position?.column
    }
}

extension JSONReader {
    /// The deepest nesting of arrays of numbers.
    private static var deepest: Int { 8 }

    /// Reads an array of numbers, or of arrays of one shape, straight into floats: a tree of 1,152 numbers takes ten times as long.
    /// - Parameter values: Receives the numbers, each the nearest Float, in their order; what is added when an error is thrown has no
    ///   meaning.
    /// - Returns: The shape: elements of the outermost array first. Dimensions behind an empty one are left out.
    /// - Throws: A `NumberArrayError`.
    public mutating func floats(onto values: inout [Float]) throws(NumberArrayError) -> [Int] {
        var shape: [Int] = []
        var place: [Int] = []
        var depth: Int?
        try floats(onto: &values, &shape, &place, &depth)
        return shape
    }

    /// Reads an array whose indices are `place`.
    /// - Parameters:
    ///   - shape: The lengths of arrays as far as one of each depth has been read.
    ///   - depth: The depth at which numbers stand, once one has been read.
    private mutating func floats(
        onto values: inout [Float], _ shape: inout [Int], _ place: inout [Int], _ depth: inout Int?
    ) throws(NumberArrayError) {
        guard take("[") else { throw error("must be an array", at: place) }
        guard place.count < JSONReader.deepest else { throw error("lies too deep", at: place) }
        let level = place.count
        skipBlanks()
        var count = 0
        if !take("]") {
            let holdsArrays = position < bytes.count && bytes[position] == UInt8(ascii: "[")
            if let depth, holdsArrays == (level == depth) {
                place.append(0)
                throw error(holdsArrays ? "must be a number, found an array" : "must be an array", at: place)
            }
            if holdsArrays {
                repeat {
                    skipBlanks()
                    place.append(count)
                    try floats(onto: &values, &shape, &place, &depth)
                    place.removeLast()
                    count += 1
                    skipBlanks()
                } while take(",")
                guard take("]") else { throw error("must be followed by ',' or ']'", at: place + [count - 1]) }
            } else {
                depth = level
                count = try numbers(onto: &values, place)
            }
        }
        // Inner arrays end first: their lengths stand before those of the outer ones.
        while shape.count <= level { shape.append(-1) }
        if shape[level] < 0 { shape[level] = count }
        guard shape[level] == count else {
            throw NumberArrayError(
                place: place, problem: "has \(count) values, not \(shape[level]) as those before it", isOfNumber: false,
                position: nil)
        }
    }

    /// Reads the numbers of an array from the first to the closing bracket.
    /// - Returns: How many there are.
    private mutating func numbers(onto values: inout [Float], _ place: [Int]) throws(NumberArrayError) -> Int {
        let bytes = bytes
        var text = DecimalText(bytes.span, at: position)
        let before = values.count
        // Added together: an array asks at every number whether its memory is its own and enough.
        var piece = InlineArray<64, Float>(repeating: 0)
        var count = 0
        while true {
            text.skipBlankLines()
            guard let value = text.jsonFloat() else {
                position = text.position
                throw error("must be a finite number", at: place + [values.count - before + count], isOfNumber: true)
            }
            piece[count] = value
            count &+= 1
            // Most have nothing between the number and the comma.
            var goesOn = text.skip(UInt8(ascii: ","))
            if !goesOn {
                text.skipBlankLines()
                goesOn = text.skip(UInt8(ascii: ","))
            }
            if goesOn, count < piece.count { continue }
            unsafe piece.span.extracting(first: count).withUnsafeBufferPointer { unsafe values.append(contentsOf: $0) }
            count = 0
            if goesOn { continue }
            guard text.skip(UInt8(ascii: "]")) else {
                position = text.position
                throw error("must be followed by ',' or ']'", at: place + [values.count - before - 1])
            }
            position = text.position
            return values.count - before
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks() {
        var text = DecimalText(bytes.span, at: position)
        text.skipBlankLines()
        position = text.position
    }

    private func error(_ problem: String, at place: [Int], isOfNumber: Bool = false) -> NumberArrayError {
        let failure = failure("")
        let word = DecimalText(bytes.span, at: position).word().prefix { !",[]{}".contains($0) }
        return NumberArrayError(
            place: place, problem: "\(problem), found \(word.isEmpty ? failure.found : "'\(word)'")", isOfNumber: isOfNumber,
            position: (failure.line, failure.column))
    }
}
