package import FlowModel

/// The environments that the steps of a flow ask for, each once, with the names of their locks.
package struct FlowWishes: Sendable {
    struct Entry: Sendable {
        /// In the order of the graph.
        var steps: [StepName]
        var wish: EnvironmentWish
        /// What the lock is called in Git; nothing for an environment without packages, which needs none.
        var lockName: FlowLockName?
    }

    let flow: FlowName
    private(set) var entries: [Entry] = []

    /// - Parameters:
    ///   - folder: that of the flow file, where relative paths begin.
    ///   - steps: those with an environment of their own, in the order of the graph.
    /// - Throws: `StepEnvironmentError` for what a step asks for and cannot be read.
    package init(
        flow: FlowName, in folder: String, steps: [(name: StepName, asked: PyPIRequirements)]
    ) throws {
        self.flow = flow
        var places: [EnvironmentWish: Int] = [:]
        for step in steps {
            let wish: EnvironmentWish
            do {
                wish = try EnvironmentWish(step.asked, of: step.name, below: folder)
            } catch {
                let first = step.asked.packages.first
                throw StepEnvironmentError(steps: [step.name], file: first?.file, line: first?.line, cause: error)
            }
            if let place = places[wish] {
                entries[place].steps.append(step.name)
                entries[place].wish.add(wish)
            } else {
                places[wish] = entries.count
                entries.append(Entry(steps: [step.name], wish: wish))
            }
        }
        nameLocks()
    }

    package var isEmpty: Bool { entries.isEmpty }

    /// After the flow if all share one lock, otherwise after the first step that has it.
    private mutating func nameLocks() {
        let places = entries.indices.filter { !entries[$0].wish.isEmpty }
        for place in places {
            entries[place].lockName = FlowLockName(flow: flow, step: places.count == 1 ? nil : entries[place].steps.first)
        }
    }
}

/// The name of a lock beside its flow: `pylock.TrainFlow.toml`, `pylock.TrainFlow-train.toml` (PEP 751 allows one word
/// without dots between `pylock.` and `.toml`).
package struct FlowLockName: Hashable, Sendable {
    package let file: String

    init(flow: FlowName, step: StepName?) {
        file = "pylock.\(flow)\(step.map { "-\($0)" } ?? "").toml"
    }

    /// Whether a file has the name of a lock of this flow.
    package static func isName(_ file: String, of flow: FlowName) -> Bool {
        file == "pylock.\(flow).toml" || file.hasPrefix("pylock.\(flow)-") && file.hasSuffix(".toml")
    }
}
