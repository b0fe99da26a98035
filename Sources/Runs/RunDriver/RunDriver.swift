// RunDriver: makes a run happen.
//
// `RunDriver` holds a run's scheduler, which decides (a pure value), and performs what it decides: it asks the worker pool for
// processes, answers their requests, puts artifacts into the store, writes the ledger, and tells a `RunObserver`. All of that
// happens on the thread that calls `run()`. `FlowEnvironments` makes the environments of the steps before a run begins.

package import Datastore
package import Digests
import DequeModule
import Diagnostics
package import Executors
import FlowModel
import Glibc
package import Ledger
import Scheduler
import WorkerProtocol

/// One run, from its first record to its last.
package final class RunDriver {
    let plan: RunPlan
    let loop: EventLoop
    let pool: WorkerPool
    let ledger: RunLedger
    let store: BlobStore
    let log: RunLogWriter
    let observer: any RunObserver
    let batch: LedgerBatch
    /// The attempts that are on clusters; absent when no step is.
    let clusters: ClusterAttempts?
    /// The code package as it is stored here; nothing while it is being made.
    private(set) var packagedCode: Result<StoredBlob, any Error>?
    /// The flow file, from the root of the code package.
    private(set) var packagedScript = ""
    /// Stores large artifacts, off the loop's thread.
    let storing = StoringQueue()

    var scheduler: RunScheduler
    var directory: ArtifactDirectory
    var running: [AttemptName: RunningAttempt] = [:]
    /// The attempt that succeeded, for tasks that needed more than one.
    var successfulAttempts: [TaskID: AttemptNumber] = [:]
    var finishedCount = 0
    var failedAttempts: [AttemptName] = []
    /// Finds tasks of the run that this one resumes.
    var clones: CloneSource?
    var cloneCount = 0
    /// The tasks of the run that this one reproduces.
    var twins: RecordedTwins?
    /// Whether the hosts live on when the run is over, for whoever called `run()` to end.
    package var keepsHosts = false
    /// Artifacts of the run that a spun task comes from.
    var originDirectory: ArtifactDirectory?
    var outOfMemory = OutOfMemoryWatch()
    private var stepTimes = StepTimes()
    private var latestSteps: [StepCount] = []
    private var stepsCounted = ContinuousClock.now - .seconds(1)
    private var events: Deque<SchedulerEvent> = []
    private var isHandling = false
    private var outcome: RunOutcome?
    private var interruption: Interruption?
    private var fault: (any Error)?

    /// - Parameters:
    ///   - pool: knows the host that holds the flow and how others are started. Its delegate becomes the driver.
    ///   - log: of this run, and the sign that its engine lives.
    package init(
        _ plan: RunPlan, loop: EventLoop, pool: WorkerPool, ledger: RunLedger, store: BlobStore, log: RunLogWriter,
        observer: any RunObserver
    ) {
        self.plan = plan
        self.loop = loop
        self.pool = pool
        self.ledger = ledger
        self.store = store
        self.log = log
        self.observer = observer
        batch = LedgerBatch(ledger: ledger, run: plan.key, loop: loop)
        scheduler = RunScheduler(graph: plan.graph, options: plan.scheduling)
        directory = ArtifactDirectory(ledger: ledger, run: plan.key)
        clones = plan.origin.map { CloneSource($0, ledger: ledger) }
        twins = plan.origin.flatMap { $0.isReproduced ? RecordedTwins(of: $0.key, in: ledger) : nil }
        originDirectory = plan.spin.map { ArtifactDirectory(ledger: ledger, run: $0.origin) }
        clusters = plan.cluster.map { ClusterAttempts(run: plan.key, username: plan.username, work: $0, loop: loop) }
        pool.delegate = self
        clusters?.delegate = self
        batch.onFailure = { [unowned self] in self.stop(on: $0) }
    }

    /// Runs the flow and returns how that ended.
    ///
    /// - Throws: what keeps the engine from recording the run: a full disk, a damaged ledger.
    package func run() throws -> RunEnding {
        if plan.attachment == nil { recordBeginning() }
        observer.runStarts(plan.key.run)
        let signals = try SignalPipe([SIGINT, SIGTERM, SIGHUP], loop: loop) { [unowned self] in self.interrupt($0) }
        loop.onIdle = { [unowned self] in self.observer.settle(self.status()) }
        if fault == nil {
            try begin()
            // Other interpreters load the flow while the first steps run.
            let here = plan.hosts.filter { plan.cluster?.steps[$0.key] == nil }
            for host in Set(here.values) { pool.prepare(host) }
            if outcome == nil, fault == nil { loop.run() }
        }
        loop.onIdle = nil
        let ending = try conclude()
        withExtendedLifetime(signals) {}
        return ending
    }

    private func recordBeginning() {
        batch.add(
            .runBegan(
                RunBeginning(
                    at: .now(), username: plan.username, userTags: plan.userTags, systemTags: plan.systemTags,
                    originRun: plan.origin?.key.run, metadata: plan.metadata, kind: plan.kind,
                    configuration: plan.configurationRecord)))
        if !plan.snapshot.isEmpty { batch.add(.snapshot(plan.snapshot)) }
        batch.flush()
    }

    private func begin() throws {
        if let attachment = plan.attachment {
            try attach(attachment)
        } else if let spin = plan.spin {
            launch(spin)
        } else if let origin = plan.origin {
            observer.note(
                origin.isReproduced
                    ? "Reproducing run \(origin.key.run)."
                    : "Resuming run \(origin.key.run): what it has finished is taken over.")
            cloneParameters(of: origin)
        } else {
            launchParameters()
        }
    }

    /// Makes the run's code package while its first tasks run. That it cannot be made is told, and the run goes on.
    package func makePackage(_ make: @escaping @Sendable () throws -> PackagedCode) {
        let remote = loop.remote
        let driver = LoopBound(self)
        storing.async { [store] in
            let made = Result { () throws -> (StoredBlob, PackagedCode) in
                let code = try make()
                // One that an earlier run had is there already, and need not be read.
                if let known = store.blob(of: code.digest) { return (known, code) }
                return (try store.put(code.archive()), code)
            }
            remote.post { driver.value.packaged(made) }
        }
    }

    /// The run has its code package already.
    package func takePackage(_ code: CodePackageRecord) throws {
        guard let blob = store.blob(of: code.digest) else { throw WorkerFault.unknownBlob(code.digest) }
        packagedScript = code.script
        packagedCode = .success(blob)
    }

    private func packaged(_ made: Result<(StoredBlob, PackagedCode), any Error>) {
        switch made {
        case .success(let (blob, code)):
            if let warning = code.warning { observer.note(warning) }
            batch.add(
                .blobs([blob]),
                .codePackage(CodePackageRecord(digest: blob.digest, script: code.script, metadata: code.metadata)))
            packagedScript = code.script
            packagedCode = .success(blob)
        case .failure(let error):
            observer.note("The code package could not be made: \(DiagnosticText(error).sentence)")
            packagedCode = .failure(error)
        }
        clusters?.codeIsSettled()
    }

    private func status() -> RunStatus {
        var status = RunStatus()
        status.running = running.count
        status.finished = finishedCount
        let now = ContinuousClock.now
        // Counting costs more than a turn of the loop, and nobody can look that often.
        if now - stepsCounted > .milliseconds(50) {
            stepsCounted = now
            latestSteps = stepTimes.counts(scheduler.stepCounts)
            // To the scheduler what is submitted runs; a person wants to know what a cluster has started.
            for (step, count) in clusters?.queued ?? [:] {
                guard let place = latestSteps.firstIndex(where: { $0.step == step }) else { continue }
                let queued = min(count, latestSteps[place].running)
                latestSteps[place].running -= queued
                latestSteps[place].waiting += queued
            }
        }
        status.steps = latestSteps
        return status
    }

    /// Ends the run since the engine itself cannot go on.
    func stop(on error: any Error) {
        guard fault == nil else { return }
        fault = error
        loop.stop()
    }

    private func conclude() throws -> RunEnding {
        let ending = self.ending
        let runsHooks = fault == nil && interruption == nil && !plan.graph.hooks(after: ending).isEmpty
        if !runsHooks, !keepsHosts { pool.shutDown() }
        clusters?.cancelLastDismissed()
        storing.waitUntilIdle()
        loop.runPosted()
        var end = RunEnd(at: .now(), succeeded: ending == .succeeded)
        if case .succeeded(let key) = outcome { end.endTask = key.task }
        batch.add(.runEnded(end))
        batch.flush()
        if let origin = plan.origin, !origin.isReproduced || cloneCount > 0 {
            observer.note("\(cloneCount) \(cloneCount == 1 ? "task was" : "tasks were") taken over from run \(origin.key.run).")
        }
        if runsHooks {
            callHooks(after: ending)
            if !keepsHosts { pool.shutDown() }
        }
        // Tidiness for the next reader; the run is recorded without it.
        try? ledger.settle()
        observer.runEnds(ending)
        if let fault { throw fault }
        return ending
    }

    private var ending: RunEnding {
        if let interruption { return .stopped(signal: interruption.signal) }
        if case .succeeded = outcome, fault == nil { return .succeeded }
        return .failed(failedAttempts)
    }

    // MARK: The scheduler

    /// Tells the scheduler what happened and does what it says. What an effect brings about at once, as a task that is
    /// taken over from another run, waits until all effects before it are done.
    func handle(_ event: SchedulerEvent) {
        events.append(event)
        guard !isHandling else { return }
        isHandling = true
        defer { isHandling = false }
        while fault == nil, let next = events.popFirst() {
            for effect in scheduler.handle(next) { perform(effect) }
        }
    }

    private func perform(_ effect: SchedulerEffect) {
        switch effect {
        case .start(let assignment):
            do {
                if try clones(assignment) { return }
            } catch {
                return stop(on: error)
            }
            guard plan.origin?.clonesOnly != true else { return leave(assignment) }
            launch(assignment)
        case .end(let key, .nodeFailed):
            end(AttemptName(key), "Another task of its num_parallel has failed.")
        case .end(let key, .controlCaught):
            endLater(AttemptName(key))
        case .note(let note): tell(note)
        case .finished(let outcome): finish(outcome)
        }
    }

    /// Nothing more is to be done.
    func finish(_ outcome: RunOutcome) {
        self.outcome = outcome
        loop.stop()
    }

    /// A task that a run of clones only has no clone for.
    private func leave(_ assignment: TaskAssignment) {
        handle(.stopRequested)
        handle(.attemptFailed(assignment.key, AttemptFailure("It was not run.", mayRetry: false)))
    }

    private func tell(_ note: SchedulerNote) {
        switch note {
        case .foreachYields(let key, let splits):
            observer.attempt(AttemptName(key), process: nil, .foreachYields(splits))
        case .retrying: break
        case .draining(let failure, let running):
            failedAttempts.append(AttemptName(failure.key))
            if case .task = failure {} else { observer.note(failure.told) }
            if running > 0 {
                observer.note("Waiting for \(running) running \(running == 1 ? "task" : "tasks") to finish; nothing new starts.")
            }
        }
    }

    // MARK: Ending early

    /// The first signal asks the tasks to end, a second one ends them.
    private func interrupt(_ signal: Int32) {
        guard interruption == nil else { return insist() }
        interruption = Interruption(signal: signal)
        handle(.stopRequested)
        let onClusters = clusters?.attemptCount ?? 0
        let count = pool.attemptCount + onClusters
        guard count > 0 else { return loop.stop() }
        let again = onClusters > 0
            ? "; Ctrl-C again does not wait for the cluster to say that they are gone."
            : "; Ctrl-C again ends \(count == 1 ? "it" : "them") now."
        observer.note(
            "Stopping: \(count) running \(count == 1 ? "task is" : "tasks are") asked to end" + (signal == SIGINT ? again : "."))
        pool.signalAttempts(SIGTERM)
        loop.after(Interruption.grace) { [unowned self] in self.pool.signalAttempts(SIGKILL) }
        clusters?.stop()
        loop.after(onClusters > 0 ? Interruption.graceOfClusters : Interruption.grace * 2) { [unowned self] in self.giveUp() }
    }

    /// The person does not want to wait.
    private func insist() {
        pool.signalAttempts(SIGKILL)
        if let clusters, clusters.attemptCount > 0 { giveUp() }
    }

    private func giveUp() {
        if let clusters, clusters.attemptCount > 0 {
            observer.note(
                "\(clusters.attemptCount) \(clusters.attemptCount == 1 ? "job was" : "jobs were") asked to end, and the cluster has not said yet that \(clusters.attemptCount == 1 ? "it is" : "they are") gone.")
        }
        loop.stop()
    }

    /// Called when an attempt has ended during an interruption.
    func stopIfInterrupted() {
        if interruption != nil, running.isEmpty { loop.stop() }
    }
}

