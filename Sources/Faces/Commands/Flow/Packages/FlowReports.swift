import ArgumentParser
import FlowModel
import Lockfiles
import PackageSources
import RunDriver

/// `tree`: the packages of the steps as trees.
struct FlowTreeCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "tree", abstract: "Show the packages of the steps as trees.")

    @ParentCommand var root: FlowCommandLine
    @OptionGroup var shape: TreeArguments
    @OptionGroup var report: FlowReportArguments

    func perform(in session: FlowSession) throws -> Int32 {
        try report.told(in: session) { try shape.tell($0, $1) }
    }
}

/// `why PACKAGE`: which steps brought a package in, and by which ways.
struct FlowWhyCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Tell which steps a package is there for, and by which ways it came.")

    @ParentCommand var root: FlowCommandLine
    @OptionGroup var question: WhyArguments
    @OptionGroup var report: FlowReportArguments

    func perform(in session: FlowSession) throws -> Int32 {
        try report.told(in: session) { try question.tell($0, $1) }
    }
}

/// `outdated`: packages of the steps for which there are other versions now.
struct FlowOutdatedCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "outdated", abstract: "List packages of the steps for which there are other versions now.")

    @ParentCommand var root: FlowCommandLine
    @OptionGroup var choice: OutdatedArguments
    @OptionGroup var report: FlowReportArguments
    @OptionGroup(title: "Indexes") var index: IndexArguments

    func perform(in session: FlowSession) throws -> Int32 {
        try FailureOutput(isJSON: report.json, on: session.output).told {
            let outdated = try report.locks(in: session, index: index.options()) { try await $0.outdated($1) }
            let reports = outdated.filter { report.isAbout($0.lock) }.map {
                OutdatedReport(ReportedLock($0.lock), $0.ages, all: choice.all)
            }
            return try ReportPrinter(isJSON: report.json, output: session.output, error: session.error).tell(reports)
        }
    }
}

/// What the reports about a flow's packages share.
struct FlowReportArguments: ParsableArguments {
    @Option(name: .customLong("step"), help: "Only the packages of this step; may be given several times.")
    var steps: [String] = []

    @Flag(help: "Print JSON, also for a failure.")
    var json = false

    /// Reports about the locks that a run would use; what has none is resolved.
    func told(
        in session: FlowSession, _ tell: ([ReportedLock], ReportPrinter) throws -> Int32
    ) throws -> Int32 {
        try FailureOutput(isJSON: json, on: session.output).told {
            try tell(reported(in: session), ReportPrinter(isJSON: json, output: session.output, error: session.error))
        }
    }

    private func reported(in session: FlowSession) throws -> [ReportedLock] {
        try locks(in: session) { try await $0.reported($1) }.filter(isAbout).map { ReportedLock($0) }
    }

    /// Whether a lock is of a step that was chosen.
    func isAbout(_ lock: StepLock) -> Bool { steps.isEmpty || lock.steps.contains { steps.contains($0.text) } }

    /// What can be found out about the packages that the steps ask for.
    func locks<Found: Sendable>(
        in session: FlowSession, index: IndexOptions = IndexOptions(),
        _ work: @escaping @Sendable (FlowLocking, FlowWishes) async throws -> Found
    ) throws -> Found {
        let graph = try session.validatedGraph()
        if let unknown = steps.first(where: { graph[StepName($0)] == nil }) {
            throw SpinError.noStep(StepName(unknown), graph.nodes.map(\.name))
        }
        let wishes = try FlowWishes(of: graph, in: session)
        let progress = ProgressRenderer(session.error)
        defer { progress.finish() }
        let locking = try FlowLocking(
            of: session, indexes: index, progress: progress.sink(quiet: session.options.quiet))
        return try waitingUnlessInterrupted { try await work(locking, wishes) }
    }
}

extension ReportedLock {
    fileprivate init(_ lock: StepLock) {
        self.init(
            file: lock.file, steps: lock.steps.map(\.text), lock: lock.lock, asked: Self.asked(lock.requirements),
            target: lock.target)
    }
}
