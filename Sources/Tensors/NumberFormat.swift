/// How a set of numbers is written so that their columns align: NumPy's rules (2.4) for 32-bit floats.
struct NumberFormat {
    /// The digits behind the point, at most.
    static let precision = 8

    /// Whether all are written as d.ddde±xx.
    private let scientific: Bool
    /// The characters before and behind the point (the exponent included) of the widest.
    private let left: Int, right: Int
    /// The digits of the scientific fraction, the same for all.
    private let places: Int
    /// The characters of the widest that is infinite or not a number.
    private let others: Int

    init(_ numbers: [Float]) {
        let finite = numbers.filter(\.isFinite)
        let magnitudes = finite.map(\.magnitude).filter { $0 > 0 }
        if let largest = magnitudes.max(), let smallest = magnitudes.min() {
            scientific = largest >= 1e6 || smallest < 1e-4 || largest / smallest > 1000
        } else {
            scientific = false
        }
        let decimals = finite.map(ShortestDecimal.init)
        if scientific {
            let parts = decimals.map { $0.scientific(places: 0) }
            places = parts.map(\.fraction.utf8.count).max() ?? 0
            left = parts.map(\.whole.utf8.count).max() ?? 0
            right = places + (parts.map(\.exponent.utf8.count).max() ?? 0)
        } else {
            let parts = decimals.map { $0.fixed() }
            places = 0
            left = parts.map(\.whole.utf8.count).max() ?? 0
            right = parts.map(\.fraction.utf8.count).max() ?? 0
        }
        others = numbers.filter { !$0.isFinite }.map(\.description.utf8.count).max() ?? 0
    }

    /// The number, padded to the width that all have.
    func text(_ number: Float) -> String {
        func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
        let width = max(left + 1 + right, others)
        guard number.isFinite else { return spaces(width - number.description.utf8.count) + number.description }
        let decimal = ShortestDecimal(number)
        if scientific {
            let parts = decimal.scientific(places: places)
            let text = parts.whole + "." + parts.fraction + parts.exponent
            return spaces(width - text.utf8.count) + text
        }
        let parts = decimal.fixed()
        return spaces(width - right - 1 - parts.whole.utf8.count) + parts.whole + "." + parts.fraction
            + spaces(right - parts.fraction.utf8.count)
    }
}

/// A finite number as the fewest decimal digits that read back to it: ±0.ddd · 10^exponent.
struct ShortestDecimal {
    private let sign: String
    /// Without zeros at either end; none for 0.
    private let digits: [UInt8]
    private let exponent: Int

    init(_ number: Float) {
        // Swift prints the shortest digits, as "12.5" or "1.25e+20"; here they are only taken apart.
        sign = number.sign == .minus ? "-" : ""
        var digits: [UInt8] = []
        var point = 0
        var power = 0
        let halves = number.magnitude.description.utf8.split(separator: UInt8(ascii: "e"))
        if halves.count > 1 { power = Int(String(Substring(halves[1]))) ?? 0 }
        for part in halves.prefix(1) {
            let pieces = part.split(separator: UInt8(ascii: "."))
            point = pieces.first?.count ?? 0
            digits = pieces.flatMap { $0.map { $0 - UInt8(ascii: "0") } }
        }
        let zeros = digits.prefix { $0 == 0 }.count
        digits.removeFirst(zeros)
        while digits.last == 0 { digits.removeLast() }
        self.digits = digits
        exponent = digits.isEmpty ? 1 : point - zeros + power
    }

    /// The digits before and behind the point, of these rounded to eight places.
    func fixed() -> (whole: String, fraction: String) {
        var digits = digits
        var exponent = exponent
        let kept = max(0, exponent + NumberFormat.precision)
        if digits.count > kept {
            let roundsUp = digits[kept] >= 5
            digits.removeSubrange(kept...)
            if roundsUp {
                while digits.last == 9 { digits.removeLast() }
                if let last = digits.popLast() {
                    digits.append(last + 1)
                } else {
                    digits = [1]
                    exponent += 1
                }
            }
            while digits.last == 0 { digits.removeLast() }
        }
        let padded =
            exponent > 0
            ? digits + [UInt8](repeating: 0, count: max(0, exponent - digits.count))
            : [UInt8](repeating: 0, count: 1 - exponent) + digits
        let whole = max(1, exponent)
        return (sign + text(padded.prefix(whole)), digits.isEmpty ? "" : text(padded.dropFirst(whole)))
    }

    /// The one digit before the point, those behind it (at least so many) and the exponent, as "e+04".
    func scientific(places: Int) -> (whole: String, fraction: String, exponent: String) {
        let power = digits.isEmpty ? 0 : exponent - 1
        let magnitude = String(power.magnitude)
        let fraction = text(digits.dropFirst())
        return (
            sign + text(digits.isEmpty ? [0] : digits.prefix(1)),
            fraction + String(repeating: "0", count: max(0, places - fraction.utf8.count)),
            (power < 0 ? "e-" : "e+") + (magnitude.utf8.count < 2 ? "0" : "") + magnitude
        )
    }

    private func text(_ digits: some Sequence<UInt8>) -> String { digits.map { String($0) }.joined() }
}
