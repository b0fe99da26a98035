import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// A web server on this machine for one test; every answer is made by a closure, and every request is remembered.
package final class LoopbackServer: Sendable {
    package struct Request: Sendable {
        package var method: String
        /// Without the query.
        package var path: String
        package var query: String
        package var headers: [(name: String, value: String)]
        package var body: [UInt8] = []

        /// The first header of that name, in any case.
        package func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }
    }

    package struct Reply: Sendable {
        /// How the body is sent.
        package enum Delivery: Sendable {
            case whole
            /// So many bytes, then the connection is closed.
            case cutOff(after: Int)
            /// So many bytes, then nothing any more while the connection stays open.
            case stalled(after: Int)
            /// One byte now and then.
            case dribbled(every: Duration)
        }

        package var status: Int
        package var headers: [(String, String)]
        package var body: [UInt8]
        package var delivery = Delivery.whole

        package init(_ status: Int, _ headers: [(String, String)] = [], _ body: [UInt8] = []) {
            self.status = status
            self.headers = headers
            self.body = body
        }
    }

    package typealias Handler = @Sendable (Request) -> Reply

    /// `http://127.0.0.1:PORT`, or `https://localhost:PORT`.
    package let url: String
    package let port: Int
    private let channel: any Channel
    private let log: RequestLog

    /// How a server protects its connections.
    package struct Protection: Sendable {
        /// Whether only clients with a certificate are let in.
        package var wantsClientCertificate: Bool

        package init(wantsClientCertificate: Bool = false) { self.wantsClientCertificate = wantsClientCertificate }

        func context() throws -> NIOSSLContext {
            var settings = TLSConfiguration.makeServerConfiguration(
                certificateChain: [.certificate(try NIOSSLCertificate(bytes: Array(TestCertificates.server.utf8), format: .pem))],
                privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(TestCertificates.serverKey.utf8), format: .pem)))
            if wantsClientCertificate {
                let authority = try NIOSSLCertificate(bytes: Array(TestCertificates.authority.utf8), format: .pem)
                settings.trustRoots = .certificates([authority])
                settings.certificateVerification = .noHostnameVerification
            }
            return try NIOSSLContext(configuration: settings)
        }
    }

    /// - Parameter protection: `nil` for plain `http:`; otherwise the address is one of `localhost`.
    package init(protection: Protection? = nil, _ handler: @escaping Handler) async throws {
        let log = RequestLog()
        let context = try protection?.context()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(ChannelOptions.backlog, value: 256)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Responder(log: log, handler: handler))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.channel = channel
        self.log = log
        port = channel.localAddress?.port ?? 0
        url = protection == nil ? "http://127.0.0.1:\(port)" : "https://localhost:\(port)"
    }

    deinit { channel.close(promise: nil) }

    /// All requests so far.
    package var requests: [Request] { log.requests.withLock { $0 } }

    /// Closes the door: new connections are refused.
    package func stop() async throws { try await channel.close().get() }

    private final class RequestLog: Sendable {
        let requests = Mutex<[Request]>([])
    }

    private final class Responder: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let log: RequestLog
        private let handler: Handler
        private var head: HTTPRequestHead?
        private var body: [UInt8] = []

        init(log: RequestLog, handler: @escaping Handler) {
            self.log = log
            self.handler = handler
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                self.head = head
                body = []
            case .body(let part): body += part.readableBytesView
            case .end:
                guard let head else { return }
                let parts = head.uri.split(separator: "?", maxSplits: 1)
                let request = Request(
                    method: head.method.rawValue, path: parts.first.map(String.init) ?? "/",
                    query: parts.count > 1 ? String(parts[1]) : "",
                    headers: head.headers.map { (name: $0.name, value: $0.value) }, body: body)
                log.requests.withLock { $0.append(request) }
                send(handler(request), context)
            }
        }

        private func send(_ reply: Reply, _ context: ChannelHandlerContext) {
            var headers = HTTPHeaders(reply.headers)
            if !headers.contains(name: "content-length"), !headers.contains(name: "transfer-encoding") {
                headers.add(name: "Content-Length", value: "\(reply.body.count)")
            }
            let head = HTTPResponseHead(
                version: .http1_1, status: HTTPResponseStatus(statusCode: reply.status), headers: headers)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            switch reply.delivery {
            case .whole:
                write(reply.body[...], context)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            case .cutOff(let count):
                write(reply.body.prefix(count), context)
                context.flush()
                context.close(promise: nil)
            case .stalled(let count):
                write(reply.body.prefix(count), context)
                context.flush()
            case .dribbled(let pause):
                context.flush()
                dribble(reply.body[...], pause, NIOLoopBound(context, eventLoop: context.eventLoop))
            }
        }

        private func dribble(_ rest: ArraySlice<UInt8>, _ pause: Duration, _ context: NIOLoopBound<ChannelHandlerContext>) {
            let me = NIOLoopBound(self, eventLoop: context.value.eventLoop)
            guard context.value.channel.isActive else { return }
            guard !rest.isEmpty else { return context.value.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil) }
            write(rest.prefix(1), context.value)
            context.value.flush()
            context.value.eventLoop.scheduleTask(in: .milliseconds(pause.components.attoseconds / 1_000_000_000_000_000)) {
                me.value.dribble(rest.dropFirst(), pause, context)
            }
        }

        private func write(_ bytes: ArraySlice<UInt8>, _ context: ChannelHandlerContext) {
            guard !bytes.isEmpty else { return }
            context.write(wrapOutboundOut(.body(.byteBuffer(context.channel.allocator.buffer(bytes: bytes)))), promise: nil)
        }
    }
}
