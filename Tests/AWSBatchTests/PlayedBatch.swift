import AWSBatch
import Clusters
import FlowModel
import FoundationEssentials
import PackageSources
import Synchronization
import TestSupport

/// Plays AWS Batch in memory, and its troubles: each request is first shown to a closure that may answer in its place.
final class PlayedBatch: Sendable {
    typealias Reply = LoopbackServer.Reply

    enum Trouble {
        /// Nothing is done.
        case instead(Reply)
        /// It is done, and something else is answered.
        case afterwards(Reply)
    }

    struct Job {
        var id: String
        var body: JSONValue
        var status = "SUBMITTED"
        /// The job that it is a node of.
        var parent: String?
        /// Further members of its description.
        var details: [String: JSONValue] = [:]

        var name: String { body["jobName"]?.plain ?? "" }
    }

    struct State {
        var queues: [String: JSONValue] = [
            "queue": PlayedBatch.queue("queue", "environment"), "fargate": PlayedBatch.queue("fargate", "serverless"),
        ]
        var environments: [String: JSONValue] = [
            "environment": .object(["computeEnvironmentName": .string("environment"), "computeResources": .object(["type": .string("SPOT")])]),
            "serverless": .object(["computeEnvironmentName": .string("serverless"), "computeResources": .object(["type": .string("FARGATE")])]),
        ]
        var definitions: [JSONValue] = []
        var jobs: [Job] = []
        var calls: [String: Int] = [:]
        var pauses: [Duration] = []
        /// The time of the client's clock.
        var now: Int64 = 1_700_000_000
        /// How many items a page has.
        var page = 100
        /// Runs jobs, where they are to run.
        var machine: PlayedMachine?

        mutating func pass() {
            guard var machine else { return }
            self.machine = nil
            machine.pass(&self)
            // A job with several nodes is what its nodes are.
            for place in jobs.indices where jobs[place].status == "RUNNING" {
                let nodes = jobs.filter { $0.parent == jobs[place].id }
                guard !nodes.isEmpty, nodes.allSatisfy({ $0.status != "RUNNING" }) else { continue }
                jobs[place].status = nodes.contains { $0.status == "FAILED" } ? "FAILED" : "SUCCEEDED"
            }
            self.machine = machine
        }
    }

    private final class Box: Sendable {
        let state = Mutex(State())
    }

    let server: LoopbackServer
    private let box: Box

    /// - Parameter trouble: told the operation, how often it was asked for before, and the request.
    init(_ trouble: @escaping @Sendable (String, Int, LoopbackServer.Request) -> Trouble? = { _, _, _ in nil }) async throws {
        let box = Box()
        self.box = box
        server = try await LoopbackServer { request in
            box.state.withLock { state in
                let operation = String(request.path.dropFirst("/v1/".count))
                state.pass()
                let number = state.calls[operation, default: 0]
                state.calls[operation] = number + 1
                switch trouble(operation, number, request) {
                case .instead(let reply): return reply
                case .afterwards(let reply):
                    _ = Self.answer(operation, request, &state)
                    return reply
                case nil: return Self.answer(operation, request, &state)
                }
            }
        }
    }

    func change(_ change: (inout State) -> Void) { box.state.withLock { change(&$0) } }
    var state: State { box.state.withLock { $0 } }
    var jobs: [Job] { state.jobs }
    func calls(_ operation: String) -> Int { state.calls[operation] ?? 0 }

    /// The bodies of the requests of an operation, in order.
    func bodies(_ operation: String) -> [JSONValue] {
        server.requests.filter { $0.path == "/v1/\(operation)" }.compactMap { JSONValue(parsed: $0.body) }
    }

