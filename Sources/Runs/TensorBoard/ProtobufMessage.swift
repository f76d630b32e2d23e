import Platform

/// A message in protobuf's encoding, field by field: as much as an event of TensorBoard takes.
struct ProtobufMessage {
    /// The encoded fields.
    private(set) var bytes: [UInt8] = []

    /// What stands behind a field's number: how its value is written.
    private enum WireType: UInt64 {
        case varint = 0
        case fixed64 = 1
        case delimited = 2
        case fixed32 = 5
    }

    /// Adds a whole number, at least 0.
    mutating func add(_ field: UInt64, _ value: Int) {
        begin(field, .varint)
        append(varint: UInt64(value))
    }

    /// Adds a number of 64 bits.
    mutating func add(_ field: UInt64, _ value: Double) {
        begin(field, .fixed64)
        bytes += LittleEndian.bytes(value.bitPattern)
    }

    /// Adds a number of 32 bits.
    mutating func add(_ field: UInt64, _ value: Float) {
        begin(field, .fixed32)
        bytes += LittleEndian.bytes(value.bitPattern)
    }

    /// Adds a text.
    mutating func add(_ field: UInt64, _ value: String) { add(field, Array(value.utf8)) }

    /// Adds a message within this.
    mutating func add(_ field: UInt64, _ value: ProtobufMessage) { add(field, value.bytes) }

    private mutating func add(_ field: UInt64, _ value: [UInt8]) {
        begin(field, .delimited)
        append(varint: UInt64(value.count))
        bytes += value
    }

    private mutating func begin(_ field: UInt64, _ type: WireType) { append(varint: field << 3 | type.rawValue) }

    /// Seven bits a byte, the lowest first; the highest bit says whether more follow.
    private mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
