import Glibc
import Memory
import Testing

@testable import TimeSeries

@Suite struct DecimalTextTests {
    /// The number that a text holds, nil if it is refused.
    private func parse(_ text: String) -> Float? {
        let bytes = Array(text.utf8)
        var decimal = DecimalText(bytes.span)
        return decimal.float()
    }

    private func expectExact(_ text: String) {
        let parsed = parse(text)
        // Bit patterns, so that -0 counts.
        let libraryValue = unsafe strtof(text, nil)
        #expect(parsed?.bitPattern == libraryValue.bitPattern, "\(text)")
        #expect(parsed?.bitPattern == Float(text)?.bitPattern, "\(text)")
    }

    @Test func readsTheFormatOfTheDataSet() {
        #expect(parse("1.8085150e-004") == 1.8085150e-4)
        #expect(parse("-1.0138560e-002") == -1.0138560e-2)
        #expect(parse("+5.1e+01") == 51)
        #expect(parse("-0.0")?.sign == .minus)
        #expect(parse("7.") == 7)
        #expect(parse(".5") == 0.5)
        #expect(parse("12E-1") == 1.2)
    }

    @Test func isExactForTheFormatOfTheDataSet() {
        var random = Random(seed: 1, stream: .synthesis)
        for _ in 0..<20_000 {
            let digits = 1_000_000 + random.below(9_000_000)
            let exponent = random.below(9)
            expectExact("\(random.below(2) == 0 ? "-" : "")\(digits / 1_000_000).\(String(digits).dropFirst())e-00\(exponent)")
        }
    }

    /// Decimals are read eight at a step: whatever their count, their value and the byte behind them, and however near the end is.
    @Test func decimalsOfAnyCountEndAtAnyByte() {
        var random = Random(seed: 5, stream: .synthesis)
        for count in 1...25 {
            let text = "0." + (0..<count).map { _ in String(random.below(10)) }.joined()
            for next in UInt8.min...UInt8.max where !(0x30...0x39).contains(next) && next | 0x20 != UInt8(ascii: "e") {
                for rest in [0, 1, 7, 20] {
                    let bytes = Array(text.utf8) + [next] + (0..<rest).map { _ in UInt8(random.below(256)) }
                    var decimal = DecimalText(bytes.span)
                    #expect(decimal.jsonFloat()?.bitPattern == Float(text)?.bitPattern, "\(text), then \(next)")
                    #expect(decimal.position == text.utf8.count)
                }
            }
            expectExact(text)
        }
    }

    @Test func isExactForNumbersOfAnyLength() {
        var random = Random(seed: 2, stream: .synthesis)
        for _ in 0..<20_000 {
            var text = random.below(2) == 0 ? "-" : ""
            for _ in 0...random.below(12) { text += String(random.below(10)) }
            if random.below(3) > 0 {
                text += "."
                for _ in 0..<random.below(14) { text += String(random.below(10)) }
            }
            // Within Float's range and below it; above it is refused.
            if random.below(2) == 0 { text += "e\(random.below(75) - 50)" }
            expectExact(text)
        }
    }

    /// Numbers between two Floats, exactly half way, and a little to either side: where rounding by way of Double goes wrong.
    @Test func isExactHalfWayBetweenTwoFloats() {
        var random = Random(seed: 3, stream: .synthesis)
        for _ in 0..<2000 {
            let low = Float(bitPattern: UInt32(random.below(1 << 23)) | UInt32(127 + 20 - random.below(40)) << 23)
            let middle = (Double(low) + Double(low.nextUp)) / 2
            expectExact("\(middle)")
            // All decimals of the exact value, then one more digit far behind.
            let exact = decimals(of: middle)
            expectExact(exact)
            expectExact(exact + "0000000001")
            // The last decimals are a 5 and the 0: a little less than the middle.
            expectExact(exact.dropLast(2) + "49999999999999999999999999999")
        }
        expectExact("16777217")
        expectExact("16777217.00000000000000000001")
        expectExact("16777219")
    }

    /// Below 2^24 and above 2^-40 a Double ends after at most 60 decimals.
    private func decimals(of value: Double) -> String {
        var text = String(Int(value)) + "."
        var rest = value - Double(Int(value))
        while rest > 0 {
            rest *= 10
            text += String(Int(rest))
            rest -= Double(Int(rest))
        }
        return text + "0"
    }

    @Test func isExactAtTheEdgesOfTheRange() {
        for text in [
            "0", "0e999999999999999999999", "1e-400", "1e-45", "7e-46", "7.1e-46", "1.17549435e-38", "1.1754942e-38",
            "3.4028235e38",
            "3.40282356e38", "-3.4028235e38", "9007199254740993", "123456789012345678901234567890", "1e22", "1e23", "8.5e-23",
            "0000000000000000000000000000001.5", "0.000000000000000000000000000000000001",
        ] { expectExact(text) }
    }

    @Test(arguments: [
        "", "-", "+", ".", "-.", "e5", ".e5", "1e", "1e+", "1e-", "1e5.", "1e5e5", "--1", "+-1", "1-", "1..2", "0x10", "0x1p3",
        "nan",
        "NaN", "inf", "-Infinity", "1e400", "-1e39", "3.4028236e38", "1_0", "1,5", "1f", "1d0", "\u{0}1", "１",
    ])
    func refusesWhatIsNoFiniteDecimalNumber(text: String) {
        #expect(parse(text) == nil)
    }

    @Test func aRefusedNumberLeavesThePosition() {
        let bytes = Array("  1x 2".utf8)
        var text = DecimalText(bytes.span)
        text.skipBlanks()
        #expect(text.float() == nil)
        #expect(text.position == 2)
        #expect(text.word() == "1x")
        #expect(text.column == 3)
    }

    @Test func readsNumberAfterNumber() {
        let bytes = Array(" 1\t2\r\n3".utf8)
        var text = DecimalText(bytes.span)
        text.skipBlanks()
        #expect(text.float() == 1)
        text.skipBlanks()
        #expect(text.smallInteger() == 2)
        text.skipBlanks()
        let isAtLineEnd = text.isAtLineEnd
        #expect(isAtLineEnd)
        text.skipLineEnd()
        #expect(text.column == 1)
        #expect(text.float() == 3)
        let isAtEnd = text.isAtEnd
        #expect(isAtEnd)
        #expect(text.lineCount() == 2)
    }
}
