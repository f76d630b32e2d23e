import Platform
import StrictJSON

/// A safetensors file to be written whose tensors are made one after the other, a piece at a time: it takes the memory of a piece and not
/// of a file.
public struct SafetensorsStream {
    /// One tensor: what the header says of it, and how its elements are made.
    public struct Tensor {
        /// The tensor's name.
        public let name: String
        let type: SafetensorsType
        let shape: [Int]
        let pieces: Int
        /// Piece by piece, the elements, little-endian and row-major.
        let piece: (Int) -> [UInt8]

        /// A tensor whose elements are made when they are written.
        /// - Parameters:
        ///   - pieces: The number of pieces.
        ///   - piece: Gives a piece; all of them together have as many bytes as the elements of the shape take. Called more than once.
        public init(_ name: String, type: SafetensorsType, shape: [Int], pieces: Int = 1, _ piece: @escaping (Int) -> [UInt8]) {
            self.name = name
            self.type = type
            self.shape = shape
            self.pieces = pieces
            self.piece = piece
        }

        /// A tensor that is there.
        public init(_ tensor: SafetensorsTensor) {
            self.init(tensor.name, type: tensor.type, shape: tensor.shape) { _ in tensor.bytes }
        }

        /// Calls `body` with each piece.
        public func forEachPiece(_ body: ([UInt8]) -> Void) {
            for index in 0..<pieces { body(piece(index)) }
        }

        var byteCount: Int { SafetensorsTensor.byteCount(type, shape) ?? 0 }
    }

    /// What the file says of itself, in order.
    public var metadata: OrderedMap<String>
    /// The tensors, in the order of the header.
    public var tensors: [Tensor]

    /// A file to be written.
    public init(metadata: OrderedMap<String> = [:], tensors: [Tensor] = []) {
        self.metadata = metadata
        self.tensors = tensors
    }

    /// Writes the file whole or not at all (see `Files.writeAtomically`).
    ///
    /// The same tensors and metadata give the same bytes, always. The header has the metadata first, then the tensors as they come, and
    /// is padded with spaces to a multiple of 8 bytes. The data of types with more bytes an element come first, otherwise in the same
    /// order, so that every element lies at a multiple of its size: readers that map the file, PyTorch's among them, need that.
    /// - Throws: `SafetensorsError` when the file cannot be written or a reader would refuse it: two tensors of one name, a tensor named
    ///   as the metadata, more than 8 dimensions, or a header above 16 MiB; then nothing has changed.
    public func write(to path: String) throws(SafetensorsError) {
        let (head, pieces) = try layout(source: path)
        do throws(FileError) {
            try Files.writeAtomically(to: path, pieces: 1 + pieces.count) { index in
                index == 0 ? head : tensors[pieces[index - 1].tensor].piece(pieces[index - 1].piece)
            }
        } catch {
            throw SafetensorsError(error)
        }
    }

    /// The file's bytes.
    func encoded(source: String) throws(SafetensorsError) -> [UInt8] {
        var (bytes, pieces) = try layout(source: source)
        bytes.reserveCapacity(bytes.count + tensors.reduce(0) { $0 + $1.byteCount })
        for place in pieces { bytes += tensors[place.tensor].piece(place.piece) }
        return bytes
    }

    /// What stands before the data, and the pieces of the data in their order.
    private func layout(source: String) throws(SafetensorsError) -> (head: [UInt8], pieces: [(tensor: Int, piece: Int)]) {
        let order = tensors.indices.sorted { a, b in
            let (sizeA, sizeB) = (tensors[a].type.byteCount, tensors[b].type.byteCount)
            return sizeA == sizeB ? a < b : sizeA > sizeB
        }
        var begins = [Int](repeating: 0, count: tensors.count)
        var dataCount = 0
        for index in order {
            begins[index] = dataCount
            dataCount += tensors[index].byteCount
        }
        let header = try header(begins, source: source)
        let pieces = order.flatMap { tensor in (0..<tensors[tensor].pieces).map { (tensor: tensor, piece: $0) } }
        return (LittleEndian.bytes(UInt64(header.count)) + header, pieces)
    }

    /// The header's text, padded, for tensors that begin at these offsets.
    private func header(_ begins: [Int], source: String) throws(SafetensorsError) -> [UInt8] {
        var object = JSONObject()
        if !metadata.isEmpty {
            var texts = JSONObject()
            for member in metadata.members { texts.set(member.key, .string(member.value)) }
            object.set(SafetensorsFile.metadataKey, .object(texts))
        }
        for (tensor, begin) in zip(tensors, begins) {
            func refusal(_ problem: String) -> SafetensorsError {
                SafetensorsError(file: source, tensor: tensor.name, problem: problem)
            }
            guard tensor.name != SafetensorsFile.metadataKey else { throw refusal("this name is the metadata's") }
            guard object[tensor.name] == nil else { throw refusal("another tensor has the same name") }
            guard tensor.shape.count <= SafetensorsFile.maximumRank else {
                throw refusal("has \(tensor.shape.count) dimensions, more than \(SafetensorsFile.maximumRank)")
            }
            object.set(
                tensor.name,
                [
                    "dtype": .string(tensor.type.rawValue),
                    "shape": .array(tensor.shape.map { .integer($0) }),
                    "data_offsets": [.integer(begin), .integer(begin + tensor.byteCount)],
                ])
        }
        var header = Array(JSON.object(object).serialized().utf8)
        while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
        guard header.count <= SafetensorsFile.maximumHeader else {
            let problem = "the header has \(header.count) bytes, more than the limit of \(SafetensorsFile.maximumHeader)"
            throw SafetensorsError(file: source, problem: problem)
        }
        return header
    }
}
