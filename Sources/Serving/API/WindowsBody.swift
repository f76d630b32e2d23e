import StrictJSON
import TimeSeries

/// Reads the windows of a request's body: raw readings, [windows, steps, channels].
enum WindowsBody {
    /// The forms that a body may have.
    static let types: [MediaType] = [.json, .csv, .floats]

    /// The windows of a body.
    /// - Throws: A `RequestError` that names the window, the reading and the channel that are wrong.
    static func windows(_ body: [UInt8], _ type: MediaType, for model: ServedModel) throws(RequestError) -> [Float] {
        guard !body.isEmpty else { throw .bad("the body is empty: send \(example(model.format))") }
        switch type {
        case .json: return try json(body, model.format)
        case .floats: return try decoded(body, by: model.decoder(.floats))
        default: return try decoded(body, by: model.decoder(.csv))
        }
    }

    private static func decoded(_ body: [UInt8], by decoder: WindowDecoder) throws(RequestError) -> [Float] {
        do throws(WindowError) {
            var decoder = decoder
            decoder.append(body)
            decoder.finish()
            let windows = try decoder.takeWindows() ?? []
            // What is wrong behind the windows that are right.
            _ = try decoder.takeWindows()
            return windows
        } catch {
            throw .bad(text(error))
        }
    }

    /// What is wrong with a text of readings, and where in it.
    static func text(_ error: WindowError) -> String {
        let place = [("line", error.line), ("column", error.column)].compactMap { name, number in number.map { "\(name) \($0)" } }
        return place.isEmpty ? error.message : place.joined(separator: ", ") + ": " + error.message
    }

    /// `{"window": [steps][channels]}` or `{"windows": [windows][steps][channels]}`.
    private static func json(_ body: [UInt8], _ format: WindowFormat) throws(RequestError) -> [Float] {
        var values: [Float] = []
        // A number of a sensor has about nine characters.
        values.reserveCapacity(body.count / 8)
        var found: String?
        try readingJSON { () throws in
            var reader = try JSONReader(body)
            try reader.members { key, reader in
                guard key == "window" || key == "windows" else {
                    throw RequestError.bad(
                        "the field \(JSON.string(key).serialized().prefix(40)) is unknown: send \(example(format))")
                }
                guard found == nil else { throw RequestError.bad("send 'window' or 'windows', not both") }
                found = key
                let shape = try floats(&reader, onto: &values, key, isList: key == "windows", format)
                try check(shape, key, format)
            }
            try reader.finish()
        }
        guard found != nil else { throw .bad("there is no field 'window' or 'windows': send \(example(format))") }
        return values
    }

    /// Runs a reading of JSON; all that it throws becomes an error of the request.
    static func readingJSON(_ body: () throws -> Void) throws(RequestError) {
        do {
            try body()
        } catch let error as RequestError {
            throw error
        } catch let error as JSONError {
            throw .bad("the body is not understood: \(error)")
        } catch {
            throw .bad("\(error)")
        }
    }

    /// Reads an array of numbers.
    /// - Parameters:
    ///   - key: What the array is called.
    ///   - isList: Whether it holds windows, not readings.
    static func floats(
        _ reader: inout JSONReader, onto values: inout [Float], _ key: String, isList: Bool, _ format: WindowFormat
    ) throws(RequestError) -> [Int] {
        do throws(NumberArrayError) {
            return try reader.floats(onto: &values)
        } catch {
            let position = error.position.map { " (line \($0.line), column \($0.column))" } ?? ""
            var place = isList ? error.place : [0] + error.place
            // Numbers without arrays around them: a tensor's.
            if isList, place.count == 1, error.isOfNumber {
                let (window, channels) = (format.shape.count, format.channels.count)
                place = [place[0] / window, place[0] % window / channels, place[0] % channels]
            }
            throw .bad("\(name(place, format) ?? "'\(key)'") \(error.problem)\(position)")
        }
    }

    /// The words for an element: "window 2, reading 5, channel body_acc_x".
    /// - Parameter place: Its indices among windows, readings and channels, as far as it has them.
    static func name(_ place: [Int], _ format: WindowFormat) -> String? {
        guard !place.isEmpty else { return nil }
        var words = ["window \(place[0] + 1)"]
        if place.count > 1 { words.append("reading \(place[1] + 1)") }
        if place.count > 2 {
            words.append(place[2] < format.channels.count ? "channel \(format.channels[place[2]])" : "value \(place[2] + 1)")
        }
        if place.count > 3 { words.append("an array there") }
        return words.joined(separator: ", ")
    }

    private static func check(_ shape: [Int], _ key: String, _ format: WindowFormat) throws(RequestError) {
        let window = [format.steps, format.channels.count]
        let expected = key == "window" ? window : [max(shape.first ?? 0, 1)] + window
        guard shape == expected else {
            let names = key == "window" ? "[\(window[0])][\(window[1])]" : "[windows][\(window[0])][\(window[1])]"
            throw .bad(
                "'\(key)' has the shape \(text(shape)), not \(names): \(window[0]) readings of \(window[1]) values "
                    + "(\(format.channels.joined(separator: ", ")))")
        }
    }

    static func text(_ shape: [Int]) -> String { shape.map { "[\($0)]" }.joined() }

    private static func example(_ format: WindowFormat) -> String {
        "{\"window\": [\(format.steps) readings of [\(format.channels.count) numbers]]} or {\"windows\": [...]}"
    }
}
