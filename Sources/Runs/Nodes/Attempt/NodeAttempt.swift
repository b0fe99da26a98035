import Archives
package import Datastore
package import Executors
import FlowModel
package import FoundationEssentials
import ObjectStores
package import SystemPackage
package import WorkerProtocol

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One attempt at a task, in a process of its own on this node: answers what the process asks, and collects what it says.
///
/// All of it happens on the thread that calls `run()`; puts into the datastore go on beside it.
package final class NodeAttempt {
    /// How it went.
    package enum Outcome {
        /// To be published.
        case ended(AttemptReport, payload: [UInt8])
        /// The cluster asked for its end. It may run the job again, so that nothing is published.
        case interrupted(signal: Int32)
    }

    let job: NodeJob
    let blobs: NodeBlobs
    let workers: NodeWorkers
    let name: AttemptName
    /// What this attempt has for itself on the disk.
    let folder: FilePath
    private let memory = MemoryWatch()

    var report: AttemptReport
    var payload: [UInt8] = []
    var log: NodeLog
    /// Pieces of the log that are there.
    var pieces = 0
    /// The piece that is under way.
    var piece: [AttemptOutput]?
    var isPieceDue = false
    /// Not any more when the datastore has refused one.
    var putsPieces = true
    /// Pages and data of cards, the newest of each.
    var cards: [KeptCard] = []
    var signsOfLife = 0
    /// Uploads that have not ended.
    var pendingStores = 0
    /// The store of what is too large for the report, once there is one.
    var outbox: BlobStore?
    var result: AttemptResult?
    /// Why it must fail, whatever the worker says.
    var failure: String?
    /// Why its process was ended.
    var endedBecause: String?
    private var ending: ProcessEnding?
    private var deadline: EventLoop.Timer?
    private var wasToldOfRecord = false
    private var interruption: Int32?
    /// What comes now comes too late.
    private(set) var isOver = false

    /// How long a process may take to react to the end of its time, or to a signal.
    private static let grace = Duration.seconds(5)
    /// How long, at the end, the last output of an interrupted attempt may take.
    private static let lastPut = Duration.seconds(5)

    /// - Parameters:
    ///   - folder: of this attempt alone.
    ///   - notes: lines for the log of the task, before anything that it prints.
    package init(_ job: NodeJob, blobs: NodeBlobs, workers: NodeWorkers, folder: FilePath, notes: [String] = []) {
        self.job = job
        self.blobs = blobs
        self.workers = workers
        self.folder = folder
        let assignment = job.order.assignment
        name = AttemptName(
            step: StepName(assignment.step), task: TaskID(assignment.task), attempt: AttemptNumber(assignment.attempt))
        report = AttemptReport(node: Self.nodeName, began: WallTime.now().microseconds)
        report.metadata = ClusterFacts.metadata(ProcessInfo.processInfo.environment)
        log = NodeLog(limit: job.group.logLimit)
        for note in notes { log.add(note + "\n", at: report.began) }
        for path in [outboxLocation.root, outboxLocation.staging] { _ = mkdir(path.string, 0o700) }
    }

    /// Where what is too large for the report goes first, and where the process makes files for it.
    var outboxLocation: StoreLocation { StoreLocation(root: folder.appending("outbox")) }

    var loop: EventLoop { workers.loop }
    var pool: WorkerPool { workers.pool }

    /// Runs the attempt to its end.
    package func run() -> Outcome {
        pool.launch(name, on: NodeWorkers.host, environment: job.variables(of: ProcessInfo.processInfo.environment))
        showLifeLater()
        workers.serve(self)
        isOver = true
        if let process = report.process { kill(-process, SIGKILL) }
        if let interruption, !isDone { return .interrupted(signal: interruption) }
        return .ended(finished(), payload: payload)
    }

    /// Whether the work was done, and all of it is known.
    package var isDone: Bool { result != nil && ending == .exited(code: 0) && failure == nil && pendingStores == 0 }

    /// The node's name for itself.
    package static var nodeName: String {
        var bytes = [CChar](repeating: 0, count: 256)
        guard gethostname(&bytes, bytes.count - 1) == 0 else { return "" }
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    // MARK: The end

    private func finished() -> AttemptReport {
        report.ended = WallTime.now().microseconds
        report.result = result
        report.pieces = pieces
        report.output = log.take()
        report.cards = cards.map { AttemptReport.Card($0.item, isData: $0.isData, content: content($0.content)) }
        var told = AttemptReport.Ending()
        switch ending {
        case .exited(let code): told.code = code
        case .signalled(let number):
            told.signal = number
            if number == SIGKILL, endedBecause == nil, memory.noticesAnother { told.outOfMemory = true }
        case .hostLost: told.failure = "Its worker host ended; the process was killed."
        case .notStarted(let reason): told.failure = "No process could be started: \(reason)"
        case .protocolBroken(let reason): told.failure = "Its process broke the worker protocol: \(reason)"
        case nil: break
        }
        if let endedBecause, result == nil { told.failure = endedBecause }
        if let failure { told.failure = failure }
        report.ending = told
        return report
    }

    /// Puts bytes into the payload.
    func inline(_ bytes: Data) -> AttemptReport.Content {
        defer { payload += bytes }
        return .inline(offset: payload.count, count: bytes.count)
    }

    /// Ends the loop when nothing more can happen, and the last piece of the log has come home.
    func stopIfOver() {
        guard !isOver else { return }
        if result?.cards == true, ending == nil, pendingStores == 0, !wasToldOfRecord {
            wasToldOfRecord = true
            pool.send(.recorded, to: name)
        }
        guard ending != nil || (failure != nil && report.process == nil), pendingStores == 0 else { return }
        // A large rest goes as pieces, too; so does what an interrupted attempt has printed, which has no report.
        if (interruption != nil && !isDone) || log.waitingBytes > 1 << 20 { putPiece() }
        if piece == nil { loop.stop() }
    }

    /// Ends the attempt without a process.
    func give(up reason: String) {
        failure = failure ?? reason
        stopIfOver()
    }

    /// The cluster wants the job to end: the process group is asked to, and then made to.
    func interrupt(_ number: Int32) {
        guard interruption == nil else { return pool.signal(name, SIGKILL) }
        interruption = number
        putPiece()
        guard report.process != nil else { return loop.stop() }
        pool.signal(name, SIGTERM)
        loop.after(Self.grace) { [weak self] in
            guard let self, !self.isOver else { return }
            self.pool.signal(self.name, SIGKILL)
            self.loop.after(Self.lastPut) { [weak self] in if self?.isOver == false { self?.loop.stop() } }
        }
    }
}

/// What the worker pool tells.
extension NodeAttempt: WorkerPoolDelegate {
    package func host(_ key: HostKey, saidHello hello: HostHello) {}
    package func host(_ key: HostKey, configured flow: ConfiguredFlow) {}

    package func host(_ key: HostKey, failed reason: HostFailure) {
        let said = FileManager.default.contents(atPath: workers.hostMessages.string) ?? Data()
        log.add(String(decoding: said.suffix(64 << 10), as: UTF8.self), at: WallTime.now().microseconds)
        switch reason {
        case .refused(let refusal):
            if let traceback = refusal.traceback { log.add(traceback + "\n", at: WallTime.now().microseconds) }
            give(up: "The flow cannot be loaded on the node: \(refusal.headline)")
        case .notStarted(let system): give(up: "The Python \(workers.python) cannot be started on the node: \(system)")
        case .endedEarly: give(up: "The Python \(workers.python) ended on the node before it had loaded the flow.")
        case .protocolBroken(let words): give(up: "The worker host broke the protocol: \(words)")
        }
    }

    package func attempt(_ key: AttemptName, said message: TaskMessage, payload: Data, descriptor: Int32?) {
        do {
            try receive(message, payload, descriptor)
        } catch {
            refuse(error)
        }
        stopIfOver()
    }

    package func attempt(_ key: AttemptName, wrote bytes: UnsafeRawBufferPointer, to stream: OutputStream) {
        log.add(bytes, isError: stream == .standardError, at: WallTime.now().microseconds)
        schedulePiece()
    }

    package func attempt(_ key: AttemptName, ended ending: ProcessEnding, exited: Exited?) {
        self.ending = ending
        cancelDeadline()
        stopIfOver()
    }

    /// Tells the process that it cannot have what it wants, and remembers why it failed.
    func refuse(_ error: any Error) {
        let words = FailureText(error).headline
        failure = failure ?? words
        pool.send(.refused(message: words), to: name)
    }

    func cancelDeadline() {
        if let deadline { loop.cancel(deadline) }
        deadline = nil
    }

    /// Watches over the time that the step may take. The worker raises an exception in the person's code when it is over; code
    /// that does not come back to Python cannot notice, and its process group is killed.
    func watchTime() {
        let assignment = job.order.assignment
        guard assignment.fallback != true, assignment.unbounded != .control, let seconds = assignment.decorators?.timeout else { return }
        deadline = loop.after(.seconds(seconds) + Self.grace) { [weak self] in
            guard let self, !self.isOver, self.result == nil else { return }
            self.endedBecause = "The step timed out after \(seconds) s; its process did not react and was killed."
            self.pool.signal(self.name, SIGKILL)
        }
    }
}

extension NodeJob {
    /// What the process of the attempt finds in its environment.
    ///
    /// - Parameter process: that of this process, in which clusters say where the first node of a parallel step is.
    func variables(of process: [String: String]) -> [String: String] {
        var variables = group.variables.merging(order.variables) { _, ofAttempt in ofAttempt }
        if order.assignment.parallel != nil, let main = process["MF_PARALLEL_MAIN_IP"] { variables["MF_PARALLEL_MAIN_IP"] = main }
        return variables
    }
}
