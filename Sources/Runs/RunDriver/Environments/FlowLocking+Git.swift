package import FlowModel
import FoundationEssentials
import Interpreters
package import Lockfiles
import PythonPackaging
package import Resolution
package import SystemPackage

/// How the locks of a flow for version control are made.
package struct FlowLockOrder: Sendable {
    /// The platforms that are named; if none, those that the lock is already for, this machine's and the remote default.
    package var platforms: [String] = []
    package var upgrade = VersionUpgrade.none
    /// The options, given those that the lock was made with.
    package var options: @Sendable (ResolutionOptions) -> ResolutionOptions

    /// Where steps run when they do not run on this machine.
    package static let remotePlatform = "linux-x86_64"

    package init(options: @escaping @Sendable (ResolutionOptions) -> ResolutionOptions) { self.options = options }
}

/// The lock of some steps of a flow, for version control.
package struct FlowLock: Sendable {
    package var name: FlowLockName
    package var steps: [StepName]
    package var lock: PyLock
    /// What was there before.
    package var earlier: PyLock?
}

/// What a check of a flow's lock found.
package struct FlowLockFinding: Sendable {
    package var name: FlowLockName
    package var steps: [StepName]
    /// Why the lock is out of date, each a sentence without a full stop; none if it is not.
    package var reasons: [String]
}

extension FlowLocking {
    /// The folder of the flow, where the locks lie.
    package var folder: FilePath { committed.folder }

    /// Where a lock lies.
    package func place(of name: FlowLockName) -> String { committed.path(name).string }

    /// The locks of all steps that ask for packages, resolved anew; nothing is written.
    package func relock(_ wishes: FlowWishes, _ order: FlowLockOrder) async throws -> [FlowLock] {
        try await closingIndexes {
            var locks: [FlowLock] = []
            for entry in wishes.entries {
                guard let name = entry.lockName else { continue }
                do {
                    let earlier = try committed.read(name)
                    let lock = try await relock(entry, earlier, order)
                    locks.append(FlowLock(name: name, steps: entry.steps, lock: lock, earlier: earlier))
                } catch {
                    throw StepEnvironmentError(entry, cause: error)
                }
            }
            return locks
        }
    }

    /// Whether the locks answer what the steps ask now. Asks no index.
    package func check(_ wishes: FlowWishes, _ order: FlowLockOrder) async throws -> [FlowLockFinding] {
        var findings: [FlowLockFinding] = []
        for entry in wishes.entries {
            guard let name = entry.lockName else { continue }
            do {
                let reasons = try await reasons(entry, name, order)
                findings.append(FlowLockFinding(name: name, steps: entry.steps, reasons: reasons))
            } catch {
                throw StepEnvironmentError(entry, cause: error)
            }
        }
        return findings
    }

    /// Locks of the flow that no step has any more, by their file names.
    package func idle(_ wishes: FlowWishes) throws -> [String] {
        let used = Set(wishes.entries.compactMap { $0.lockName?.file })
        let files = try FileManager.default.contentsOfDirectory(atPath: committed.folder.string)
        return files.filter { FlowLockName.isName($0, of: wishes.flow) && !used.contains($0) }.sorted()
    }

    private func relock(
        _ entry: FlowWishes.Entry, _ earlier: PyLock?, _ order: FlowLockOrder
    ) async throws -> PyLock {
        let interpreter = try await interpreter(of: entry)
        if let conda = entry.wish.conda {
            let platforms = try targets(entry, earlier, order, interpreter, withMachine: true).map(\.platformName)
            return try await resolve(
                entry.wish, conda, preferring: earlier, but: order.upgrade, for: platforms, on: interpreter,
                options: order.options(ResolutionOptions(asIn: earlier?.origin)), assumesAsBefore: order.platforms.isEmpty)
        }
        let request = ResolutionRequest(
            entry.wish.requirements, preferences: order.upgrade.preferences(from: earlier))
        let targets = try targets(entry, earlier, order, interpreter, withMachine: true)
        let options = order.options(ResolutionOptions(asIn: earlier?.origin))
        return try await resolve(request, for: targets, on: interpreter, options: options)
    }

    private func reasons(
        _ entry: FlowWishes.Entry, _ name: FlowLockName, _ order: FlowLockOrder
    ) async throws -> [String] {
        guard let lock = try committed.read(name) else { return ["there is no such file"] }
        let interpreter = try await interpreter(of: entry)
        if let conda = entry.wish.conda {
            let platforms = try targets(entry, lock, order, interpreter, withMachine: false).map(\.platformName)
            return try committed(entry, conda, for: platforms, interpreter: interpreter)?.differences.map(\.words) ?? []
        }
        var context = LockContext()
        context.folder = committed.folder.string
        context.options = order.options(ResolutionOptions(asIn: lock.origin))
        let targets = try targets(entry, lock, order, interpreter, withMachine: false)
        let wanted = LockOrigin(ResolutionRequest(entry.wish.requirements), for: targets, in: context)
        return lock.differences(from: wanted).map(\.words)
    }

    /// What a lock has to be for. Names stand for targets, so that every machine makes the same lock.
    private func targets(
        _ entry: FlowWishes.Entry, _ earlier: PyLock?, _ order: FlowLockOrder, _ interpreter: Interpreter,
        withMachine: Bool
    ) throws -> [PythonTarget] {
        let locked = earlier?.origin?.targets ?? []
        var platforms = order.platforms
        if platforms.isEmpty {
            platforms = locked.map(\.platform) + [FlowLockOrder.remotePlatform]
            if withMachine || locked.isEmpty { platforms.append(interpreter.target.platformName) }
        }
        let wanted = try platforms.map { platform throws in
            try PythonTarget(platform: platform, python: interpreter.target.pythonName)
        }
        return try LockTarget.fewest(wanted.map { LockTarget($0) }, keeping: locked).map { target throws in
            try PythonTarget(platform: target.platform, python: target.python)
        }
    }
}
