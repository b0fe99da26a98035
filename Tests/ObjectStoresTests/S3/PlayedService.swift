import ObjectStores
import Digests
import PackageSources
import Synchronization
import TestSupport

/// Plays an S3 service in memory, and its troubles: each request is first shown to a closure that may answer in its place.
final class PlayedService: Sendable {
    typealias Request = LoopbackServer.Request
    typealias Reply = LoopbackServer.Reply

    private struct State {
        var objects: [String: [UInt8]] = [:]
        var uploads: [String: [Int: [UInt8]]] = [:]
        var pauses: [Duration] = []
        var count = 0
        /// How far the clock of clients is ahead, in seconds.
        var ahead: Int64 = 0
    }

    let server: LoopbackServer
    private let state: Box
    /// Answers in the service's place; told how many requests came before.
    typealias Trouble = @Sendable (_ request: Request, _ number: Int) -> Reply?

    private final class Box: Sendable {
        let state = Mutex(State())
    }

    init(_ trouble: @escaping Trouble = { _, _ in nil }) async throws {
        let box = Box()
        state = box
        server = try await LoopbackServer { request in
            box.state.withLock { state in
                state.count += 1
                return trouble(request, state.count - 1) ?? Self.answer(request, &state)
            }
        }
    }

    /// What is kept under the names in the bucket.
    var objects: [String: [UInt8]] { state.state.withLock { $0.objects } }
    /// Uploads that were begun and neither completed nor given up.
    var openUploads: Int { state.state.withLock { $0.uploads.count } }
    /// For how long clients would have waited.
    var pauses: [Duration] { state.state.withLock { $0.pauses } }

    /// Lets time pass for clients.
    func pass(seconds: Int64) { state.state.withLock { $0.ahead += seconds } }

    func keep(_ name: String, _ bytes: [UInt8]) { state.state.withLock { $0.objects["/bucket/\(name)"] = bytes } }

    /// A store that does not really wait.
    func store(_ environment: [String: String] = [:], partSize: Int64? = nil) throws -> S3ObjectStore {
        let box = state
        var options = HTTPOptions()
        options.chance = { 0.5 }
        let now = options.now
        options.now = { now() + box.state.withLock { $0.ahead } }
        options.sleep = { pause in box.state.withLock { $0.pauses.append(pause) } }
        options.connectTimeout = .seconds(5)
        let variables = [
            "AWS_ENDPOINT_URL_S3": server.url, "AWS_ACCESS_KEY_ID": "AKIDTEST", "AWS_SECRET_ACCESS_KEY": "the-secret",
            "METAFLOW_S3_RETRY_COUNT": "3", "no_proxy": "127.0.0.1",
        ].merging(environment) { $1 }
        let address = try S3Address(parsing: "s3://bucket/root")
        return try S3ObjectStore(address, environment: variables, options: options, partSize: partSize)
    }

    // MARK: The service

    private static func answer(_ request: Request, _ state: inout State) -> Reply {
        let query = Dictionary(
            request.query.split(separator: "&").map { part -> (String, String) in
                let halves = part.split(separator: "=", maxSplits: 1)
                return (String(halves[0]), halves.count > 1 ? URIEncoding.decode(halves[1]) ?? "" : "")
            }) { first, _ in first }
        let name = URIEncoding.decode(request.path) ?? request.path
        switch request.method {
        case "PUT":
            if let upload = query["uploadId"], let number = query["partNumber"].flatMap({ Int($0) }) {
                state.uploads[upload]?[number] = request.body
            } else if request.header("if-none-match") == "*", state.objects[name] != nil {
                return error(412, "PreconditionFailed")
            } else {
                state.objects[name] = request.body
            }
            return Reply(200, [("ETag", tag(request.body))])
        case "POST" where query["uploads"] != nil:
            let upload = "upload-\(state.count)"
            state.uploads[upload] = [:]
            return Reply(200, [], Array("<R><UploadId>\(upload)</UploadId></R>".utf8))
        case "POST" where query["uploadId"] != nil: return complete(request, name, query["uploadId"] ?? "", &state)
        case "DELETE":
            if let upload = query["uploadId"] { state.uploads[upload] = nil } else { state.objects[name] = nil }
            return Reply(204)
        case "GET" where query["uploadId"] != nil:
            let parts = (state.uploads[query["uploadId"] ?? ""] ?? [:]).map {
                "<Part><PartNumber>\($0.key)</PartNumber><ETag>\(tag($0.value))</ETag></Part>"
            }
            return Reply(200, [], Array("<ListPartsResult>\(parts.joined())</ListPartsResult>".utf8))
        case "GET" where query["list-type"] != nil: return list(query["prefix"] ?? "", state)
        default: return get(request, state.objects[name])
        }
    }

