import Platform
import Testing

@testable import TimeSeries

/// Windows of three readings of two channels, out of bytes that come in pieces.
@Suite struct WindowDecoderTests {
    private static let format = WindowFormat(steps: 3, channels: 2, classes: 1)

    /// Ten readings: 0 1, 2 3, ... 18 19.
    private static let lines = (0..<10).map { "\(2 * $0),\(2 * $0 + 1)\n" }.joined()
    private static let floats = (0..<20).flatMap { LittleEndian.bytes(Float($0).bitPattern) }

    private func decoder(_ encoding: WindowDecoder.Encoding, hop: Int?, allowsRest: Bool = true) throws -> WindowDecoder {
        try WindowDecoder("readings", encoding: encoding, format: Self.format, hop: hop, allowsRest: allowsRest)
    }

    /// The first value of each window that must come.
    private func firsts(hop: Int) -> [Float] { stride(from: 0, through: 7, by: hop).map { Float(2 * $0) } }

    @Test(arguments: [1, 2, 3, 4, 5, 7, 8, 20], [1, 2, 7, 64])
    func windowsBeginWhereTheHopSays(_ hop: Int, piece: Int) throws {
        for (encoding, bytes) in [(WindowDecoder.Encoding.csv, Array(Self.lines.utf8)), (.floats, Self.floats)] {
            var decoder = try decoder(encoding, hop: hop)
            var windows: [Float] = []
            for start in stride(from: 0, to: bytes.count, by: piece) {
                decoder.append(bytes[start..<min(start + piece, bytes.count)])
                while let more = try decoder.takeWindows() { windows += more }
            }
            decoder.finish()
            while let more = try decoder.takeWindows() { windows += more }
            let firsts = firsts(hop: hop)
            #expect(windows.count == 6 * firsts.count)
            for (index, first) in firsts.enumerated() {
                #expect(Array(windows[6 * index..<6 * index + 6]) == (0..<6).map { first + Float($0) })
            }
            #expect(decoder.readings == 10)
        }
    }

    @Test func withoutARestTheEndMustFit() throws {
        var decoder = try decoder(.csv, hop: nil, allowsRest: false)
        decoder.append(Array(Self.lines.utf8))
        decoder.finish()
        #expect(try decoder.takeWindows()?.count == 18)
        let error = #expect(throws: WindowError.self) { try decoder.takeWindows() }
        #expect(error?.message == "window 4 ends after 1 reading, not 3")
    }

    @Test func bytesThatAreNoReadingAreNoRest() throws {
        var decoder = try decoder(.floats, hop: nil)
        decoder.append(Self.floats + [1, 2])
        decoder.finish()
        #expect(try decoder.takeWindows()?.count == 18)
        let error = #expect(throws: WindowError.self) { try decoder.takeWindows() }
        #expect(error?.message == "82 bytes are no whole number of readings of 8 bytes (2 floats)")
    }

    /// Also where values of the same window came before.
    @Test(arguments: [0, 1, 3, 8]) func theFirstValueThatIsNotFiniteIsNamed(_ before: Int) throws {
        var decoder = try decoder(.floats, hop: nil, allowsRest: false)
        decoder.append(Self.floats.prefix(4 * before))
        decoder.append([Float](arrayLiteral: 1, .nan, .infinity).flatMap { LittleEndian.bytes($0.bitPattern) })
        if before == 8 { #expect(try decoder.takeWindows() == [0, 1, 2, 3, 4, 5]) }
        let error = #expect(throws: WindowError.self) { try decoder.takeWindows() }
        let place = before + 1
        #expect(
            error?.message
                == "value \(place + 1) (window \(place / 6 + 1), reading \(place % 6 / 2 + 1), channel \(place % 2)) is nan, not a finite number"
        )
    }

    /// Up to one of twenty 64-bit floats may have a size that is no sensor's.
    @Test(arguments: [(0, true), (5, true), (6, false), (100, false)])
    func sixtyFourBitFloatsAreToldByMostOfThem(_ others: Int, _ areTold: Bool) {
        let values = (0..<100).map { index in (Double(index) / 97 + 1) / 1.1 * (index < others ? 1e9 : 1) }
        let bytes = values.flatMap { LittleEndian.bytes($0.bitPattern) }
        #expect(RawFloats.lookLikeDoubles(bytes.span) == areTold)
    }

    @Test func windowsBeforeAnErrorAreGiven() throws {
        var decoder = try decoder(.csv, hop: 1)
        decoder.append(Array("1,2\n3,4\n5,6\n7,8\n9,x\n".utf8))
        #expect(try decoder.takeWindows()?.count == 12)
        let error = #expect(throws: WindowError.self) { try decoder.takeWindows() }
        #expect(error?.line == 5)
        // What comes after an error is not looked at.
        decoder.append(Array("1,2\n".utf8))
        #expect(throws: WindowError.self) { try decoder.takeWindows() }
    }
}
