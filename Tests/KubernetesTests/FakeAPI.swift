import FlowModel
import Foundation
import Synchronization
import SystemPackage
import TestSupport

/// The part of the API of a cluster that the executor asks, on this machine. Nothing runs: tests say how jobs and pods fare.
final class FakeAPI: Sendable {
    typealias Reply = LoopbackServer.Reply
    typealias Request = LoopbackServer.Request

    private struct Change {
        var version: Int
        var kind: String
        var type: String
        var object: JSONValue
    }

    private struct State {
        var version = 100
        var objects: [String: [String: JSONValue]] = [:]
        var changes: [Change] = []
        /// Places of watches before this one are forgotten.
        var oldest = 0
        var pageSize: Int?
        var scripted: [(matches: @Sendable (Request) -> Bool, reply: Reply)] = []
    }

    private let state = Mutex(State())
    private let started = Mutex<LoopbackServer?>(nil)

    init(protection: LoopbackServer.Protection? = nil) async throws {
        let server = try await LoopbackServer(protection: protection) { [state = Unowned(self)] request in
            state.value?.answer(request) ?? Reply(500)
        }
        started.withLock { $0 = server }
    }

    private final class Unowned: Sendable {
        private let reference: Mutex<Weak>
        private struct Weak { weak var api: FakeAPI? }
        init(_ api: FakeAPI) { reference = Mutex(Weak(api: api)) }
        var value: FakeAPI? { reference.withLock { $0.api } }
    }

    var server: LoopbackServer? { started.withLock { $0 } }
    var url: String { server?.url ?? "" }
    var requests: [Request] { server?.requests ?? [] }

    func requests(_ method: String, _ suffix: String, watch: Bool = false) -> [Request] {
        requests.filter { $0.method == method && $0.path.hasSuffix(suffix) && $0.query.contains("watch=1") == watch }
    }

    /// A kubeconfig file of this server.
    func kubeconfig(_ folder: TemporaryFolder, user: String = "token: abc", cluster: String = "") throws -> [String: String] {
        let path = folder.path.appending("config").string
        let more = cluster.isEmpty ? "" : ", \(cluster)"
        let text = """
            apiVersion: v1
            kind: Config
            current-context: test
            contexts: [{name: test, context: {cluster: here, user: me}}]
            clusters: [{name: here, cluster: {server: "\(url)"\(more)}}]
            users: [{name: me, user: {\(user)}}]
            """
        try Data(text.utf8).write(to: URL(filePath: path))
        return ["KUBECONFIG": path, "PATH": "/usr/bin:/bin"]
    }

    // MARK: What tests do

    /// Puts an object there, as the cluster itself does.
    func put(_ kind: String, _ object: JSONValue) {
        state.withLock { state in
            guard let name = object.name else { return }
            state.version += 1
            let isNew = state.objects[kind]?[name] == nil
            let stored = object.with(version: state.version)
            state.objects[kind, default: [:]][name] = stored
            state.changes.append(Change(version: state.version, kind: kind, type: isNew ? "ADDED" : "MODIFIED", object: stored))
        }
    }

    func remove(_ kind: String, _ name: String) {
        state.withLock { state in
            guard let object = state.objects[kind]?.removeValue(forKey: name) else { return }
            state.version += 1
            state.changes.append(Change(version: state.version, kind: kind, type: "DELETED", object: object.with(version: state.version)))
        }
    }

    func object(_ kind: String, _ name: String) -> JSONValue? { state.withLock { $0.objects[kind]?[name] } }
    func names(_ kind: String) -> [String] { state.withLock { ($0.objects[kind] ?? [:]).keys.sorted() } }

    /// Answers the next such request with something else.
    func next(_ method: String, _ suffix: String, watch: Bool = false, _ reply: Reply) {
        state.withLock {
            $0.scripted.append(
                ({ $0.method == method && $0.path.hasSuffix(suffix) && $0.query.contains("watch=1") == watch }, reply))
        }
    }

    /// From now on watches cannot go on from anywhere before.
    func forgetTheBeginning() { state.withLock { $0.oldest = $0.version + 1; $0.version += 1; $0.changes = [] } }

    func setPageSize(_ size: Int) { state.withLock { $0.pageSize = size } }

    // MARK: Answers

