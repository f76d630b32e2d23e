import HTTPTypes
import NIOCore
import NIOHTTP1

/// Keeps a connection to the rules that neither NIO nor hummingbird enforces: a deadline for each header and body, "100 Continue",
/// HTTP/1.0, `Connection: close` in any spelling, the end of a connection whose request was not read to its end, and a drain that loses
/// no request whose header has been read.
///
/// Stands behind the HTTP/1 codec; `FirstByteHandler`, before it, tells when a request begins. Everything happens on the connection's
/// event loop.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// A request that has no whole answer yet.
    private struct Exchange {
        let version: HTTPVersion
        /// Whether the client would go on with the connection.
        let keepsAlive: Bool
        /// Whether the answer has a header only.
        let isHead: Bool
        var isAnswerBegun = false
    }

    /// What a client is told that cannot be answered further up.
    private struct Refusal {
        let status: Int
        let message: String
        /// The requests that were whole before it: their answers come first.
        var exchangesBefore: Int
    }

    /// What of a request comes next.
    private enum Reading {
        /// Its first byte.
        case nothing
        case header(since: NIODeadline)
        case body(since: NIODeadline, isStream: Bool)
    }

    private let limits: ConnectionLimits
    private let lifecycle: Lifecycle
    private var exchanges: CircularBuffer<Exchange> = []
    private var reading = Reading.nothing
    /// When the last answer ended, or the connection began.
    private var lastUse = NIODeadline.now()
    /// Since when the client has not taken what is written.
    private var blockedSince: NIODeadline?
    /// Whether the server has stopped listening.
    private var isQuiescing = false
    /// Whether the connection ends with the answer that is being written.
    private var closesAfterAnswer = false
    /// What is said once the answers before it have ended.
    private var refusal: Refusal?
    /// Whether what comes is not read any more.
    private var isDeaf = false
    /// Whether nothing more is written.
    private var isMute = false
    /// Bytes that came and were not read.
    private var unreadBytes = 0
    private var isActive = false
    /// Whether a request has come on it.
    private var wasUsed = false
    private var timer: Scheduled<Void>?
    private var timerDeadline = NIODeadline.distantFuture

    init(_ limits: ConnectionLimits, _ lifecycle: Lifecycle) {
        self.limits = limits
        self.lifecycle = lifecycle
    }

    /// Whether nothing is being asked or answered.
    private var isIdle: Bool { if case .nothing = reading { exchanges.isEmpty } else { false } }

    // MARK: The connection

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { begin(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard !isActive else { return }
        isActive = true
        lifecycle.connections.add(1)
        arm(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
    }

    private func end() {
        guard isActive else { return }
        isActive = false
        lifecycle.connections.add(-1)
        timer?.cancel()
        timer = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        // The server has stopped listening: what was asked is answered, and nothing more is read.
        isQuiescing = true
        guard isIdle else { return }
        // Who has only just connected is about to ask.
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: wasUsed ? .zero : ConnectionLimits.firstRequest) {
            let (handler, context) = bound.value
            if handler.isActive, handler.isIdle { context.close(promise: nil) }
        }
    }

    // MARK: What the client sends

    /// Bytes come, before they are taken for HTTP.
    /// - Returns: Whether they are to be read.
    func receive(_ count: Int, _ context: ChannelHandlerContext) -> Bool {
        guard !isDeaf else {
            unreadBytes += count
            if unreadBytes > ConnectionLimits.lingerBytes { context.close(promise: nil) }
            return false
        }
        if case .nothing = reading { reading = .header(since: .now()) }
        return true
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDeaf else { return }
        switch unwrapInboundIn(data) {
        case .head(let head): take(head, context)
        case .body:
            if case .body(_, let isStream) = reading, isStream { reading = .body(since: .now(), isStream: true) }
        case .end: reading = .nothing
        }
        if !isDeaf { context.fireChannelRead(data) }
    }

    private func take(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let isStream = RouteTable.isStream(Substring(head.uri.utf8.prefix { $0 != UInt8(ascii: "?") }))
        reading = .body(since: .now(), isStream: isStream)
        wasUsed = true
        exchanges.append(Exchange(version: head.version, keepsAlive: head.isKeepAlive, isHead: head.method == .HEAD))
        guard let expectation = head.headers.first(name: "expect"), !head.version.isOld else { return }
        guard expectation.lowercased() == "100-continue" else {
            return refuse(417, "the expectation '\(expectation.prefix(40))' is not met: there is 100-continue", context)
        }
        // A body that is too long is refused by its answer, before it is sent.
        let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        guard isStream || length <= limits.bodyBytes else { return }
        let go = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(go)), promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // A request that came whole needs no deadline, which most do.
        switch reading {
        case .nothing: break
        case .header, .body: arm(context)
        }
        if isDeaf { context.read() }
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return context.fireErrorCaught(error) }
        guard error != .headerOverflow else {
            return refuse(431, "the header is longer than \(ConnectionLimits.headerBytes) bytes", context)
        }
        refuse(400, "this is no HTTP request: \(error.debugDescription)", context)
    }

    // MARK: What the server sends

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isMute, let exchange = exchanges.first else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head):
            exchanges[exchanges.startIndex].isAnswerBegun = true
            // What is being read is the last of the requests.
            let isUnread = if case .body = reading { head.status.code >= 400 && exchanges.count == 1 } else { false }
            // What a client has sent behind this request is answered, too.
            let isLast = exchanges.count == 1 && (lifecycle.isDraining || isQuiescing)
            if !exchange.keepsAlive || isUnread || isLast { closesAfterAnswer = true }
            if exchange.version.isOld {
                head.version = exchange.version
                // Such a client knows the end of an answer by its length or by the end of the connection.
                if head.headers.first(name: "content-length") == nil { closesAfterAnswer = true }
                if !closesAfterAnswer { head.headers.replaceOrAdd(name: "connection", value: "keep-alive") }
            }
            if closesAfterAnswer { head.headers.replaceOrAdd(name: "connection", value: "close") }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body(let body):
            guard !exchange.isHead else {
                promise?.succeed()
                return
            }
            context.write(wrapOutboundOut(.body(body)), promise: promise)
        case .end(let trailers):
            exchanges.removeFirst()
            lastUse = .now()
            // Who has answered before the end of a request does not want the rest of it.
            if case .body = reading, exchanges.isEmpty { closesAfterAnswer = true }
            if isIdle, isQuiescing { closesAfterAnswer = true }
            guard closesAfterAnswer else {
                context.write(wrapOutboundOut(.end(trailers)), promise: promise)
                refusal?.exchangesBefore -= 1
                return deliverRefusal(context)
            }
            close(context, after: .end(trailers), promise)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        blockedSince = context.channel.isWritable ? nil : .now()
        if blockedSince != nil { arm(context) }
        context.fireChannelWritabilityChanged()
    }

    /// Reads no more, and says why once the answers to the requests before have ended.
    private func refuse(_ status: Int, _ message: String, _ context: ChannelHandlerContext) {
        guard !isDeaf else { return }
        isDeaf = true
        // A request whose header has been read is the last of the exchanges.
        let isLast = if case .body = reading { true } else { false }
        refusal = Refusal(status: status, message: message, exchangesBefore: exchanges.count - (isLast ? 1 : 0))
        deliverRefusal(context)
    }

    private func deliverRefusal(_ context: ChannelHandlerContext) {
        guard let refusal, refusal.exchangesBefore == 0 else { return }
        self.refusal = nil
        lifecycle.metrics.refused(refusal.status)
        // In the middle of an answer there is no place for another.
        if let exchange = exchanges.first, exchange.isAnswerBegun { return context.close(promise: nil) }
        let body = AnswerText.error(refusal.message)
        var head = HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: refusal.status))
        head.headers.add(name: "content-type", value: MediaType.json.field)
        head.headers.add(name: "content-length", value: "\(body.count)")
        head.headers.add(name: "connection", value: "close")
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
        close(context, after: .end(nil))
    }

    /// Ends the connection after its last part. Where the client may still be sending, its bytes are taken for a moment: a connection
    /// that is closed over unread bytes is reset, and the client may lose the answer.
    private func close(
        _ context: ChannelHandlerContext, after part: HTTPServerResponsePart, _ promise: EventLoopPromise<Void>? = nil
    ) {
        (isDeaf, isMute) = (true, true)
        let isWhole = if case .nothing = reading { true } else { false }
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.cascade(to: promise)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        written.futureResult.whenComplete { _ in
            let context = bound.value
            guard !isWhole else { return context.close(promise: nil) }
            context.close(mode: .output, promise: nil)
            context.read()
            context.eventLoop.scheduleTask(in: ConnectionLimits.linger) { bound.value.close(promise: nil) }
        }
        context.writeAndFlush(wrapOutboundOut(part), promise: written)
    }

    // MARK: Deadlines

    /// When the client will have taken too long, as things stand.
    private var deadline: NIODeadline? {
        if let blockedSince { return blockedSince + limits.body }
        guard !isDeaf else { return nil }
        switch reading {
        case .header(let since): return since + limits.header
        case .body(let since, _): return since + limits.body
        // While a request is being answered nothing is waited for; the connection may be idle from its end on.
        case .nothing: return (exchanges.isEmpty ? lastUse : .now()) + limits.idle
        }
    }

    /// Makes sure that the timer goes off no later than the deadline. A timer that goes off too early is set again.
    private func arm(_ context: ChannelHandlerContext) {
        guard let deadline, isActive, timer == nil || deadline < timerDeadline else { return }
        timer?.cancel()
        timerDeadline = deadline
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(deadline: deadline) {
            let (handler, context) = bound.value
            handler.timer = nil
            handler.timeOut(context)
        }
    }

    private func timeOut(_ context: ChannelHandlerContext) {
        guard isActive else { return }
        guard let deadline else { return }
        guard deadline <= .now() else { return arm(context) }
        if blockedSince != nil {
            (isDeaf, isMute) = (true, true)
            return context.close(promise: nil)
        }
        switch reading {
        case .nothing: context.close(promise: nil)
        case .header: refuse(408, "the header did not end in \(seconds(limits.header)) s", context)
        case .body(_, let isStream):
            refuse(
                408, "\(isStream ? "nothing came of the body for" : "the body did not end in") \(seconds(limits.body)) s", context
            )
        }
    }

    private func seconds(_ time: TimeAmount) -> String { "\(Double(time.nanoseconds) / 1e9)" }
}

extension HTTPVersion {
    /// Whether it is older than HTTP/1.1: no chunks, no interim answers, one request a connection unless the client says otherwise.
    fileprivate var isOld: Bool { (major, minor) < (1, 1) }
}

/// Tells a `ConnectionHandler` that bytes come: behind the HTTP codec a request is seen only when its header is whole.
final class FirstByteHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let handler: ConnectionHandler

    init(_ handler: ConnectionHandler) {
        self.handler = handler
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if handler.receive(unwrapInboundIn(data).readableBytes, context) { context.fireChannelRead(data) }
    }
}
