/// The element types of the safetensors format, by the names that its header uses.
///
/// Files with any of them can be read and written as bytes; the elements of those that have a Swift type here
/// (`SafetensorsElement`) as values.
public enum SafetensorsType: String, CaseIterable, Sendable {
    case boolean = "BOOL"
    case uint8 = "U8"
    case int8 = "I8"
    case float8E5M2 = "F8_E5M2"
    case float8E4M3 = "F8_E4M3"
    case int16 = "I16"
    case uint16 = "U16"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case int32 = "I32"
    case uint32 = "U32"
    case float32 = "F32"
    case int64 = "I64"
    case uint64 = "U64"
    case float64 = "F64"

    /// The bytes of one element.
    public var byteCount: Int {
        switch self {
        case .boolean, .uint8, .int8, .float8E5M2, .float8E4M3: 1
        case .int16, .uint16, .float16, .bfloat16: 2
        case .int32, .uint32, .float32: 4
        case .int64, .uint64, .float64: 8
        }
    }
}

/// A Swift type whose values a tensor of a file can hold, laid out in memory as in the file (little-endian).
public protocol SafetensorsElement: BitwiseCopyable, Sendable {
    /// The type's name in a file.
    static var safetensorsType: SafetensorsType { get }
    /// Some value, to be overwritten.
    static var zero: Self { get }
}

extension Float: SafetensorsElement {
    public static var safetensorsType: SafetensorsType { .float32 }
}

extension Double: SafetensorsElement {
    public static var safetensorsType: SafetensorsType { .float64 }
}

extension Int64: SafetensorsElement {
    public static var safetensorsType: SafetensorsType { .int64 }
}

extension Int32: SafetensorsElement {
    public static var safetensorsType: SafetensorsType { .int32 }
}

extension UInt8: SafetensorsElement {
    public static var safetensorsType: SafetensorsType { .uint8 }
}
