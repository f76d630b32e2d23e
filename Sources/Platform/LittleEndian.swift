/// Whole numbers as files hold them: the lowest byte first, whatever the machine's own order.
public enum LittleEndian {
    /// The number in bytes, at most as many as its type has.
    @inlinable
    public static func number<Integer: FixedWidthInteger>(_ bytes: Span<UInt8>, as type: Integer.Type = Integer.self) -> Integer {
        var number: Integer = 0
        for index in bytes.indices { number |= Integer(truncatingIfNeeded: bytes[index]) << (8 * index) }
        return number
    }

    /// The lowest bytes of a number; as many as its type has where no count is given.
    @inlinable
    public static func bytes<Integer: FixedWidthInteger>(_ number: Integer, count: Int = Integer.bitWidth / 8) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
}
