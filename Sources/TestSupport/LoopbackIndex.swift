import Digests
import Synchronization

/// A package index on this machine: pages in JSON or HTML, files with ranges, metadata beside the wheels. What it offers,
/// and how well it behaves, can be changed while it runs.
package final class LoopbackIndex: Sendable {
    package struct File: Sendable {
        package var filename: String
        package var bytes: [UInt8]
        /// The file beside it, if any.
        package var metadata: [UInt8]?
        package var requiresPython: String?
        package var yanked: String?
        package var uploadTime: String?
        /// What the page says instead of the truth.
        package var statedSHA256: String?

        package init(filename: String, bytes: [UInt8]) {
            self.filename = filename
            self.bytes = bytes
        }
    }

    package struct Behaviour: Sendable {
        package var projects: [String: [File]] = [:]
        package var isHTML = false
        package var entityTag: String?
        package var cacheControl: String?
        package var hasRanges = true
        /// User and password that are wanted.
        package var credentials: (String, String)?
        /// Answers that come first, whatever is asked for.
        package var first: [LoopbackServer.Reply] = []
        /// Changes an answer on its way out.
        package var change: (@Sendable (LoopbackServer.Request, inout LoopbackServer.Reply) -> Void)?

        package init() {}
    }

    private final class Shelf: Sendable {
        let behaviour = Mutex(Behaviour())
    }

    package let server: LoopbackServer
    private let shelf: Shelf

    package init(protection: LoopbackServer.Protection? = nil) async throws {
        let shelf = Shelf()
        self.shelf = shelf
        server = try await LoopbackServer(protection: protection) { request in
            let (behaviour, first) = shelf.behaviour.withLock { behaviour in
                (behaviour, behaviour.first.isEmpty ? nil : behaviour.first.removeFirst())
            }
            var reply = first ?? behaviour.reply(to: request)
            behaviour.change?(request, &reply)
            return reply
        }
    }

    /// The address that an index configuration names.
    package var url: String { "\(server.url)/simple/" }

    package func update(_ change: (inout Behaviour) -> Void) {
        shelf.behaviour.withLock { change(&$0) }
    }

    /// Offers a wheel, with its metadata beside it.
    package func add(_ wheel: WheelBuilder, _ change: (inout File) -> Void = { _ in }) {
        var file = File(filename: wheel.filename, bytes: wheel.bytes())
        file.metadata = wheel.metadata
        file.requiresPython = wheel.requiresPython
        change(&file)
        let project = String(wheel.name.lowercased().map { $0 == "_" || $0 == "." ? "-" : $0 })
        update { $0.projects[project, default: []].append(file) }
    }

    /// How often paths that end so were asked for.
    package func requestCount(endingWith suffix: String = "") -> Int {
        server.requests.count { $0.path.hasSuffix(suffix) }
    }
}

extension LoopbackIndex.Behaviour {
    fileprivate func reply(to request: LoopbackServer.Request) -> LoopbackServer.Reply {
        if let credentials, !isAuthorized(request, credentials) {
            return .init(401, [("WWW-Authenticate", "Basic realm=\"tests\"")])
        }
        let parts = request.path.split(separator: "/").map(String.init)
        if parts.count == 2, parts[0] == "simple", let files = projects[parts[1]] {
            return page(parts[1], files, request)
        }
        if parts.count == 2, parts[0] == "files" {
            for file in projects.values.joined() {
                if parts[1] == file.filename { return content(file.bytes, request) }
                if parts[1] == file.filename + ".metadata", let metadata = file.metadata { return .init(200, [], metadata) }
            }
        }
        return .init(404)
    }

    private func isAuthorized(_ request: LoopbackServer.Request, _ credentials: (String, String)) -> Bool {
        guard let header = request.header("authorization"), header.hasPrefix("Basic ") else { return false }
        return Self.decoded(base64: header.dropFirst(6)) == Array("\(credentials.0):\(credentials.1)".utf8)
    }