    /// An executor that does not really wait.
    func executor(_ environment: [String: String] = [:], usualQueue: String? = nil) throws -> BatchExecutor {
        let box = box
        var options = HTTPOptions()
        options.chance = { 0.5 }
        options.now = { box.state.withLock { $0.now } }
        options.sleep = { pause in box.state.withLock { $0.pauses.append(pause) } }
        options.connectTimeout = .seconds(5)
        let variables = [
            "AWS_ENDPOINT_URL_BATCH": server.url, "AWS_ACCESS_KEY_ID": "AKIDTEST", "AWS_SECRET_ACCESS_KEY": "the-secret",
            "AWS_REGION": "eu-test-1", "no_proxy": "127.0.0.1",
        ].merging(environment) { $1 }
        return try BatchExecutor(environment: variables, usualQueue: usualQueue, options: options)
    }

    // MARK: The service

    static func queue(_ name: String, _ environment: String, _ more: [String: JSONValue] = [:]) -> JSONValue {
        let order: [String: JSONValue] = ["order": .integer(1), "computeEnvironment": .string(environment)]
        return .object([
            "jobQueueName": .string(name), "jobQueueArn": .string("arn:\(name)"), "state": .string("ENABLED"), "status": .string("VALID"),
            "computeEnvironmentOrder": .array([.object(order)]),
        ].merging(more) { $1 })
    }

    static func error(_ status: Int, _ code: String, _ message: String = "played", headers: [(String, String)] = []) -> Reply {
        let body = JSONValue.object(["message": .string(message)])
        return Reply(status, [("x-amzn-ErrorType", "\(code):http://internal.example/")] + headers, Array(body.json.utf8))
    }

    private static func answer(_ operation: String, _ request: LoopbackServer.Request, _ state: inout State) -> Reply {
        guard request.method == "POST", let body = JSONValue(parsed: request.body) else { return error(400, "ClientException") }
        switch operation {
        case "describejobqueues":
            guard let names = body["jobQueues"]?.list else { return page("jobQueues", state.queues.values.map { $0 }, body, state) }
            return page("jobQueues", names.compactMap { state.queues[$0.plain ?? ""] }, body, state)
        case "describecomputeenvironments":
            let names = body["computeEnvironments"]?.list ?? []
            return page("computeEnvironments", names.compactMap { state.environments[$0.plain ?? ""] }, body, state)
        case "describejobdefinitions":
            let found = state.definitions.filter { $0["jobDefinitionName"] == body["jobDefinitionName"] && $0["status"] == body["status"] }
            return page("jobDefinitions", found, body, state)
        case "registerjobdefinition": return register(body, &state)
        case "submitjob":
            let id = "00000000-0000-0000-0000-\(String(1_000_000 + state.jobs.count))"
            state.jobs.append(Job(id: id, body: body))
            return ok(["jobId": .string(id), "jobName": body["jobName"] ?? .null])
        case "listjobs":
            let queue = Self.plainQueue(body)
            guard state.queues[queue] != nil else { return error(400, "ClientException", "JobQueue is not there") }
            let wanted = (body["filters"]?.list.first?["values"]?.list.first?.plain ?? "").lowercased()
            let found = state.jobs.enumerated().filter { _, job in
                guard Self.plainQueue(job.body) == queue, job.parent == nil else { return false }
                return wanted.hasSuffix("*") ? job.name.lowercased().hasPrefix(wanted.dropLast()) : job.name.lowercased() == wanted
            }
            return page("jobSummaryList", found.reversed().map { Self.described($1, $0) }, body, state)
        case "describejobs":
            let wanted = Set((body["jobs"]?.list ?? []).compactMap(\.plain))
            if wanted.count > 100 { return error(400, "ClientException", "too many jobs") }
            return ok(["jobs": .array(state.jobs.enumerated().filter { wanted.contains($1.id) }.map { Self.described($1, $0) })])
        case "terminatejob":
            guard let place = state.jobs.firstIndex(where: { $0.id == body["jobId"]?.plain }) else {
                return error(400, "ClientException", "Job not found")
            }
            let id = state.jobs[place].id
            for place in state.jobs.indices where state.jobs[place].id == id || state.jobs[place].parent == id {
                guard state.jobs[place].status != "SUCCEEDED", state.jobs[place].status != "FAILED" else { continue }
                state.jobs[place].status = "FAILED"
                state.jobs[place].details["statusReason"] = body["reason"]
            }
            state.machine?.end(id)
            return Reply(200)
        default: return error(404, "UnknownOperation")
        }
    }

