import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import Synchronization

/// A connection of HTTP/1 as this server has it: hummingbird's, with a `ConnectionHandler` in its pipeline.
struct ConnectionChannel: HTTPChannelHandler {
    /// A connection that has been accepted.
    ///
    /// NIO stops the process where a `NIOAsyncChannel` is dropped that nobody has used, and one that is accepted while the server stops
    /// listening is dropped (swift-nio, issues 2637 and 3481): then it is closed in order.
    final class Value: ServerChildChannelValue {
        typealias Connection = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

        private let connection: Connection
        private let isUsed = Atomic<Bool>(false)

        init(_ connection: Connection) {
            self.connection = connection
        }

        var channel: any Channel { connection.channel }

        /// The connection, for who reads from it to its end.
        func use() -> Connection {
            isUsed.store(true, ordering: .relaxed)
            return connection
        }

        deinit {
            guard !isUsed.load(ordering: .relaxed) else { return }
            Task { [connection] in try? await connection.executeThenClose { _, _ in } }
        }
    }

    let responder: Responder
    let limits: ConnectionLimits
    let lifecycle: Lifecycle

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let handler = ConnectionHandler(limits, lifecycle)
            var decoding = NIOHTTPDecoderLimitConfiguration()
            decoding.maxHeaderFieldSize = ConnectionLimits.headerBytes
            decoding.maxHeaderListSize = ConnectionLimits.headerBytes
            decoding.maxHeaderFieldCount = 100
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(FirstByteHandler(handler))
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
                withEncoderConfiguration: .init(), withDecoderLimitConfiguration: decoding)
            try pipeline.addHandler(handler)
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            return Value(
                try NIOAsyncChannel(
                    wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true)))
        }
    }

    func handle(value: Value, logger: Logger) async {
        await handleHTTP(asyncChannel: value.use(), logger: logger)
    }
}
