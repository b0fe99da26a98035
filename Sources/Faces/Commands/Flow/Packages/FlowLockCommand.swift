import ArgumentParser
import FlowModel
import RunDriver
import WorkerProtocol

/// `lock`: writes the locks of all steps beside the flow, for version control.
struct FlowLockCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock", abstract: "Write the locks of the steps' packages beside the flow.",
        discussion: """
            A run takes the packages of these locks as long as they answer what the flow asks. They are for this machine and \
            for linux-x86_64 unless --platform says otherwise.
            """)

    @ParentCommand var root: FlowCommandLine

    @OptionGroup var lock: LockArguments
    @OptionGroup(title: "Targets") var targets: PlatformsArguments
    @OptionGroup(title: "Versions") var resolution: ResolutionArguments
    @OptionGroup(title: "Indexes") var index: IndexArguments

    @Flag(help: "Print JSON, also for a failure.")
    var json = false

    func perform(in session: FlowSession) throws -> Int32 {
        try FailureOutput(isJSON: json, on: session.output).told {
            let wishes = try FlowWishes(of: try session.validatedGraph(), in: session)
            let progress = ProgressRenderer(session.error)
            defer { progress.finish() }
            let locking = try FlowLocking(
                of: session, indexes: index.options(), progress: progress.sink(quiet: session.options.quiet))
            let script = try session.hello().flow.script
            return lock.check
                ? try FlowLockCheck(locking, wishes, order).tell(isJSON: json, script: script, on: session)
                : try FlowLockWriting(locking, wishes, order).perform(isJSON: json, on: session)
        }
    }

    private var order: FlowLockOrder {
        let resolution = resolution
        var order = FlowLockOrder { resolution.options(over: $0) }
        order.platforms = targets.platforms
        order.upgrade = lock.versions
        return order
    }
}
