import ArgumentParser
import FoundationEssentials
import Lockfiles
import Resolution
import SystemPackage

/// `penstock lock REQUIREMENT…`: resolves requirements and writes a `pylock.toml`; `penstock lock flow.py`: the locks of the
/// flow's steps.
struct LockCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock",
        abstract: "Resolve requirements and write a lock (pylock.toml).",
        usage: "penstock lock [OPTIONS] [<requirement>...] [-r <file>]...\n       penstock lock <flow.py> [OPTIONS]",
        discussion: """
            With a flow file, the locks of all its steps are written beside it, for version control: python flow.py lock --help \
            lists the options. What the options do not say is kept from a lock that is there: targets, versions as long as they \
            will do, and how it was resolved. Examples:
              penstock lock 'pandas>=2' scikit-learn --output pylock.toml
              penstock lock -r requirements.txt -o pylock.toml --platform linux-x86_64 --platform macos-arm64 --python 3.12
              penstock lock -r requirements.txt -o pylock.toml --check
              penstock lock --conda 'numpy>=1.26' --conda python=3.12 --platform linux-64 --platform osx-arm64 -o pylock.toml
              penstock lock --conda numpy 'pandas>=2' --prefer pandas=pypi -o pylock.toml
              penstock lock environment.yml -o pylock.toml
              penstock lock flow.py
            """)

    @OptionGroup var wanted: RequirementArguments

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The lock to write; standard output without it.", valueName: "file"), completion: .file())
    var output: String?

    @OptionGroup(title: "Conda") var conda: CondaArguments
    @OptionGroup var lock: LockArguments
    @OptionGroup(title: "Targets") var targets: TargetsArguments
    @OptionGroup(title: "Versions") var resolution: ResolutionArguments
    @OptionGroup(title: "Indexes") var index: IndexArguments
    @OptionGroup var saying: SayingArguments

    func perform(in session: StandaloneSession) throws -> Int32 {
        if let flow = wanted.requirements.first(where: { $0.hasSuffix(".py") }) {
            return try FlowLaunch(passing: flow, python: targets.pythons.first, in: session).perform(in: session)
        }
        guard conda.isAsked || !wanted.sources.isEmpty else { throw ValidationError("nothing is asked for; name requirements, or a file with -r") }
        return try FailureOutput(isJSON: saying.json, on: session.output).told {
            let earlier = try earlier()
            if lock.check { return try check(earlier, in: session) }
            let order = order(earlier)
            let made = try PackageWorkshop.open(session, quiet: saying.quiet) { try await $0.lock(order).lock }
            return try LockWriting(output: output, saying: saying).write(made, since: earlier, in: session)
        }
    }

    /// The lock that is there, which may not be replaced if it cannot be read.
    private func earlier() throws -> PyLock? {
        guard let output, AbsolutePath.isFile(output) else { return nil }
        return try LockFile(reading: output).lock
    }

    private func order(_ earlier: PyLock?) -> PackageOrder {
        PackageOrder(
            sources: wanted.sources, index: index, resolution: resolution, pythons: targets.pythons,
            platforms: targets.platforms, conda: conda, earlier: earlier, upgrade: lock.versions,
            folder: output.map { FilePath(AbsolutePath($0).text).removingLastComponent().string })
    }

    private func check(_ earlier: PyLock?, in session: StandaloneSession) throws -> Int32 {
        let file = output ?? LockFile.defaultName
        let lock = try earlier ?? (output == nil ? LockFile(reading: nil).lock : nil)
        var order = order(lock)
        order.folder = order.folder ?? FileManager.default.currentDirectoryPath
        let reasons = try lock.map { lock in
            try PackageWorkshop.open(session, quiet: true) { [order] workshop in try await workshop.reasons(order, against: lock) }
        }
        let finding = LockFinding(lock: file, steps: [], reasons: reasons ?? ["there is no such file"])
        return try LockCheckReport(findings: [finding], help: "give the same command without --check")
            .tell(isJSON: saying.json, output: session.output, error: session.error)
    }
}