    private func answer(_ request: Request) -> Reply {
        state.withLock { state in
            if let place = state.scripted.firstIndex(where: { $0.matches(request) }) { return state.scripted.remove(at: place).reply }
            let parts = request.path.split(separator: "/").map(String.init)
            guard let start = parts.firstIndex(of: "namespaces"), parts.count >= start + 3 else { return Self.failure(404, "NotFound", "no such path") }
            if parts[start + 1] == "nowhere" { return Self.failure(404, "NotFound", "namespaces \"nowhere\" not found") }
            let (kind, name) = (parts[start + 2], parts.count > start + 3 ? parts[start + 3] : nil)
            switch (request.method, name) {
            case ("POST", nil): return Self.create(kind, request, &state)
            case ("GET", nil):
                return request.query.contains("watch=1") ? Self.watch(kind, request, state) : Self.list(kind, request, state)
            case ("GET", let name?):
                return state.objects[kind]?[name].map { Self.json(200, $0) } ?? Self.failure(404, "NotFound", "\(kind) \"\(name)\" not found")
            case ("DELETE", let name?):
                guard let object = state.objects[kind]?.removeValue(forKey: name) else {
                    return Self.failure(404, "NotFound", "\(kind) \"\(name)\" not found")
                }
                state.version += 1
                state.changes.append(Change(version: state.version, kind: kind, type: "DELETED", object: object.with(version: state.version)))
                return Self.json(200, .object(["kind": .string("Status"), "status": .string("Success")]))
            case ("PATCH", let name?):
                guard let object = state.objects[kind]?[name] else { return Self.failure(404, "NotFound", "none") }
                return Self.json(200, object)
            default: return Self.failure(405, "MethodNotAllowed", "not here")
            }
        }
    }

    private static func create(_ kind: String, _ request: Request, _ state: inout State) -> Reply {
        guard let object = try? JSONDecoder().decode(JSONValue.self, from: Data(request.body)), let name = object.name else {
            return failure(400, "BadRequest", "no object")
        }
        guard state.objects[kind]?[name] == nil else { return failure(409, "AlreadyExists", "\(kind) \"\(name)\" already exists") }
        state.version += 1
        let stored = object.with(version: state.version)
        state.objects[kind, default: [:]][name] = stored
        state.changes.append(Change(version: state.version, kind: kind, type: "ADDED", object: stored))
        return json(201, stored)
    }

    private static func list(_ kind: String, _ request: Request, _ state: State) -> Reply {
        var items = (state.objects[kind] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
        var metadata: [String: JSONValue] = ["resourceVersion": .string(String(state.version))]
        if let size = state.pageSize {
            let start = request.query.split(separator: "&").first { $0.hasPrefix("continue=") }.flatMap { Int($0.dropFirst(9)) } ?? 0
            if items.count > start + size { metadata["continue"] = .string(String(start + size)) }
            items = Array(items.dropFirst(start).prefix(size))
        }
        return json(200, .object(["metadata": .object(metadata), "items": .array(items)]))
    }

    private static func watch(_ kind: String, _ request: Request, _ state: State) -> Reply {
        let version = request.query.split(separator: "&").first { $0.hasPrefix("resourceVersion=") }.flatMap { Int($0.dropFirst(16)) } ?? 0
        guard version >= state.oldest else {
            return event("ERROR", .object(["kind": .string("Status"), "code": .integer(410), "message": .string("too old")]))
        }
        var lines = state.changes.filter { $0.kind == kind && $0.version > version }.map { line($0.type, $0.object) }
        let bookmark = JSONValue.object(["metadata": .object(["resourceVersion": .string(String(state.version))])])
        lines.append(line("BOOKMARK", bookmark))
        return Reply(200, [("Content-Type", "application/json")], Array(lines.joined().utf8))
    }

    static func event(_ type: String, _ object: JSONValue) -> Reply { Reply(200, [], Array(line(type, object).utf8)) }

    static func line(_ type: String, _ object: JSONValue) -> String {
        JSONValue.object(["type": .string(type), "object": object]).json + "\n"
    }

    static func failure(_ status: Int, _ reason: String, _ message: String, _ headers: [(String, String)] = []) -> Reply {
        let object = JSONValue.object([
            "kind": .string("Status"), "status": .string("Failure"), "reason": .string(reason), "message": .string(message),
            "code": .integer(status),
        ])
        return Reply(status, headers, Array(object.json.utf8))
    }

    static func json(_ status: Int, _ object: JSONValue) -> Reply {
        Reply(status, [("Content-Type", "application/json")], Array(object.json.utf8))
    }
}

extension JSONValue {
    init(json text: String) throws { self = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) }

    subscript(_ key: String) -> JSONValue? { if case .object(let members) = self { members[key] } else { nil } }

    var text: String? { if case .string(let text) = self { text } else { nil } }

    var name: String? { self["metadata"]?["name"]?.text }

    fileprivate func with(version: Int) -> JSONValue {
        guard case .object(var members) = self, case .object(var metadata)? = members["metadata"] else { return self }
        metadata["resourceVersion"] = .string(String(version))
        if metadata["uid"] == nil { metadata["uid"] = .string("uid-\(version)") }
        members["metadata"] = .object(metadata)
        return .object(members)
    }
}

/// Waits until something is so; nothing else can tell. Gives up after a time that no working machine takes.
func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    for _ in 0..<3000 {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(20))
    }
    return false
}