/// A code package that was made.
package struct PackagedCode: Sendable {
    /// Of the archive.
    package var digest: SHA256Digest
    /// Gives the archive, which need not be in memory. Blocks.
    package var archive: @Sendable () throws -> [UInt8]
    /// The flow file, from the archive's root.
    package var script: String
    /// What readers of the archive need to know, as JSON.
    package var metadata: String
    /// What a person should know of it.
    package var warning: String?

    package init(
        digest: SHA256Digest, archive: @escaping @Sendable () throws -> [UInt8], script: String, metadata: String,
        warning: String? = nil
    ) {
        self.digest = digest
        self.archive = archive
        self.script = script
        self.metadata = metadata
        self.warning = warning
    }
}

private struct Interruption {
    /// How long a task has to end by itself.
    static let grace: Duration = .seconds(2)
    /// How long a cluster has to say that jobs are gone.
    static let graceOfClusters: Duration = .seconds(60)
    var signal: Int32
}

extension AttemptName {
    init(_ key: Scheduler::TaskKey) {
        self.init(step: key.step, task: key.task, attempt: key.attempt)
    }
}

extension RunFailure {
    /// The failure in words, with where and what to do.
    fileprivate var told: String {
        let diagnostic = self.diagnostic
        let place = diagnostic.file.map { " (\($0)" + (diagnostic.line.map { ":\($0)" } ?? "") + ")" } ?? ""
        return ([diagnostic.headline + place] + diagnostic.details + (diagnostic.help.map { ["help: " + $0] } ?? []))
            .joined(separator: "\n  ")
    }
}
