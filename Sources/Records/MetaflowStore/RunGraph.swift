import FlowModel
package import Ledger
import Synchronization

/// Which steps lead to which, as a run recorded it.
struct RunGraph: Sendable {
    struct Step: Sendable {
        var type: String
        var next: [String]
    }

    var steps: [String: Step] = [:]

    /// - Parameter info: the artifact `_graph_info`.
    init?(_ info: PlainPickle) {
        guard let steps = info["steps"]?.mapping else { return nil }
        for (key, value) in steps {
            guard let name = key.text else { continue }
            self.steps[name] = Step(
                type: value["type"]?.text ?? "linear", next: (value["next"]?.sequence ?? []).compactMap(\.text))
        }
    }

    func before(_ step: String) -> [String] {
        steps.filter { $0.value.next.contains(step) }.map(\.key).sorted()
    }

    func isSplit(_ step: String) -> Bool {
        ["split-foreach", "split-parallel"].contains(steps[step]?.type)
    }
}

/// Which tasks of the neighbouring steps belong to a task, by their places in foreaches.
enum Neighbourhood: Equatable {
    case all
    /// Those at exactly this place.
    case at(String)
    /// Those at a place within this one.
    case within(String)

    /// The tasks that led to one, as Metaflow's client finds them.
    init(before step: String, at path: String?, in graph: RunGraph) {
        let sources = graph.before(step)
        guard let path, !path.isEmpty else {
            self = .all
            return
        }
        if sources.count > 1 {
            self = .at(path)
        } else if graph.steps[step]?.type == "join" {
            self = .within(path)
        } else {
            self = Self.cut(path, by: sources.first.map(graph.isSplit) == true ? 1 : 0)
        }
    }

    /// The tasks that one led to.
    init(after step: String, at path: String?, in graph: RunGraph) {
        let targets = graph.steps[step]?.next ?? []
        guard let path, !path.isEmpty else {
            self = .all
            return
        }
        if targets.count > 1 {
            self = .at(path)
        } else if graph.isSplit(step) {
            self = .within(path)
        } else {
            let target = targets.first ?? ""
            let leavesForeach = graph.steps[target]?.type == "join" && graph.before(target).count < 2
            self = Self.cut(path, by: leavesForeach ? 1 : 0)
        }
    }

    private static func cut(_ path: String, by count: Int) -> Neighbourhood {
        let parts = path.split(separator: ",").dropLast(count)
        return parts.isEmpty ? .all : .at(parts.joined(separator: ","))
    }

    func includes(_ path: String) -> Bool {
        switch self {
        case .all: true
        case .at(let place): path == place
        case .within(let place): path.hasPrefix(place + ",")
        }
    }
}

extension MetaflowHistory {
    package func inputs(of task: TaskRecord, in run: RunKey) throws -> [TaskRecord] {
        guard let graph = try graph(of: run) else { return [] }
        let place = try facts(of: TaskKey(run: run, task: task.task)).flatMap { try self.place(of: $0) }
        let neighbours = Neighbourhood(before: task.step.text, at: place, in: graph)
        return try tasks(of: run, in: graph.before(task.step.text), neighbours)
    }

    package func consumers(of key: TaskKey) throws -> [TaskRecord] {
        guard let facts = try facts(of: key), let graph = try graph(of: key.run) else { return [] }
        let place = try place(of: facts)
        let neighbours = Neighbourhood(after: facts.step.text, at: place, in: graph)
        return try tasks(of: key.run, in: graph.steps[facts.step.text]?.next ?? [], neighbours)
    }

    private func tasks(of run: RunKey, in steps: [String], _ neighbours: Neighbourhood) throws -> [TaskRecord] {
        try steps.flatMap { step in
            try tasks(of: run, step: StepName(step)).reversed().filter { task in
                if neighbours == .all { return true }
                let facts = try TaskFacts(TaskKey(run: run, task: task.task), step: task.step, in: folder)
                return neighbours.includes(try facts.flatMap { try place(of: $0) } ?? "")
            }
        }
    }

    /// The graph as the first task that has it recorded it.
    private func graph(of run: RunKey) throws -> RunGraph? {
        if let known = shelf.withLock({ $0.graphs[run] }) { return known }
        let parameters = try TaskFacts(TaskKey(run: run, task: .parameters), step: .parameters, in: folder)
        for facts in [parameters, try firstFacts(of: run)].compactMap({ $0 }) {
            guard let attempt = try facts.done().last?.number, let artifact = try facts.artifact("_graph_info", attempt),
                let value = try MetaflowValues(folder: folder, flow: run.flow.text).plain(artifact.sha),
                let graph = RunGraph(value)
            else { continue }
            shelf.withLock { shelf in
                if shelf.graphs.count > 100 { shelf.graphs.removeAll() }
                shelf.graphs[run] = graph
            }
            return graph
        }
        return nil
    }
}
