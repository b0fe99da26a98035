import CodePackage
import FlowModel
import Ledger

/// What is different between two runs.
struct RunComparison {
    /// A value that one run has otherwise than the other, in words; absent where it has none.
    struct ValueChange: Encodable, Hashable {
        var step: String?
        var name: String
        var before: String?
        var after: String?
    }

    /// An artifact of a step that differs in some of its tasks.
    struct ArtifactChange: Encodable, Hashable {
        var step: String
        var name: String
        /// Tasks that both runs have.
        var tasks: Int
        /// Of these, in how many it has another digest, and in how many only one run has it.
        var different: Int
        var onlyBefore: Int
        var onlyAfter: Int
        /// In words, when it is one value that changed.
        var before: String?
        var after: String?
    }

    struct StepTime: Encodable, Hashable {
        var step: String
        var tasksBefore: Int?
        var tasksAfter: Int?
        /// Seconds.
        var before: Double?
        var after: Double?
    }

    struct StepEnvironments {
        var step: String
        /// `nil` when only one of the runs has an environment for the step.
        var comparison: EnvironmentComparison?
        /// Which run has one.
        var onlyBefore = false
    }

    let first: ComparedRun
    let second: ComparedRun
    /// `nil` when a run keeps no code.
    let code: PackageDifference?
    let environments: [StepEnvironments]
    let parameters: [ValueChange]
    let configuration: [ValueChange]
    let variables: [ValueChange]
    let artifacts: [ArtifactChange]
    let times: [StepTime]

    init(_ first: ComparedRun, _ second: ComparedRun) throws {
        self.first = first
        self.second = second
        code = if let old = first.code, let new = second.code {
            PackageDifference(from: old.listing, to: new.listing)
        } else {
            nil
        }
        let steps = Self.steps(first, second)
        environments = try steps.compactMap { step in
            let sides = (try first.environment(of: step), try second.environment(of: step))
            switch sides {
            case (nil, nil): return nil
            case (let old?, let new?): return StepEnvironments(step: step.text, comparison: EnvironmentComparison(old, new))
            default: return StepEnvironments(step: step.text, onlyBefore: sides.0 != nil)
            }
        }
        parameters = Self.changes(try first.parameters(), try second.parameters())
        configuration = Self.changes(first.configuration(), second.configuration())
        variables = try steps.flatMap { step in
            Self.changes(try first.variables(of: step), try second.variables(of: step), step: step)
        }
        artifacts = try steps.filter { $0 != .parameters }.flatMap { try Self.artifacts(of: $0, first, second) }
        times = steps.filter { $0 != .parameters }.map { Self.time(of: $0, first, second) }
    }

    /// Whether everything but the time is the same, as far as it is known.
    var isSame: Bool {
        (code?.isEmpty ?? true) && environments.allSatisfy { $0.comparison?.isSame ?? false } && parameters.isEmpty
            && configuration.isEmpty && variables.isEmpty && artifacts.isEmpty
    }

    /// In the order of the first run; those that only the second has, behind.
    private static func steps(_ first: ComparedRun, _ second: ComparedRun) -> [StepName] {
        var steps = first.steps.map(\.step)
        for step in second.steps.map(\.step) where !steps.contains(step) { steps.append(step) }
        return steps
    }

    private static func changes(
        _ before: [String: String], _ after: [String: String], step: StepName? = nil
    ) -> [ValueChange] {
        Set(before.keys).union(after.keys).sorted().compactMap { name in
            before[name] == after[name]
                ? nil : ValueChange(step: step?.text, name: name, before: before[name], after: after[name])
        }
    }

    private static func artifacts(
        of step: StepName, _ first: ComparedRun, _ second: ComparedRun
    ) throws -> [ArtifactChange] {
        let (old, new) = (try first.artifacts(of: step), try second.artifacts(of: step))
        var changes: [String: ArtifactChange] = [:]
        let shared = old.keys.filter { new[$0] != nil }
        for (place, artifacts) in old {
            guard let others = new[place] else { continue }
            for name in Set(artifacts.keys).union(others.keys) where artifacts[name]?.digest != others[name]?.digest {
                var change = changes[name]
                    ?? ArtifactChange(step: step.text, name: name, tasks: shared.count, different: 0, onlyBefore: 0, onlyAfter: 0)
                switch (artifacts[name], others[name]) {
                case (let before?, let after?):
                    change.different += 1
                    // One example is worth more than none, when it is the only one.
                    change.before = change.different == 1 ? first.words(before) : nil
                    change.after = change.different == 1 ? second.words(after) : nil
                case (_?, nil): change.onlyBefore += 1
                default: change.onlyAfter += 1
                }
                changes[name] = change
            }
        }
        return changes.values.sorted { $0.name < $1.name }
    }

    private static func time(of step: StepName, _ first: ComparedRun, _ second: ComparedRun) -> StepTime {
        let counts = [first, second].map { side in side.steps.first { $0.step == step }.map { ($0, side.run) } }
        let seconds = counts.map { $0.flatMap { StepSummary($0.0, of: $0.1).time?.seconds } }
        return StepTime(
            step: step.text, tasksBefore: counts[0]?.0.tasks, tasksAfter: counts[1]?.0.tasks, before: seconds[0], after: seconds[1])
    }
}
