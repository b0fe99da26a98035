import NIOCore
import NIOHTTP1

/// Makes requests for plain `http:` such as proxies take them: with the whole address (RFC 9112, 3.2.2) and with the
/// proxy's own credentials. Tunnels (`CONNECT`) are for protected addresses; many proxies allow them for nothing else.
final class PlainProxyHandler: ChannelOutboundHandler {
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    private let authorization: String?

    init(authorization: String?) { self.authorization = authorization }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(var head) = unwrapOutboundIn(data), let host = head.headers.first(name: "Host") else {
            return context.write(data, promise: promise)
        }
        head.uri = "http://\(host)\(head.uri)"
        if let authorization { head.headers.replaceOrAdd(name: "Proxy-Authorization", value: authorization) }
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }

    /// Puts a handler into the connections to a proxy.
    static func initializer(authorization: String?) -> @Sendable (any Channel) -> EventLoopFuture<Void> {
        { channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                let encoder = try pipeline.context(handlerType: HTTPRequestEncoder.self).handler
                try pipeline.addHandler(PlainProxyHandler(authorization: authorization), position: .after(encoder))
            }
        }
    }
}

extension IndexAddress {
    /// The address to send a request to that the proxy at `proxy` is to pass on; the name of the real host goes into the
    /// header `Host`.
    func behind(_ proxy: IndexAddress) -> String {
        var slashes = 0
        let start = url.utf8.firstIndex { byte in
            if byte == UInt8(ascii: "/") { slashes += 1 }
            return slashes == 3
        }
        let path = start.map { url[$0...] } ?? "/"
        let host = proxy.host.utf8.contains(UInt8(ascii: ":")) ? "[\(proxy.host)]" : proxy.host
        return "http://\(host):\(proxy.proxyPort)\(path)"
    }
}
