import Platform
import StrictJSON

extension SafetensorsFile {
    /// Writes the file whole or not at all (see `Files.writeAtomically`).
    /// - Throws: `SafetensorsError` when the file cannot be written or a reader would refuse it; then nothing has changed.
    public func write(to path: String) throws(SafetensorsError) {
        let bytes = try SafetensorsFile(metadata: metadata, tensors: tensors, source: path).encoded()
        do throws(FileError) {
            try Files.writeAtomically(bytes, to: path)
        } catch {
            throw SafetensorsError(error)
        }
    }

    /// The file's bytes: the same tensors and metadata give the same bytes, always.
    ///
    /// The header has the metadata first, then the tensors as they come, and is padded with spaces to a multiple of 8 bytes. The
    /// data of types with more bytes an element come first, otherwise in the same order, so that every element lies at a multiple
    /// of its size: readers that map the file, PyTorch's among them, need that.
    /// - Throws: `SafetensorsError` when a reader would refuse the file: two tensors of one name, a tensor named as the metadata,
    ///   more than 8 dimensions, or a header above 16 MiB.
    public func encoded() throws(SafetensorsError) -> [UInt8] {
        let order = tensors.indices.sorted { a, b in
            let (sizeA, sizeB) = (tensors[a].type.byteCount, tensors[b].type.byteCount)
            return sizeA == sizeB ? a < b : sizeA > sizeB
        }
        var begins = [Int](repeating: 0, count: tensors.count)
        var dataCount = 0
        for index in order {
            begins[index] = dataCount
            dataCount += tensors[index].bytes.count
        }

        let header = try header(begins)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 + header.count + dataCount)
        bytes += LittleEndian.bytes(UInt64(header.count))
        bytes += header
        for index in order { bytes += tensors[index].bytes }
        return bytes
    }

    /// The header's text, padded, for tensors that begin at these offsets.
    private func header(_ begins: [Int]) throws(SafetensorsError) -> [UInt8] {
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
                    "data_offsets": [.integer(begin), .integer(begin + tensor.bytes.count)],
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
