import Platform
import StrictJSON

extension SafetensorsFile {
    /// Reads a file strictly: whatever its bytes, the answer is a file that is right in every respect or an error.
    /// - Parameters:
    ///   - limit: the most bytes that the file may have.
    ///   - waitsForPipes: whether it may be a pipe, whose writer is waited for.
    /// - Throws: `SafetensorsError` naming the file, the tensor and what is wrong.
    public static func read(
        _ path: String, limit: Int = 1 << 30, waitsForPipes: Bool = true
    ) throws(SafetensorsError) -> SafetensorsFile {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try Files.read(path, limit: limit, waitsForPipes: waitsForPipes)
        } catch {
            throw SafetensorsError(error)
        }
        return try SafetensorsFile(decoding: bytes, source: path)
    }

    /// Reads the bytes of a file, strictly.
    ///
    /// Nothing is allocated by a size that the header claims before the size is checked against the bytes that are there.
    /// - Parameter source: what errors call the file.
    /// - Throws: `SafetensorsError` naming the file, the tensor and what is wrong.
    public init(decoding bytes: [UInt8], source: String) throws(SafetensorsError) {
        let reader = SafetensorsReader(bytes: bytes, source: source)
        let header = try reader.header()
        var metadata: OrderedMap<String> = [:]
        var places: [SafetensorsReader.Place] = []
        for member in header.members {
            if member.key == SafetensorsFile.metadataKey {
                metadata = try reader.metadata(member.value)
            } else {
                places.append(try reader.place(member.key, member.value))
            }
        }
        try reader.checkCoverage(places)
        let tensors = places.map { place in
            SafetensorsTensor(
                place.name, type: place.type, shape: place.shape,
                bytes: Array(bytes[(reader.dataStart + place.begin)..<(reader.dataStart + place.end)]))
        }
        self.init(metadata: metadata, tensors: tensors, source: source)
    }
}

/// Takes the bytes of a file apart.
private struct SafetensorsReader {
    /// Where a tensor lies: `begin ..< end` in the data after the header, in the bounds of the data.
    struct Place {
        let name: String
        let type: SafetensorsType
        let shape: [Int]
        let begin: Int
        let end: Int
    }

    let bytes: [UInt8]
    let source: String
    /// The length that the first 8 bytes claim, unchecked; nil when they are not there.
    private let headerLength: UInt64?

    init(bytes: [UInt8], source: String) {
        self.bytes = bytes
        self.source = source
        headerLength = bytes.count < 8 ? nil : LittleEndian.number(bytes.span.extracting(0..<8))
    }

    /// Where the data begins. Only after `header` has checked the length.
    var dataStart: Int { 8 + Int(headerLength ?? 0) }

    /// The header's object.
    func header() throws(SafetensorsError) -> JSONObject {
        guard let headerLength else { throw error("has \(bytes.count) bytes, too few for a safetensors file") }
        guard headerLength <= UInt64(SafetensorsFile.maximumHeader) else {
            // A length that makes sense is not eight letters: a page of a web server, a pointer of git-lfs.
            guard bytes.prefix(8).contains(where: { !(0x20..<0x7F).contains($0) && $0 != 0x0A && $0 != 0x0D }) else {
                let beginning = String(decoding: bytes.prefix(60).prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
                throw error("is a text that begins with '\(JSON.excerpt(of: beginning))': not a safetensors file")
            }
            let limit = SafetensorsFile.maximumHeader
            throw error("claims a header of \(headerLength) bytes, more than the limit of \(limit): not a safetensors file")
        }
        guard dataStart <= bytes.count else {
            throw error("claims a header of \(headerLength) bytes, but only \(bytes.count - 8) follow: it is cut off")
        }
        let text = Array(bytes[8..<dataStart])
        guard text.first == UInt8(ascii: "{") else { throw error("its header does not begin with '{': not a safetensors file") }
        do throws(JSONError) {
            // Text that begins with '{' parses to an object or not at all.
            return try JSON.parse(text).asObject ?? [:]
        } catch {
            throw self.error("its header is not right, \(error)")
        }
    }

    /// The metadata: an object of texts.
    func metadata(_ json: JSON) throws(SafetensorsError) -> OrderedMap<String> {
        guard let object = json.asObject else { throw error("its \(SafetensorsFile.metadataKey) is not an object") }
        var metadata: OrderedMap<String> = [:]
        for member in object.members {
            guard let text = member.value.asString else {
                throw error("its metadata '\(JSON.excerpt(of: member.key))' is not a text")
            }
            metadata.set(member.key, text)
        }
        return metadata
    }

    /// The place of one tensor, checked by itself.
    func place(_ name: String, _ json: JSON) throws(SafetensorsError) -> Place {
        let typeName: String
        let shape: [Int]
        let offsets: [Int]
        do throws(JSONFieldError) {
            var fields = try JSONFields(json, context: "")
            typeName = try fields.take("dtype")
            shape = try fields.take("shape")
            offsets = try fields.take("data_offsets")
            try fields.finish()
        } catch {
            throw self.error(name, error.problem)
        }
        guard let type = SafetensorsType(rawValue: typeName) else {
            let known = SafetensorsType.allCases.map(\.rawValue).joined(separator: ", ")
            throw error(name, "its dtype '\(JSON.excerpt(of: typeName))' is unknown; known: \(known)")
        }
        guard shape.count <= SafetensorsFile.maximumRank else {
            throw error(name, "has \(shape.count) dimensions, more than \(SafetensorsFile.maximumRank)")
        }
        guard let byteCount = SafetensorsTensor.byteCount(type, shape) else {
            throw error(name, "its shape \(shape) is negative or too large")
        }
        guard offsets.count == 2 else { throw error(name, "has \(offsets.count) data_offsets, needed are 2") }
        let (begin, end) = (offsets[0], offsets[1])
        let dataCount = bytes.count - dataStart
        guard 0 <= begin && begin <= end && end <= dataCount else {
            throw error(name, "its data_offsets \(offsets) are not within the \(dataCount) bytes of data")
        }
        guard end - begin == byteCount else {
            throw error(name, "its shape \(shape) of \(typeName) needs \(byteCount) bytes, its data_offsets give \(end - begin)")
        }
        return Place(name: name, type: type, shape: shape, begin: begin, end: end)
    }

    /// Checks that the tensors fill the data without a hole and without an overlap.
    func checkCoverage(_ places: [Place]) throws(SafetensorsError) {
        var covered = 0
        for place in places.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
            guard place.begin >= covered else { throw error(place.name, "its data overlap those of another tensor") }
            guard place.begin == covered else {
                throw error(place.name, "begins at byte \(place.begin) of the data, with a hole from byte \(covered)")
            }
            covered = place.end
        }
        let dataCount = bytes.count - dataStart
        guard covered == dataCount else { throw error("its last \(dataCount - covered) bytes belong to no tensor") }
    }

    private func error(_ problem: String) -> SafetensorsError { SafetensorsError(file: source, problem: problem) }

    private func error(_ tensor: String, _ problem: String) -> SafetensorsError {
        SafetensorsError(file: source, tensor: JSON.excerpt(of: tensor), problem: problem)
    }
}
