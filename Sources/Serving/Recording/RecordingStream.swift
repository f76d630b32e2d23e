import Hummingbird
import NIOCore
import TimeSeries

/// The windows of a body that is still coming.
///
/// `@unchecked Sendable`: used by one task at a time, the one that answers the request and then, when it is done, the one that writes the
/// answer.
@safe
final class RecordingStream: @unchecked Sendable {
    private var pieces: RequestBody.AsyncIterator
    private var decoder: WindowDecoder
    private var isAtEnd = false

    init(_ body: RequestBody, _ decoder: WindowDecoder) {
        pieces = body.makeAsyncIterator()
        self.decoder = decoder
    }

    /// Complete readings that have come.
    var readings: Int { decoder.readings }

    /// Waits for the next windows.
    /// - Returns: At least one and as many as are there, [count, steps, channels]; nil at the end.
    /// - Throws: A `WindowError` once the windows before it have been given.
    func next() async throws -> [Float]? {
        while true {
            if let windows = try decoder.takeWindows() { return windows }
            guard !isAtEnd else { return nil }
            if let piece = try await pieces.next() {
                decoder.append(piece.readableBytesView)
            } else {
                isAtEnd = true
                decoder.finish()
            }
        }
    }
}
