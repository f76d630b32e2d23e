import Platform
import StrictJSON

/// An array of 32-bit floats as NumPy has it: its shape and its elements, the last dimension contiguous.
public struct NumPyArray: Equatable, Sendable {
    /// The extents, outermost first; [] for a scalar.
    public let shape: [Int]
    /// The elements, row-major.
    public let values: [Float]

    /// - Precondition: as many values as the shape has elements.
    public init(shape: [Int], values: [Float]) {
        precondition(shape.reduce(1, *) == values.count, "\(values.count) values for the shape \(shape)")
        self.shape = shape
        self.values = values
    }

    /// Where the elements of a file begin is a multiple of this, as NumPy writes it.
    private static let alignment = 64
    /// Whether bytes begin as a .npy file does.
    public static func isMeant(by bytes: [UInt8]) -> Bool { bytes.starts(with: NumPyHeader.magic) }

    /// Reads the bytes of a .npy file strictly.
    /// - Parameter source: What errors call the file.
    /// - Throws: A `NumPyError` that says what is wrong and what to do.
    public init(decoding bytes: [UInt8], source: String) throws(NumPyError) {
        do throws(Problem) {
            try self.init(decoding: bytes)
        } catch {
            throw NumPyError(file: source, problem: error.text)
        }
    }

    /// The bytes of a .npy file of format 1.0 (NumPy Enhancement Proposal 1).
    public var encoded: [UInt8] {
        let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        var header = "{'descr': '\(NumPyHeader.type)', 'fortran_order': False, 'shape': (\(extents)), }"
        let length = NumPyHeader.magic.count + 4 + header.utf8.count + 1
        let padding = (NumPyArray.alignment - length % NumPyArray.alignment) % NumPyArray.alignment
        header += String(repeating: " ", count: padding) + "\n"
        let count = header.utf8.count
        return NumPyHeader.magic + [1, 0] + LittleEndian.bytes(UInt16(count)) + Array(header.utf8)
            + (unsafe values.withUnsafeBytes { unsafe Array($0) })
    }

    /// Reads the bytes of a .npy file strictly.
    /// - Parameter isConverting: Whether floats of 16 and 64 bits become floats of 32, or are refused.
    /// - Throws: A text that says what is wrong and what to do.
    init(decoding bytes: [UInt8], isConverting: Bool = false) throws(Problem) {
        let (header, start) = try NumPyHeader.read(bytes)
        guard let type = header.elementType, type == .float32 || isConverting else {
            throw Problem(
                "has elements of type '\(JSON.excerpt(of: header.type))', must be '\(NumPyHeader.type)': "
                    + "write it as array.astype(\"float32\")")
        }
        let data = bytes[start...]
        guard SafetensorsTensor.byteCount(type, header.shape) == data.count, let values = type.floats(data) else {
            throw Problem("has the shape \(header.shape), which does not fit its \(data.count) bytes of elements")
        }
        shape = header.shape
        self.values = header.isFortranOrder ? NumPyArray.rowMajor(values, shape: header.shape) : values
    }

    /// Elements whose first dimension is contiguous, in row-major order.
    private static func rowMajor(_ values: [Float], shape: [Int]) -> [Float] {
        var strides: [Int] = []
        var stride = 1
        for extent in shape {
            strides.append(stride)
            stride *= extent
        }
        var result: [Float] = []
        result.reserveCapacity(values.count)
        var index = [Int](repeating: 0, count: shape.count)
        for _ in values.indices {
            result.append(values[zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 }])
            for axis in shape.indices.reversed() {
                index[axis] += 1
                if index[axis] < shape[axis] { break }
                index[axis] = 0
            }
        }
        return result
    }

    /// What is wrong with the bytes of an array.
    struct Problem: Error {
        let text: String

        init(_ text: String) {
            self.text = text
        }
    }
}
