import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// A connection of HTTP/1 as this server has it: hummingbird's, with a `ConnectionHandler` in its pipeline.
struct ConnectionChannel: HTTPChannelHandler {
    /// A connection that nobody reads from yet.
    struct Value: ServerChildChannelValue {
        let channel: any Channel
    }

    let responder: Responder
    let limits: ConnectionLimits
    let lifecycle: Lifecycle

    /// Makes a connection ready, but for what `handle` adds.
    ///
    /// NIO stops the process where a `NIOAsyncChannel` is dropped that nobody has used, and a connection that is accepted while the server
    /// stops listening is dropped (swift-nio, issues 2637 and 3481). So it is made by who uses it.
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
            try channel.syncOptions?.setOption(.autoRead, value: false)
            return Value(channel: channel)
        }
    }

    func handle(value: Value, logger: Logger) async {
        let channel = value.channel
        let connection = try? await channel.eventLoop.submit {
            let connection = try NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
            try? channel.syncOptions?.setOption(.autoRead, value: true)
            return connection
        }.get()
        // One that has been closed meanwhile cannot be wrapped.
        if let connection { await handleHTTP(asyncChannel: connection, logger: logger) }
    }
}
