import Clusters
import FoundationEssentials

/// What a person would want to know of one job.
struct JobDescription {
    private let place: JobPlace
    private let connection: APIConnection

    init(_ place: JobPlace, _ connection: APIConnection) {
        self.place = place
        self.connection = connection
    }

    func lines() async throws(ClusterError) -> [String] {
        let get = APICall(.get, .jobs, in: place.namespace, named: place.name)
        let answer = try await connection.send(get)
        if answer.status == 404 { return ["the cluster does not know the job \(place.id) (any more)"] }
        guard answer.status == 200 else { throw APIFailure.error(answer, get, connection.access) }
        guard let job = try? JSONDecoder().decode(JobObject.self, from: Data(answer.body)) else {
            throw APIFailure.garbled(get, connection.access)
        }
        var lines = ["job: \(place.name) in the namespace \(place.namespace) of \(connection.access.server)"]
        if let path = job.metadata?.annotations?["penstock/path"] { lines.append("attempt: \(path)") }
        for condition in job.status?.conditions ?? [] where condition.holds {
            lines.append("job is \(condition.type ?? "?")" + Self.because(condition.reason, condition.message))
        }
        let pods = try await pods()
        if pods.isEmpty { lines += await events(of: place.name) }
        for pod in pods.sorted(by: { ($0.metadata?.name ?? "") < ($1.metadata?.name ?? "") }) {
            lines += self.lines(of: pod)
            if let name = pod.metadata?.name { lines += await events(of: name) }
        }
        return lines
    }

    private func pods() async throws(ClusterError) -> [PodObject] {
        let call = APICall(.list, .pods, in: place.namespace, query: [("labelSelector", "job-name=\(place.name)"), ("limit", "1000")])
        let answer = try await connection.send(call)
        guard answer.status == 200 else { throw APIFailure.error(answer, call, connection.access) }
        guard let list = try? JSONDecoder().decode(ObjectList<PodObject>.self, from: Data(answer.body)) else {
            throw APIFailure.garbled(call, connection.access)
        }
        let index = place.node.map(String.init)
        return (list.items ?? []).filter { pod in
            index == nil || pod.metadata?.annotations?["batch.kubernetes.io/job-completion-index"] == index
        }
    }

    private func lines(of pod: PodObject) -> [String] {
        var lines = ["pod: \(pod.metadata?.name ?? "?")"]
        if let image = pod.spec?.containers?.first?.image { lines.append("image: \(image)") }
        if let node = pod.spec?.nodeName { lines.append("node: \(node)") }
        switch PodFacts(pod).standing {
        case .waiting(let reason): lines.append("state: waiting" + Self.because(reason, nil))
        case .stuck(let message, _): lines.append("state: waiting (\(message))")
        case .running: lines.append("state: running")
        case .ended(let ending): lines.append("state: \(ending.words)" + Self.because(nil, ending.message))
        }
        return lines
    }

    /// Whoever may not see events sees the rest.
    private func events(of name: String) async -> [String] {
        let call = APICall(
            .list, .events, in: place.namespace, query: [("fieldSelector", "involvedObject.name=\(name)"), ("limit", "50")])
        guard let answer = try? await connection.send(call), answer.status == 200,
            let list = try? JSONDecoder().decode(ObjectList<EventObject>.self, from: Data(answer.body))
        else { return [] }
        return (list.items ?? []).sorted { ($0.lastTimestamp ?? $0.eventTime ?? "") < ($1.lastTimestamp ?? $1.eventTime ?? "") }.suffix(20).map {
            "event: \($0.reason ?? "?")" + ($0.count.map { $0 > 1 ? " (\($0) times)" : "" } ?? "") + Self.because(nil, $0.message)
        }
    }

    private static func because(_ reason: String?, _ message: String?) -> String {
        let words = [reason, message].compactMap { $0 }.filter { !$0.isEmpty }
        return words.isEmpty ? "" : ": " + words.joined(separator: ": ")
    }
}

extension JobEnding {
    fileprivate var words: String {
        switch cause {
        case .completed: "completed"
        case .exited(let code): "exited with \(code)"
        case .signalled(let signal): "killed by signal \(signal)"
        case .outOfMemory: "out of memory"
        case .timeLimit: "over its time limit"
        case .preempted: "preempted"
        case .nodeFailed: "its node failed"
        case .cancelled: "cancelled"
        case .evicted: "evicted"
        case .notStarted: "never started"
        }
    }
}
