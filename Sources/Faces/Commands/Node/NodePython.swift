import Datastore
import Diagnostics
import Digests
import FlowModel
import FoundationEssentials
import Glibc
import Interpreters
import Nodes
import PackageSources
import PythonPackaging
import RunDriver
import SystemPackage

/// The Python of a step on a node.
struct NodePython: Sendable {
    let python: FilePath
    /// The folder of its environment; nothing for a Python of the node.
    var root: FilePath?
    /// Keeps the environment from being removed.
    var hold: CacheLock?

    private init(python: FilePath, root: FilePath?) {
        self.python = python
        self.root = root
    }
}

// MARK: Environments

extension NodePython {
    /// Makes the environment of a step from its lock, in the node's cache, out of what the datastore has. One that was made before
    /// costs a look at a note.
    init(
        of wanted: GroupOrder.Environment, _ job: NodeJob, _ code: NodeCode, cache: NodeCache,
        environment: [String: String], warn: @escaping @Sendable (String) -> Void
    ) async throws {
        let note = Self.note(of: wanted, job, cache)
        if let noted = Self.noted(note) {
            self = noted
            return
        }
        let made = try await Self.make(wanted, job, code, cache, environment, warn)
        self.init(python: made.python, root: made.root)
        hold = made.hold
        // Without the note it is only looked for again.
        try? cache.packages.publish(Array("\(python)\n\(made.root)\n".utf8), to: note)
    }

    private static func make(
        _ wanted: GroupOrder.Environment, _ job: NodeJob, _ code: NodeCode, _ cache: NodeCache, _ environment: [String: String],
        _ warn: @escaping @Sendable (String) -> Void
    ) async throws -> StepEnvironment {
        let file = code.locks.appending(wanted.lock)
        guard let data = FileManager.default.contents(atPath: file.string) else {
            throw ReproduceError.noLock(step: job.group.step, file: wanted.lock)
        }
        var variables = environment
        variables["PENSTOCK_CACHE_DIR"] = cache.packages.root.string
        variables["PENSTOCK_PYTHON_FETCH"] = "never"
        var indexes = IndexOptions()
        indexes.isOffline = true
        let progress: ProgressSink = { if case .warning(let text) = $0 { warn(text) } }
        // Any Python of the node, if there is one: it says what machine this is.
        let finder = InterpreterFinder(environment: variables, cache: cache.packages, isOffline: true).onThisMachine
        let any = try? await finder.findHere().executable
        let locking = try FlowLocking(
            environment: variables, launching: any ?? "/usr/bin/python3", flowFile: try code.script(job.group.script), script: job.group.script, store: cache.root, indexes: indexes, progress: progress)
        let packages = try OrderedPackages(
            job.group.packages, in: job.remote, environment: variables, cache: cache.packages)
        let remade = RecordedEnvironments(locking, folder: code.locks, supply: ArchiveSupply(packages, isFirst: true))
        let one = RecordedEnvironments.Wanted(
            steps: [job.group.step], kind: StepEnvironment.Kind(rawValue: wanted.kind) ?? .pypi, python: wanted.python,
            lock: String(decoding: data, as: UTF8.self), file: wanted.lock)
        guard let made = try await remade.prepare([one])[job.group.step] else {
            throw ReproduceError.noLock(step: job.group.step, file: wanted.lock)
        }
        return made
    }

    /// Where the Python of the environment of a lock is noted.
    private static func note(of wanted: GroupOrder.Environment, _ job: NodeJob, _ cache: NodeCache) -> FilePath {
        let facts = ["penstock node environment 1", job.group.code.digest.hex, wanted.kind, wanted.python, wanted.lock]
        return cache.root.appending("pythons").appending(SHA256Digest(hashing: facts.joined(separator: "\n")).hex)
    }

    private static func noted(_ note: FilePath) -> NodePython? {
        guard let data = FileManager.default.contents(atPath: note.string) else { return nil }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
        guard lines.count == 2, access(lines[0], X_OK) == 0 else { return nil }
        return NodePython(python: FilePath(lines[0]), root: FilePath(lines[1]))
    }
}

// MARK: Pythons of the node

extension NodePython {
    /// The Python for a step without an environment: the one that is named, else one of the series that launched the run, else
    /// any.
    init(
        onNode group: GroupOrder, cache: NodeCache, environment: [String: String], warn: (String) -> Void
    ) async throws {
        if let named = group.executable {
            guard let python = Self.program(named, environment) else {
                throw NodeFault.noPython(wanted: named, reason: "there is no such program")
            }
            self.init(python: python, root: nil)
            return
        }
        let finder = InterpreterFinder(environment: environment, cache: cache.packages, isOffline: true).onThisMachine
        let series = Self.series(group.launchingPython)
        if let found = await Self.nearest(series, finder, environment) {
            self.init(python: found.executable, root: nil)
            return
        }
        do throws(InterpreterError) {
            let found = try await finder.findHere()
            warn("this node has no Python \(series), in which the run was started; the task runs in Python \(found.version)")
            self.init(python: found.executable, root: nil)
        } catch {
            throw NodeFault.noPython(wanted: "Python \(series)", reason: FailureText(error).headline)
        }
    }

    /// One of a series: those by whose names one would call it first, since asking all Pythons of a machine for their versions takes
    /// seconds where nobody has asked before.
    private static func nearest(_ series: String, _ finder: InterpreterFinder, _ environment: [String: String]) async -> Interpreter? {
        for name in ["python\(series)", "python3", "python"] {
            guard let path = program(name, environment), let request = try? InterpreterRequest(parsing: path.string),
                let found = try? await finder.findHere(request), Self.series(found.version.description) == series
            else { continue }
            return found
        }
        guard let request = try? InterpreterRequest(parsing: series) else { return nil }
        return try? await finder.findHere(request)
    }

    /// `3.11` of `3.11.7`
    private static func series(_ version: String) -> String { version.split(separator: ".").prefix(2).joined(separator: ".") }

    /// A path, or the first of that name on the search path.
    private static func program(_ named: String, _ environment: [String: String]) -> FilePath? {
        if named.contains("/") { return access(named, X_OK) == 0 ? FilePath(named) : nil }
        return (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").lazy
            .map { FilePath(String($0)).appending(named) }.first { access($0.string, X_OK) == 0 }
    }
}
