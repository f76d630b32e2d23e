import Platform
import Testing

@Suite struct LittleEndianTests {
    @Test func lowestByteFirst() {
        #expect(LittleEndian.bytes(UInt32(0x0102_0304)) == [4, 3, 2, 1])
        #expect(LittleEndian.bytes(-2, count: 3) == [0xFE, 0xFF, 0xFF])
        #expect(LittleEndian.bytes(7, count: 10) == [7, 0, 0, 0, 0, 0, 0, 0, 0, 0], "more bytes than the number has")
    }

    @Test func readsWhatItWrites() {
        func number<Integer: FixedWidthInteger>(_ bytes: [UInt8], as type: Integer.Type) -> Integer {
            LittleEndian.number(bytes.span, as: type)
        }
        for value in [0, 1, 255, 256, UInt64.max, 1 << 63] {
            #expect(number(LittleEndian.bytes(value), as: UInt64.self) == value)
        }
        #expect(number([0xFF, 0xFF], as: Int.self) == 65535, "fewer bytes than the type has are no negative number")
        #expect(number([0xFF, 0xFF], as: Int16.self) == -1)
    }
}
