import StrictJSON

/// An .npz file: named arrays of 32-bit floats, as `numpy.savez` and `numpy.savez_compressed` write them and `numpy.load` reads them.
public struct NumPyArchive: Equatable, Sendable {
    /// The arrays, in order.
    public var arrays: [(name: String, array: NumPyArray)]
    /// What errors call the file. Not part of equality.
    public var source: String

    private static let suffix = ".npy"

    /// An archive in memory.
    public init(_ arrays: [(name: String, array: NumPyArray)] = [], source: String = "NumPy archive") {
        self.arrays = arrays
        self.source = source
    }

    public static func == (a: NumPyArchive, b: NumPyArchive) -> Bool {
        a.arrays.map(\.name) == b.arrays.map(\.name) && a.arrays.map(\.array) == b.arrays.map(\.array)
    }

    /// Whether bytes begin as an archive does.
    public static func isMeant(by bytes: [UInt8]) -> Bool { bytes.starts(with: ZipArchive.magic) }

    /// The file's bytes: the same arrays give the same bytes, always.
    public var encoded: [UInt8] {
        ZipArchive(arrays.map { ZipArchive.Entry(name: $0.name + NumPyArchive.suffix, bytes: $0.array.encoded) }).encoded
    }

    /// Reads the bytes of a file strictly.
    /// - Parameters:
    ///   - source: What errors call the file.
    ///   - limit: The most bytes that the arrays may unpack to.
    /// - Throws: A `NumPyError` with the array and what is wrong with it.
    public init(decoding bytes: [UInt8], source: String, limit: Int = 1 << 30) throws(NumPyError) {
        let archive = try ZipArchive(decoding: bytes, source: source, limit: limit)
        var arrays: [(name: String, array: NumPyArray)] = []
        for entry in archive.entries {
            guard entry.name.utf8.reversed().starts(with: NumPyArchive.suffix.utf8.reversed()) else {
                throw NumPyError(
                    file: source,
                    problem: "has an entry '\(JSON.excerpt(of: entry.name))' that is no array: it must end with .npy")
            }
            let name = String(Substring(entry.name.utf8.dropLast(NumPyArchive.suffix.utf8.count)))
            do throws(NumPyArray.Problem) {
                arrays.append((name, try NumPyArray(decoding: entry.bytes)))
            } catch {
                throw NumPyError(file: source, array: JSON.excerpt(of: name), problem: error.text)
            }
        }
        self.init(arrays, source: source)
    }

    /// The values of an array, all of which must be finite: a model with a NaN answers nonsense.
    /// - Throws: A `NumPyError` that names the array.
    public func finiteValues(_ name: String) throws(NumPyError) -> [Float] {
        guard let array = self[name] else { throw NumPyError(file: source, array: name, problem: "is missing") }
        if let index = array.values.firstIndex(where: { !$0.isFinite }) {
            throw NumPyError(
                file: source, array: name, problem: "value \(index + 1) is \(array.values[index]), not a finite number")
        }
        return array.values
    }

    /// The array of a name, or nil.
    public subscript(name: String) -> NumPyArray? { arrays.first { $0.name.utf8.elementsEqual(name.utf8) }?.array }
}
