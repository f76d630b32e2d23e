import NIOCore

/// How long a client may take, and how much it may send.
struct ConnectionLimits: Sendable {
    /// From the first byte of a request to the end of its header.
    var header: TimeAmount
    /// From the end of the header to the end of the body; of a stream, between two pieces of it.
    var body: TimeAmount
    /// Between two requests of a connection.
    var idle: TimeAmount
    /// The largest body, in bytes; a stream has no limit.
    var bodyBytes: Int

    /// How long bytes are taken that nobody reads, so that the client reads the answer before its connection breaks.
    static let linger = TimeAmount.seconds(1)
    /// How many such bytes are taken at most.
    static let lingerBytes = 4 << 20
    /// How long a new connection has for its first request when the server ends.
    static let firstRequest = TimeAmount.milliseconds(500)
    /// The largest header, in bytes.
    static let headerBytes = 32 << 10
}