    private static func decoded(base64 text: some StringProtocol) -> [UInt8] {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var bits = 0
        var count = 0
        var bytes: [UInt8] = []
        for digit in text {
            guard let value = digits.firstIndex(of: digit) else { break }
            bits = (bits << 6 | value) & 0xffff
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        return bytes
    }

    private func page(
        _ project: String, _ files: [LoopbackIndex.File], _ request: LoopbackServer.Request
    ) -> LoopbackServer.Reply {
        var headers: [(String, String)] = []
        if let entityTag { headers.append(("ETag", entityTag)) }
        if let cacheControl { headers.append(("Cache-Control", cacheControl)) }
        if let entityTag, request.header("if-none-match") == entityTag { return .init(304, headers) }
        let type = isHTML ? "text/html; charset=utf-8" : "application/vnd.pypi.simple.v1+json"
        let text = isHTML ? html(files) : json(project, files)
        return .init(200, headers + [("Content-Type", type)], Array(text.utf8))
    }

    private func json(_ project: String, _ files: [LoopbackIndex.File]) -> String {
        let items = files.map { file in
            var fields = [
                "\"filename\": \"\(file.filename)\"", "\"url\": \"../../files/\(file.filename)\"",
                "\"hashes\": {\"sha256\": \"\(Self.digest(file))\"}", "\"size\": \(file.bytes.count)",
            ]
            if let metadata = file.metadata {
                fields.append("\"core-metadata\": {\"sha256\": \"\(SHA256Digest(hashing: metadata).hex)\"}")
            }
            if let python = file.requiresPython { fields.append("\"requires-python\": \"\(python)\"") }
            if let reason = file.yanked { fields.append("\"yanked\": \"\(reason)\"") }
            if let time = file.uploadTime { fields.append("\"upload-time\": \"\(time)\"") }
            return "{\(fields.joined(separator: ", "))}"
        }
        return "{\"meta\": {\"api-version\": \"1.1\"}, \"name\": \"\(project)\", \"files\": [\(items.joined(separator: ","))]}"
    }

    private func html(_ files: [LoopbackIndex.File]) -> String {
        let links = files.map { file in
            var attributes = "href=\"../../files/\(file.filename)#sha256=\(Self.digest(file))\""
            if let metadata = file.metadata {
                attributes += " data-core-metadata=\"sha256=\(SHA256Digest(hashing: metadata).hex)\""
            }
            if let python = file.requiresPython {
                attributes += " data-requires-python=\"\(python.map { $0 == ">" ? "&gt;" : "\($0)" }.joined())\""
            }
            if let reason = file.yanked { attributes += " data-yanked=\"\(reason)\"" }
            return "<a \(attributes)>\(file.filename)</a><br>"
        }
        return "<!DOCTYPE html><html><body>\n\(links.joined(separator: "\n"))\n</body></html>"
    }

    private static func digest(_ file: LoopbackIndex.File) -> String {
        file.statedSHA256 ?? SHA256Digest(hashing: file.bytes).hex
    }

    /// A whole file, or the one range that is asked for.
    private func content(_ bytes: [UInt8], _ request: LoopbackServer.Request) -> LoopbackServer.Reply {
        var headers: [(String, String)] = []
        if let entityTag { headers.append(("ETag", entityTag)) }
        if let cacheControl { headers.append(("Cache-Control", cacheControl)) }
        if let entityTag, request.header("if-none-match") == entityTag { return .init(304, headers) }
        guard hasRanges, let text = request.header("range"), text.hasPrefix("bytes=") else {
            return .init(200, headers, bytes)
        }
        if let condition = request.header("if-range"), condition != entityTag { return .init(200, headers, bytes) }
        let ends = text.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        let range: Range<Int>
        switch (ends.first ?? nil, ends.last ?? nil) {
        case (nil, let count?): range = max(0, bytes.count - count)..<bytes.count
        case (let start?, let end): range = min(start, bytes.count)..<min((end ?? bytes.count - 1) + 1, bytes.count)
        default: return .init(416)
        }
        guard !range.isEmpty else { return .init(416, [("Content-Range", "bytes */\(bytes.count)")]) }
        headers.append(("Content-Range", "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(bytes.count)"))
        return .init(206, headers, Array(bytes[range]))
    }
}