    /// The name of the queue in a request, which may have its ARN.
    private static func plainQueue(_ body: JSONValue) -> String {
        let name = body["jobQueue"]?.plain ?? ""
        return name.hasPrefix("arn:") ? String(name.dropFirst(4)) : name
    }

    private static func register(_ body: JSONValue, _ state: inout State) -> Reply {
        let name = body["jobDefinitionName"]?.plain ?? ""
        let revision = 1 + state.definitions.filter { $0["jobDefinitionName"]?.plain == name }.count
        let arn = JSONValue.string("arn:definition/\(name):\(revision)")
        guard case .object(var members) = body else { return error(400, "ClientException") }
        members["revision"] = .integer(revision)
        members["status"] = .string("ACTIVE")
        members["jobDefinitionArn"] = arn
        // Batch adds what was not said.
        if case .object(var container)? = members["containerProperties"] {
            for member in ["environment", "mountPoints", "ulimits", "volumes"] where container[member] == nil { container[member] = .array([]) }
            members["containerProperties"] = .object(container)
        }
        state.definitions.append(.object(members))
        return ok(["jobDefinitionArn": arn])
    }

    private static func described(_ job: Job, _ number: Int) -> JSONValue {
        let body = [
            "jobId": JSONValue.string(job.id), "jobName": .string(job.name), "status": .string(job.status),
            "createdAt": .integer(1_700_000_000_000 + number),
        ]
        return .object(body.merging(job.details) { $1 })
    }

    private static func page(_ member: String, _ items: [JSONValue], _ body: JSONValue, _ state: State) -> Reply {
        let start = body["nextToken"]?.plain.flatMap { Int($0) } ?? 0
        let end = min(items.count, start + state.page)
        var answer: [String: JSONValue] = [member: .array(start < end ? Array(items[start..<end]) : [])]
        if end < items.count { answer["nextToken"] = .string("\(end)") }
        return ok(answer)
    }

    private static func ok(_ members: [String: JSONValue]) -> Reply {
        Reply(200, [("Content-Type", "application/json")], Array(JSONValue.object(members).json.utf8))
    }
}

extension JSONValue {
    init?(parsed bytes: [UInt8]) {
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else { return nil }
        self = value
    }

    subscript(member: String) -> JSONValue? { if case .object(let members) = self { members[member] } else { nil } }
    var list: [JSONValue] { if case .array(let values) = self { values } else { [] } }
    var plain: String? { if case .string(let text) = self { text } else { nil } }

    /// What `environment` of a container says, and the like, by name.
    var byName: [String: String] {
        Dictionary(list.compactMap { item in item["name"]?.plain.flatMap { name in item["value"]?.plain.map { (name, $0) } } }) { first, _ in first }
    }

    /// What `resourceRequirements` says, by type.
    var byType: [String: String] {
        Dictionary(list.compactMap { item in item["type"]?.plain.flatMap { name in item["value"]?.plain.map { (name, $0) } } }) { first, _ in first }
    }
}

extension JobGroup {
    /// A group of a flow that has a role, a queue and an image.
    static func played(
        _ count: Int = 1, number: Int = 0, run: String = "TrainFlow/1763900000000000", isGang: Bool = false,
        resources: ComputeResources = ComputeResources(), timeLimit: Duration? = nil, program: NodeProgram? = nil,
        _ change: (inout BatchOptions) -> Void = { _ in }
    ) -> JobGroup {
        var options = BatchOptions()
        options.queue = "queue"
        options.jobRole = "arn:aws:iam::1:role/tasks"
        change(&options)
        return JobGroup(
            key: JobGroupKey(run: run, number: number), flow: "TrainFlow", step: "train", username: "ada",
            attempts: (0..<count).map { "train/\($0 + 2)/0" }, isGang: isGang,
            request: ComputeRequest(place: .batch(options), resources: resources, timeLimit: timeLimit, image: "python:3.11"),
            program: program ?? NodeProgram(head: "orders=here\n", body: "exec true\n", variables: ["A": "1"]))
    }
}
