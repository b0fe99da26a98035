import Datastore
import Digests
import Executors
import FlowModel
import Ledger
import Nodes
import PackageSources
import RunDriver
import SystemPackage
import WorkerProtocol

/// Which worker host each step of a flow runs in, and how those hosts are started.
struct StepEnvironments {
    /// Steps that do not run in the person's own interpreter.
    private(set) var hosts: [StepName: HostKey] = [:]
    private(set) var commandLines: [HostKey: HostCommandLine] = [:]
    /// What is noted with the tasks of each of those steps.
    private(set) var metadata: [StepName: [MetadataEntry]] = [:]
    /// What the run has to record of them.
    private(set) var snapshot: [SnapshotEntry] = []
    /// What goes into the code package.
    private(set) var packed = PackedEnvironments()
    /// Keep the environments from being removed as long as these exist.
    private(set) var holds: [CacheLock] = []
    private var guesses: [StepName: EnvironmentGuesses.Guess] = [:]
    /// What a node needs to make each of them again.
    private var orders: [StepName: (environment: GroupOrder.Environment, packages: [SnapshotEntry])] = [:]

    /// Makes the environments that are missing, and tells about it on standard error.
    ///
    /// - Parameters:
    ///   - seed: of the run.
    ///   - only: the one step that runs, where not all do.
    ///   - isLocked: whether nothing may be resolved.
    ///   - verifies: whether to compare the environments with what was installed.
    ///   - datastore: where packages are besides the indexes, and where they are put.
    ///   - earlier: locks of a run that is taken over, for what its steps still ask for.
    init(
        of wishes: FlowWishes, in session: FlowSession, seed: RunSeed, only step: StepName? = nil, isLocked: Bool = false,
        verifies: Bool = false, datastore: PackageDatastore? = nil, earlier: EarlierLocks? = nil
    ) throws {
        let hello = try session.hello()
        commandLines[.launching] = Self.launching(hello, session)
        guard !wishes.isEmpty else { return }
        let progress = ProgressRenderer(session.error)
        defer { progress.finish() }
        packed.project = wishes.project
        var locking = try FlowLocking(of: session, progress: progress.sink)
        if let earlier { locking.earlierLock = { name in earlier.text(name) } }
        let packages = try datastore?.opened(in: session, cache: locking.cache, progress: progress.sink)
        let environments = FlowEnvironments(
            locking, isLocked: isLocked, verifies: verifies,
            compilesBytecode: OptionChoices(settings: session.settings).isOn("COMPILE_BYTECODE"),
            supply: packages?.supply, keeper: packages?.keeper)
        let prepared = try waitingUnlessInterrupted(for: { try await environments.prepare(wishes, only: step) })
        for (step, environment) in prepared { take(environment, for: step, hello, session, seed) }
        // Steps that share an environment, and environments that share packages.
        var seen: Set<SnapshotEntry> = []
        snapshot = snapshot.filter { seen.insert($0).inserted }
    }

    /// Of environments that are there, by step.
    init(_ made: [StepName: StepEnvironment], in session: FlowSession, seed: RunSeed) throws {
        let hello = try session.hello()
        commandLines[.launching] = Self.launching(hello, session)
        for (step, environment) in made { take(environment, for: step, hello, session, seed) }
        // The code lies in a folder that goes when the run is over.
        for key in commandLines.keys { commandLines[key]?.environment["PYTHONDONTWRITEBYTECODE"] = "1" }
    }

    /// Leaves a step without a host: it was never reached when its environment would have been made.
    mutating func leaveWithout(_ step: StepName) { hosts[step] = HostKey("the environment of step '\(step)', which was not recorded") }

    private static func launching(_ hello: HostHello, _ session: FlowSession) -> HostCommandLine {
        HostCommandLine(
            python: hello.python.executable, entry: hello.sdk.entry, flowFile: hello.flow.file,
            arguments: session.invocation.arguments, environment: session.settings.process)
    }

    /// What goes into the code package alone, resolved where it is missing; no environment is built.
    static func packed(of graph: FlowGraph, in session: FlowSession) throws -> PackedEnvironments {
        let wishes = try FlowWishes(of: graph, in: session)
        guard !wishes.isEmpty else { return PackedEnvironments() }
        let progress = ProgressRenderer(session.error)
        defer { progress.finish() }
        let environments = FlowEnvironments(try FlowLocking(of: session, progress: progress.sink))
        return try waitingUnlessInterrupted(for: { try await environments.packed(wishes) })
    }

    private mutating func take(
        _ made: StepEnvironment, for step: StepName, _ hello: HostHello, _ session: FlowSession, _ seed: RunSeed
    ) {
        let key = HostKey(made.digest.hex)
        hosts[step] = key
        metadata[step] = EnvironmentRecord(made).metadata
        commandLines[key] = Self.commandLine(python: made.python, in: made.root, hello, session, seed: seed)
        guesses[step] = EnvironmentGuesses.Guess(made)
        packed.add(made.lock, as: made.lockFile, wheels: made.wheels)
        snapshot += made.snapshot
        let environment = GroupOrder.Environment(kind: made.kind.rawValue, python: made.pythonVersion, lock: made.lockFile)
        orders[step] = (environment, made.snapshot)
        if let hold = made.hold { holds.append(hold) }
    }

    /// How the host of an environment is started.
    static func commandLine(
        python: FilePath, in root: FilePath, _ hello: HostHello, _ session: FlowSession, seed: RunSeed
    ) -> HostCommandLine {
        var variables = IsolatedVariables(session.settings.process, in: root).values
        // Sets of texts come in the same order wherever the run is reproduced.
        variables["PYTHONHASHSEED"] = "\(seed.hashSeed)"
        return HostCommandLine(
            python: python.string, entry: hello.sdk.entry, flowFile: hello.flow.file,
            arguments: session.invocation.arguments, environment: variables)
    }

    /// The environment of a step as a node makes it again, and what it is made of; nothing for a step without one.
    func order(of step: StepName) -> (environment: GroupOrder.Environment, packages: [SnapshotEntry])? { orders[step] }

    /// What the request of a step has led to, for the next time.
    func guess(of step: StepName) -> EnvironmentGuesses.Guess? { guesses[step] }
}
