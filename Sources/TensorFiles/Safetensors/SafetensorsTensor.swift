/// One named tensor of a safetensors file: its element type, its shape, and its elements as bytes.
///
/// The bytes are little-endian and row-major, the last dimension contiguous. Any bit pattern is allowed, NaN too: what a value
/// may be is for the consumer to say.
public struct SafetensorsTensor: Equatable, Sendable {
    /// The tensor's name: "conv1.weight".
    public let name: String
    /// The type of the elements.
    public let type: SafetensorsType
    /// The extents, outermost first; [] for a scalar.
    public let shape: [Int]
    /// The elements, little-endian and row-major.
    public let bytes: [UInt8]

    /// A tensor of values.
    /// - Precondition: as many values as the shape has elements.
    public init<Element: SafetensorsElement>(_ name: String, shape: [Int], values: [Element]) {
        let bytes = unsafe values.withUnsafeBytes { unsafe Array($0) }
        self.init(name, type: Element.safetensorsType, shape: shape, bytes: bytes)
    }

    /// A tensor of any type, as bytes.
    /// - Precondition: as many bytes as the elements of the shape take.
    public init(_ name: String, type: SafetensorsType, shape: [Int], bytes: [UInt8]) {
        precondition(
            SafetensorsTensor.byteCount(type, shape) == bytes.count,
            "the tensor '\(name)' of type \(type.rawValue) and shape \(shape) cannot have \(bytes.count) bytes")
        self.name = name
        self.type = type
        self.shape = shape
        self.bytes = bytes
    }

    /// The elements, or nil when they are of another type.
    public func values<Element: SafetensorsElement>(as element: Element.Type = Element.self) -> [Element]? {
        guard type == Element.safetensorsType else { return nil }
        var values = [Element](repeating: .zero, count: bytes.count / type.byteCount)
        unsafe values.withUnsafeMutableBytes { unsafe $0.copyBytes(from: bytes) }
        return values
    }

    /// The tensor with elements of 32 bits, or nil where they are of no floating-point type of 16, 32 or 64 bits.
    ///
    /// F16 and BF16 become what they are, F64 is rounded: what 32 bits cannot hold becomes infinite or 0.
    public var asFloat32: SafetensorsTensor? {
        if type == .float32 { return self }
        return type.floats(bytes[...]).map { SafetensorsTensor(name, shape: shape, values: $0) }
    }

    /// The bytes that the elements of a shape take, or nil when there is no such number (an extent is negative, or the
    /// product of the extents does not fit in 63 bits).
    static func byteCount(_ type: SafetensorsType, _ shape: [Int]) -> Int? {
        var count = type.byteCount
        for extent in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard extent >= 0, !overflow else { return nil }
            count = product
        }
        return count
    }
}
