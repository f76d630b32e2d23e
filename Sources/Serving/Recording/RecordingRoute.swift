import HTTPTypes
import Hummingbird
import Models
import NIOCore
import StrictJSON
import TimeSeries

/// `POST /recording`: readings without an end in, a line for each window out while they come.
struct RecordingRoute {
    let registry: ModelRegistry
    let lifecycle: Lifecycle

    init(_ registry: ModelRegistry, _ lifecycle: Lifecycle) {
        self.registry = registry
        self.lifecycle = lifecycle
    }

    /// Answers as soon as the first window is there, and goes on with the body.
    /// - Throws: A `RequestError` for what is wrong before that.
    func response(_ request: Request) async throws -> Response {
        let head = FunctionRequest(head: request)
        for key in head.query.keys where key != "model" && key != "hop" {
            throw RequestError.bad("the parameter '\(key.prefix(40))' is unknown: there are 'model' and 'hop'")
        }
        let model = try registry.model(head.query["model"])
        let type = try MediaType.of(head.contentType, body: [], among: [.csv, .floats])
        _ = try MediaType.preferred(head.accept, among: [.lines])
        let hop = try RecordingRoute.hop(head.query["hop"], model.format)
        let stream = RecordingStream(
            request.body,
            try WindowDecoder("", encoding: type == .floats ? .floats : .csv, format: model.format, hop: hop, allowsRest: true))
        let first: [Float]?
        do {
            first = try await stream.next()
        } catch let error as WindowError {
            throw RequestError.bad(WindowsBody.text(error))
        }
        guard let first else {
            throw RequestError.bad("\(stream.readings) readings are no window: the model takes \(model.format.steps)")
        }
        var headers: HTTPFields = [.contentType: MediaType.lines.field]
        headers.add(model.headers)
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                try await answer(first, stream, model, hop: hop, to: &writer)
                try await writer.finish(nil)
            })
    }

    /// The readings from the first of a window to the first of the next: a number of them, all of a window where nothing is asked.
    static func hop(_ text: String?, _ format: WindowFormat) throws(RequestError) -> Int {
        guard let text else { return format.steps }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let hop = Int(text), (1...1 << 24).contains(hop) else {
            throw .bad("'hop' must be a number of readings, at least 1, found '\(text.prefix(40))'")
        }
        return hop
    }

    private func answer(
        _ first: [Float], _ stream: RecordingStream, _ model: ServedModel, hop: Int, to writer: inout any ResponseBodyWriter
    ) async throws {
        var count = 0
        var hasWarned = false
        func lines(_ windows: [Float]) throws -> ByteBuffer {
            var buffer = ByteBuffer()
            // Once: a recording in other units leaves the ranges in every window.
            var warning = hasWarned ? nil : model.warning(windows, before: count)
            hasWarned = hasWarned || warning != nil
            for prediction in try model.predictions(windows) {
                buffer.writeBytes(
                    AnswerText.line(prediction, model, window: count + 1, reading: count * hop + 1, warning: warning))
                warning = nil
                count += 1
                lifecycle.metrics.windows.add(1)
            }
            return buffer
        }
        do {
            try await writer.write(lines(first))
            while let windows = try await stream.next() { try await writer.write(lines(windows)) }
        } catch let error as RequestError {
            return try await writer.write(ByteBuffer(bytes: AnswerText.error(error.message) + [UInt8(ascii: "\n")]))
        } catch let error as WindowError {
            return try await writer.write(ByteBuffer(bytes: AnswerText.error(WindowsBody.text(error)) + [UInt8(ascii: "\n")]))
        }
        let end: JSON = ["readings": .integer(stream.readings), "windows": .integer(count)]
        try await writer.write(ByteBuffer(string: end.serialized() + "\n"))
    }
}
