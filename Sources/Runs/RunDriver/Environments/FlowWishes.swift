package import FlowModel
package import Resolution

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

    /// The uv project that some of them are of.
    package let project: UVProject?

    /// - Parameters:
    ///   - names: the environments that steps may name.
    ///   - folder: that of the flow file, where relative paths begin, and from where upwards a uv project is looked for.
    ///   - steps: those with an environment of their own, in the order of the graph.
    /// - Throws: `StepEnvironmentError` for what a step asks for and cannot be read, `UVProjectError` where the lock of the uv
    ///   project is missing or out of date.
    package init(
        flow: FlowName, in folder: String, steps: [(name: StepName, asked: EnvironmentRequirements)], names: NamedLocks
    ) throws {
        self.flow = flow
        let needsProject = steps.contains { if case .project = $0.asked { true } else { false } }
        let project = needsProject ? try UVProject(foundFrom: folder) : nil
        try project?.checkLock()
        self.project = project
        var places: [EnvironmentWish: Int] = [:]
        for step in steps {
            let wish: EnvironmentWish
            do {
                wish = try Self.wish(step.asked, of: step.name, below: folder, in: project, names)
            } catch {
                let place = step.asked.place
                throw StepEnvironmentError(steps: [step.name], file: place.file, line: place.line, cause: error)
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

    /// Whether the packages that steps ask for by `@pypi` and `@conda` are written as such, the Python included.
    ///
    /// - Parameter folder: where relative paths begin.
    /// - Throws: `StepEnvironmentError`
    package static func checkPackages(
        _ steps: [(name: StepName, asked: EnvironmentRequirements)], below folder: String
    ) throws {
        for step in steps {
            guard case .packages(let packages) = step.asked else { continue }
            do {
                _ = try EnvironmentWish(packages, of: step.name, below: folder)
            } catch {
                let place = step.asked.place
                throw StepEnvironmentError(steps: [step.name], file: place.file, line: place.line, cause: error)
            }
        }
    }

    private static func wish(
        _ asked: EnvironmentRequirements, of step: StepName, below folder: String, in project: UVProject?,
        _ names: NamedLocks
    ) throws -> EnvironmentWish {
        switch asked {
        case .packages(let packages): return try EnvironmentWish(packages, of: step, below: folder)
        case .named(let asked): return try EnvironmentWish(asked, in: names)
        case .project(let choice):
            return try EnvironmentWish(choice, in: try project ?? UVProject(foundFrom: folder))
        }
    }

    package var isEmpty: Bool { entries.isEmpty }

    /// After the flow if all share one lock, otherwise after the first step that has it.
    private mutating func nameLocks() {
        // A uv project has its own lock in Git.
        let places = entries.indices.filter { entries[$0].wish.isLocked }
        for place in places {
            entries[place].lockName = FlowLockName(flow: flow, step: places.count == 1 ? nil : entries[place].steps.first)
        }
    }
}

extension EnvironmentRequirements {
    /// Where the first thing is asked for.
    fileprivate var place: (file: String?, line: Int?) {
        switch self {
        case .packages(let asked): asked.firstPlace
        case .project(let asked): (asked.file, asked.line)
        case .named(let asked): (asked.file, asked.line)
        }
    }
}

extension PackageRequirements {
    fileprivate var firstPlace: (file: String?, line: Int?) {
        let first = packages.first ?? conda?.packages.first ?? pythonRequest
        return (first?.file, first?.line)
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
