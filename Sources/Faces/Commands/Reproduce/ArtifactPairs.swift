import Digests
import FlowModel
import Ledger
import WorkerProtocol

/// What became of an artifact.
enum ArtifactResult: Hashable {
    /// Byte by byte.
    case identical
    /// The values are equal, their bytes are not.
    case equal(how: String)
    case different(how: String, largest: Double?, nature: String?)
    /// It could not be compared.
    case unreadable(how: String)
    case onlyRecorded
    case onlyRepeated

    /// The name that a person and a program get to see.
    var name: String {
        switch self {
        case .identical: "identical"
        case .equal: "equal"
        case .different: "different"
        case .unreadable: "not comparable"
        case .onlyRecorded: "missing"
        case .onlyRepeated: "new"
        }
    }

    var how: String? {
        switch self {
        case .identical: nil
        case .equal(let how), .different(let how, _, _), .unreadable(let how): how
        case .onlyRecorded: "only the recorded run has it"
        case .onlyRepeated: "only the new run has it"
        }
    }

    /// Whether it is known to differ.
    var differs: Bool {
        switch self {
        case .identical, .equal, .unreadable: false
        case .different, .onlyRecorded, .onlyRepeated: true
        }
    }

    /// The worse, the higher.
    var weight: Int {
        switch self {
        case .identical: 0
        case .equal: 1
        case .unreadable: 2
        case .different, .onlyRecorded, .onlyRepeated: 3
        }
    }

    init(_ compared: ComparedValues) {
        switch compared.result {
        case .equal: self = .equal(how: compared.how)
        case .different: self = .different(how: compared.how, largest: compared.largest, nature: compared.nature)
        case .unreadable: self = .unreadable(how: compared.how)
        }
    }
}

/// Two digests under which an artifact is stored in the two runs; equal ones never come here.
struct DigestPair: Hashable {
    let recorded: SHA256Digest?
    let repeated: SHA256Digest?
}

/// An artifact that a task stored in one of the runs or in both.
struct ArtifactPair {
    let name: String
    /// Of the pair of tasks.
    let task: Int
    let recorded: ArtifactRecord?
    let repeated: ArtifactRecord?

    var digests: DigestPair { DigestPair(recorded: recorded?.digest, repeated: repeated?.digest) }
    var isIdentical: Bool { recorded != nil && recorded?.digest == repeated?.digest }
}

/// The artifacts of all tasks of two runs.
struct ArtifactPairs {
    /// What tasks stored themselves, in the order of the tasks and by name.
    private(set) var own: [ArtifactPair] = []
    /// What a task can hand on and is not the same byte by byte, by the number of its pair.
    private(set) var differing: [Int: [String: DigestPair]] = [:]

    /// What the engine notes with each task: where it stands and how it ended, which is looked at elsewhere.
    private static let engineNames: Set = [
        "_task_ok", "_success", "_transition", "_foreach_stack", "_foreach_var", "_foreach_num_splits", "_foreach_values",
        "_iteration_stack", "_unbounded_foreach", "_control_mapper_tasks", "_control_task_is_mapper_zero", "_parallel_ubf_iter",
        "_current_step", "_graph_info", "_configs_processed", "_exception", "_catch_exception",
    ]

    init(_ pairs: TaskPairs, _ recorded: RunKey, _ repeated: RunKey, in ledger: RunLedger) throws {
        for (number, pair) in pairs.all.enumerated() where !pair.isTakenOver && pair.step != .parameters {
            // A task that did not run in one of them is told as such.
            guard let old = pair.recorded, let new = pair.repeated else { continue }
            let left = try Self.artifacts(of: old, in: recorded, ledger)
            let right = try Self.artifacts(of: new, in: repeated, ledger)
            for name in Set(left.keys).union(right.keys).sorted() where !Self.engineNames.contains(name) {
                let found = ArtifactPair(name: name, task: number, recorded: left[name], repeated: right[name])
                // The name of the flow, unless a step has put something else there.
                if name == "name", found.isIdentical { continue }
                if !found.isIdentical { differing[number, default: [:]][name] = found.digests }
                if left[name]?.isOwn == true || right[name]?.isOwn == true { own.append(found) }
            }
        }
    }

    private static func artifacts(
        of task: TaskRecord, in run: RunKey, _ ledger: RunLedger
    ) throws -> [String: ArtifactRecord] {
        guard let attempt = task.doneAttempt ?? task.attempt else { return [:] }
        let records = try ledger.artifacts(of: AttemptKey(task: task.task, attempt: attempt), in: run)
        return Dictionary(records.filter { $0.isOwn || InheritedArtifacts.include($0.name) }.map { ($0.name, $0) }) { first, _ in
            first
        }
    }
}