    private static func complete(_ request: Request, _ name: String, _ upload: String, _ state: inout State) -> Reply {
        guard let parts = state.uploads[upload] else { return error(404, "NoSuchUpload") }
        if request.header("if-none-match") == "*", state.objects[name] != nil { return error(412, "PreconditionFailed") }
        let wanted = XMLElement(parsing: request.body)?.all("Part").compactMap { $0.text("PartNumber").flatMap { Int($0) } } ?? []
        var bytes: [UInt8] = []
        for number in wanted {
            guard let part = parts[number] else { return error(400, "InvalidPart") }
            bytes += part
        }
        state.uploads[upload] = nil
        state.objects[name] = bytes
        return Reply(200, [], Array("<CompleteMultipartUploadResult/>".utf8))
    }

    private static func get(_ request: Request, _ bytes: [UInt8]?) -> Reply {
        guard let bytes else {
            return request.method == "HEAD" ? Reply(404) : error(404, "NoSuchKey")
        }
        var headers = [("ETag", tag(bytes)), ("Last-Modified", "Fri, 24 May 2013 00:00:00 GMT")]
        if request.method == "HEAD" { return Reply(200, headers + [("Content-Length", "\(bytes.count)")]) }
        if let wanted = request.header("if-match"), wanted != tag(bytes) { return error(412, "PreconditionFailed") }
        let ends = request.header("range")?.dropFirst(6).split(separator: "-").compactMap { Int($0) } ?? []
        guard ends.count == 2 else { return Reply(200, headers, bytes) }
        guard ends[0] < bytes.count else { return error(416, "InvalidRange") }
        let part = bytes[ends[0]..<min(ends[1] + 1, bytes.count)]
        headers.append(("Content-Range", "bytes \(part.startIndex)-\(part.endIndex - 1)/\(bytes.count)"))
        return Reply(206, headers, Array(part))
    }

    private static func list(_ prefix: String, _ state: State) -> Reply {
        let names = state.objects.keys.map { $0.dropFirst("/bucket/".count) }.filter { $0.hasPrefix(prefix) }.sorted()
        let items = names.map {
            "<Contents><Key>\(XMLElement.escape(String($0)))</Key><Size>1</Size><LastModified>2013-05-24T00:00:00Z</LastModified></Contents>"
        }
        return Reply(200, [], Array("<ListBucketResult>\(items.joined())</ListBucketResult>".utf8))
    }

    static func tag(_ bytes: [UInt8]) -> String { "\"\(SHA256Digest(hashing: bytes).hex.prefix(32))\"" }

    static func error(_ status: Int, _ code: String, _ more: String = "", headers: [(String, String)] = []) -> Reply {
        Reply(status, headers, Array("<Error><Code>\(code)</Code><Message>played</Message>\(more)</Error>".utf8))
    }
}

/// True for the first who asks.
final class Once: Sendable {
    private let isTaken = Mutex(false)

    func take() -> Bool {
        isTaken.withLock { isTaken in
            defer { isTaken = true }
            return !isTaken
        }
    }
}
