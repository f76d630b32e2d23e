extension SafetensorsType {
    /// Elements of a type of floating point as 32-bit floats; nil for other types.
    ///
    /// F16 and BF16 become what they are, F64 is rounded: what 32 bits cannot hold becomes infinite or 0.
    /// - Parameter bytes: Little-endian elements.
    func floats(_ bytes: ArraySlice<UInt8>) -> [Float]? {
        switch self {
        case .float32: elements(bytes, as: UInt32.self).map { Float(bitPattern: $0) }
        case .float64: elements(bytes, as: UInt64.self).map { Float(Double(bitPattern: $0)) }
        case .float16: elements(bytes, as: UInt16.self).map { Float(Float16(bitPattern: $0)) }
        // The upper half of a 32-bit float.
        case .bfloat16: elements(bytes, as: UInt16.self).map { Float(bitPattern: UInt32($0) << 16) }
        default: nil
        }
    }

    private func elements<Bits: FixedWidthInteger & BitwiseCopyable>(_ bytes: ArraySlice<UInt8>, as type: Bits.Type) -> [Bits] {
        var values = [Bits](repeating: 0, count: bytes.count / byteCount)
        unsafe values.withUnsafeMutableBytes { unsafe $0.copyBytes(from: bytes) }
        return values
    }
}
