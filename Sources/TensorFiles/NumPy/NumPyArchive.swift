import StrictJSON

/// An .npz file: named arrays of 32-bit floats, as `numpy.savez` and `numpy.savez_compressed` write them and `numpy.load` reads them.
public struct NumPyArchive: Equatable, Sendable {
    /// The arrays, in order.
    public var arrays: [(name: String, array: NumPyArray)]
    /// What errors call the file. Not part of equality.
    public var source: String

    private static let suffix = ".npy"
    /// The type of 32-bit floats as NumPy writes it.
    public static let floatType = NumPyHeader.type

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

    /// What an archive says of one of its arrays.
    public struct Outline: Equatable, Sendable {
        /// The array's name.
        public let name: String
        /// The extents, outermost first; [] for a scalar.
        public let shape: [Int]
        /// The type of the elements as NumPy writes it: "<f4".
        public let type: String
    }

    /// What an archive says of its arrays, in order; no elements are unpacked.
    /// - Parameter source: What errors call the file.
    /// - Throws: A `NumPyError` with the array and what is wrong with it.
    public static func outline(of bytes: [UInt8], source: String) throws(NumPyError) -> [Outline] {
        let reader = try ZipReader(bytes, source: source)
        var outline: [Outline] = []
        for place in reader.places {
            let beginning = try reader.beginning(place, count: NumPyHeader.longest)
            let entry = try array(place, source) { (name) throws(NumPyArray.Problem) in
                let header = try NumPyHeader.read(beginning).header
                return Outline(name: name, shape: header.shape, type: header.type)
            }
            outline.append(entry)
        }
        return outline
    }

    /// The most bytes that an array of so many elements unpacks to, with a header of any length and floats of any type.
    public static func mostBytes(elements: Int) -> Int { NumPyHeader.longest + elements * MemoryLayout<Double>.size }

    /// Reads the bytes of a file strictly.
    /// - Parameters:
    ///   - source: What errors call the file.
    ///   - limit: The most bytes that the arrays may unpack to.
    ///   - isConverting: Whether floats of 16 and 64 bits become floats of 32 (those of 64 are rounded), or are refused.
    /// - Throws: A `NumPyError` with the array and what is wrong with it.
    public init(
        decoding bytes: [UInt8], source: String, limit: Int = 1 << 30, isConverting: Bool = false
    ) throws(NumPyError) {
        let reader = try ZipReader(bytes, source: source)
        try reader.requireSize(atMost: limit)
        var arrays: [(name: String, array: NumPyArray)] = []
        for place in reader.places {
            let content = try reader.content(place)
            let array = try NumPyArchive.array(place, source) { (name) throws(NumPyArray.Problem) in
                (name: name, array: try NumPyArray(decoding: content, isConverting: isConverting))
            }
            arrays.append(array)
        }
        self.init(arrays, source: source)
    }

    /// What `read` makes of an entry, whose name it gets without the ending; what is wrong is an error of the array.
    private static func array<Result>(
        _ place: ZipReader.Place, _ source: String, read: (_ name: String) throws(NumPyArray.Problem) -> Result
    ) throws(NumPyError) -> Result {
        // By bytes: a combining mark before the point would make another character of it.
        guard place.name.utf8.reversed().starts(with: suffix.utf8.reversed()) else {
            throw NumPyError(
                file: source, problem: "has an entry '\(JSON.excerpt(of: place.name))' that is no array: it must end with .npy")
        }
        let name = String(Substring(place.name.utf8.dropLast(suffix.utf8.count)))
        do throws(NumPyArray.Problem) {
            return try read(name)
        } catch {
            throw NumPyError(file: source, array: JSON.excerpt(of: name), problem: error.text)
        }
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
