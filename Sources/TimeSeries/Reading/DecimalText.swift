/// Reads numbers from text, exactly rounded, without copying.
///
/// A number is an optional sign, digits with an optional point among or beside them, and an optional exponent ("e" or "E", an
/// optional sign, digits). Hexadecimal, "nan", "inf" and whatever is not a finite Float are refused.
struct DecimalText: ~Escapable {
    private let bytes: Span<UInt8>
    /// The next byte to read.
    private(set) var position = 0

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// True if every byte has been read.
    var isAtEnd: Bool { position >= bytes.count }

    /// True at the end of a line or of the text.
    var isAtLineEnd: Bool { position >= bytes.count || bytes[position] == newline }

    /// Skips spaces, tabs and carriage returns.
    @_lifetime(self: copy self)
    @inline(__always)
    mutating func skipBlanks() {
        while position < bytes.count, isBlank(bytes[position]) { position += 1 }
    }

    /// Skips a byte, if it comes next.
    @_lifetime(self: copy self)
    @inline(__always)
    mutating func skip(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    /// Skips one line feed, if there is one.
    @_lifetime(self: copy self)
    mutating func skipLineEnd() {
        if position < bytes.count, bytes[position] == newline { position += 1 }
    }

    /// Skips all blanks and line ends: what JSON takes for white space.
    @_lifetime(self: copy self)
    @inline(__always)
    mutating func skipBlankLines() {
        while position < bytes.count, isBlank(bytes[position]) || bytes[position] == newline { position += 1 }
    }

    /// Reads the number that starts here and ends before a blank, a line end or the end.
    ///
    /// - Returns: the Float nearest to the number (ties to even), or nil, with the position unchanged, if there is no finite number.
    @_lifetime(self: copy self)
    @inline(__always)
    mutating func float() -> Float? {
        guard let number = number(),
            number.end == bytes.count || isBlank(bytes[number.end]) || bytes[number.end] == newline,
            let value = value(number)
        else { return nil }
        position = number.end
        return value
    }

    /// Reads the number that starts here as JSON writes numbers (RFC 8259): no plus sign, no zero in front of other digits, digits on
    /// both sides of a point. What follows it is the caller's matter.
    ///
    /// - Returns: the Float nearest to the number (ties to even), or nil, with the position unchanged, if there is no finite number.
    @_lifetime(self: copy self)
    @inline(__always)
    mutating func jsonFloat() -> Float? {
        if let value = usualFloat() { return value }
        guard let number = number(), number.isJSON, let value = value(number) else { return nil }
        position = number.end
        return value
    }

    /// A number as it is written: mantissa x 10^exponent.
    private struct Number {
        var isNegative = false
        /// The digits; wrapped where there are more than 19.
        var mantissa: UInt64 = 0
        var digits = 0
        var exponent = 0
        /// Whether JSON writes it so, too.
        var isJSON = true
        /// Where it ends.
        var end = 0
    }

    /// The number that starts here, or nil where there is none.
    @inline(__always)
    private func number() -> Number? {
        var number = Number()
        var index = position
        let count = bytes.count
        if index < count, bytes[index] == plus || bytes[index] == minus {
            number.isNegative = bytes[index] == minus
            number.isJSON = number.isNegative
            index += 1
        }
        let firstDigit = index
        // Mostly one: not worth eight at a step.
        while index < count, let digit = digit(bytes[index]) {
            number.mantissa = number.mantissa &* 10 &+ digit
            index += 1
        }
        number.digits = index - firstDigit
        if number.digits != 1, number.digits == 0 || bytes[firstDigit] == zero { number.isJSON = false }
        if index < count, bytes[index] == point {
            index += 1
            let firstDecimal = index
            index = decimals(from: index, onto: &number.mantissa)
            number.exponent = firstDecimal &- index
            number.digits &+= index &- firstDecimal
            if index == firstDecimal { number.isJSON = false }
        }
        guard number.digits > 0 else { return nil }
        if index < count, bytes[index] | 0x20 == letterE {
            index += 1
            var isExponentNegative = false
            if index < count, bytes[index] == plus || bytes[index] == minus {
                isExponentNegative = bytes[index] == minus
                index += 1
            }
            let firstExponentDigit = index
            var written = 0
            while index < count, let digit = digit(bytes[index]) {
                // Beyond this every number is 0 or infinite, however long it is.
                written = min(written * 10 + Int(digit), 1 << 40)
                index += 1
            }
            guard index > firstExponentDigit else { return nil }
            number.exponent += isExponentNegative ? -written : written
        }
        number.end = index
        return number
    }

    /// Adds the digits from a place on to a mantissa, eight at a step as long as there are eight bytes.
    /// - Returns: Where the digits end.
    @inline(__always)
    private func decimals(from start: Int, onto mantissa: inout UInt64) -> Int {
        var index = start
        while index <= bytes.count &- 8 {
            let (count, value) = digits(at: index)
            mantissa = mantissa &* wholePowersOfTen[count] &+ value
            index &+= count
            if count < 8 { return index }
        }
        while index < bytes.count, let digit = digit(bytes[index]) {
            mantissa = mantissa &* 10 &+ digit
            index += 1
        }
        return index
    }

    /// The digits that eight bytes begin with: they are found, and weighed by pairs, then pairs of pairs, in one register
    /// (D. Lemire, "Number parsing at a gigabyte per second", 2021).
    ///
    /// The caller knows that there are eight bytes.
    /// - Returns: How many digits there are, and their number.
    @inline(__always)
    private func digits(at index: Int) -> (count: Int, value: UInt64) {
        let eight = unsafe bytes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self)
        let digits = UInt64(littleEndian: eight) ^ 0x3030_3030_3030_3030
        // The highest bit of each byte that is no digit; behind the first of them, of others, too.
        let others = ((digits &+ 0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080
        let count = others.trailingZeroBitCount &>> 3
        // The last digit to the highest byte; what comes in below are zeros in front of the number.
        var value = digits << (64 &- 8 &* UInt64(count))
        value = (value &* 10) &+ (value &>> 8)
        let (even, odd) = (value & 0x0000_00FF_0000_00FF, (value &>> 16) & 0x0000_00FF_0000_00FF)
        value = ((even &* 0x000F_4240_0000_0064) &+ (odd &* 0x0000_2710_0000_0001)) &>> 32
        return (count, value)
    }

    /// Reads the number that starts here, if it is written as sensors' mostly are: a sign or none, a digit, a point, 1 to 15 decimals and
    /// no exponent, with text enough behind it that no step has to look for the end.
    /// - Returns: What `jsonFloat` returns; nil, with the position unchanged, for any other number.
    @_lifetime(self: copy self)
    @inline(__always)
    private mutating func usualFloat() -> Float? {
        guard position <= bytes.count &- 24 else { return nil }
        let isNegative = unsafe bytes[unchecked: position] == minus
        let first = isNegative ? position &+ 1 : position
        guard let whole = unsafe digit(bytes[unchecked: first]), unsafe bytes[unchecked: first &+ 1] == point else { return nil }
        var (count, value) = digits(at: first &+ 2)
        if count == 8 {
            let more = digits(at: first &+ 10)
            count &+= more.count
            value = value &* wholePowersOfTen[more.count] &+ more.value
        }
        let end = first &+ 2 &+ count
        guard (1...15).contains(count), unsafe bytes[unchecked: end] | 0x20 != letterE,
            let value = DecimalText.fastValue(
                mantissa: whole &* wholePowersOfTen[count] &+ value, digits: count &+ 1, exponent: 0 &- count)
        else { return nil }
        position = end
        return isNegative ? -value : value
    }

    /// The Float nearest to a number that starts here, or nil where that is not finite.
    @inline(__always)
    private func value(_ number: Number) -> Float? {
        if let value = DecimalText.fastValue(mantissa: number.mantissa, digits: number.digits, exponent: number.exponent) {
            return number.isNegative ? -value : value
        }
        guard let value = slowValue(position..<number.end), value.isFinite else { return nil }
        return value
    }

    /// Reads digits that end before a blank, a line end or the end, as a number of at most 3 digits.
    ///
    /// - Returns: the number, or nil, with the position unchanged, if there is anything else.
    @_lifetime(self: copy self)
    mutating func smallInteger() -> Int? {
        var index = position
        var value = 0
        while index < bytes.count, let digit = digit(bytes[index]) {
            value = min(value * 10 + Int(digit), 1000)
            index += 1
        }
        guard index > position, value < 1000,
            index == bytes.count || isBlank(bytes[index]) || bytes[index] == newline
        else { return nil }
        position = index
        return value
    }

    /// The text from here to the next blank or line end, made fit for an error message.
    func word() -> String {
        var end = position
        while end < bytes.count, !isBlank(bytes[end]), bytes[end] != newline, end - position < 24 { end += 1 }
        return String(
            decoding: (position..<end).map { (0x20..<0x7F).contains(bytes[$0]) ? bytes[$0] : UInt8(ascii: "?") },
            as: UTF8.self)
    }

    /// The column of the next byte in its line, from 1.
    var column: Int {
        var start = position
        while start > 0, bytes[start - 1] != newline { start -= 1 }
        return position - start + 1
    }

    /// Number of lines that hold more than blanks.
    func lineCount() -> Int {
        var lines = 0
        var isFilled = false
        for index in 0..<bytes.count {
            if bytes[index] == newline {
                isFilled = false
            } else if !isFilled, !isBlank(bytes[index]) {
                isFilled = true
                lines += 1
            }
        }
        return lines
    }

    /// The number by one exact step in Double, or nil if that would not be exactly rounded to Float.
    ///
    /// Digits below 2^53 and powers of ten up to 22 are exact in Double, so one product or quotient is rounded once (Clinger,
    /// "How to read floating point numbers accurately", 1990). Rounding that to Float gives the nearest Float unless the Double
    /// lies half way between two, and then nil is returned. 0 apart, the numbers are 1e-22 to 1e38: in Float's normal range.
    @inline(__always)
    private static func fastValue(mantissa: UInt64, digits: Int, exponent: Int) -> Float? {
        guard digits <= 19, mantissa < 1 << 53, exponent >= -22, exponent <= 22 else { return nil }
        let value =
            exponent < 0 ? Double(mantissa) / powersOfTen[-exponent] : Double(mantissa) * powersOfTen[exponent]
        guard value.bitPattern & 0x1FFF_FFFF != 0x1000_0000 else { return nil }
        return Float(value)
    }

    /// The standard library's conversion, exactly rounded and independent of the locale, for the few numbers that need it.
    @inline(never)
    private func slowValue(_ range: Range<Int>) -> Float? {
        Float(String(decoding: range.map { bytes[$0] }, as: UTF8.self))
    }
}

private let newline = UInt8(ascii: "\n")
private let plus = UInt8(ascii: "+")
private let minus = UInt8(ascii: "-")
private let point = UInt8(ascii: ".")
private let zero = UInt8(ascii: "0")
private let letterE = UInt8(ascii: "e")

private let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
]

private let wholePowersOfTen: InlineArray<16, UInt64> = [
    1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000, 100_000_000_000,
    1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
]

@inline(__always)
private func digit(_ byte: UInt8) -> UInt64? {
    let value = byte &- 0x30
    return value < 10 ? UInt64(value) : nil
}

@inline(__always)
private func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0D
}
