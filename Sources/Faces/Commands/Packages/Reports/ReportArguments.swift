import ArgumentParser
import FoundationEssentials
import PythonPackaging
import Resolution

/// What a report is about, and how packages are resolved if it has to be found out.
struct ReportArguments: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "A lock, a flow file, or requirements; pylock.toml if nothing is said.", valueName: "lock|flow.py|requirement"),
        completion: .file())
    var subjects: [String] = []

    @OptionGroup(title: "Targets") var target: TargetArguments
    @OptionGroup(title: "Versions") var resolution: ResolutionArguments
    @OptionGroup(title: "Indexes") var index: IndexArguments

    @Flag(help: "Print JSON, also for a failure.")
    var json = false

    @Flag(help: "Say nothing but the result.")
    var quiet = false

    /// The same command of a flow file, if one is named. `--python` is then the one that runs the file.
    func launch(in session: StandaloneSession) -> FlowLaunch? {
        subjects.first { $0.hasSuffix(".py") }.map { FlowLaunch(passing: $0, python: target.python, in: session) }
    }

    /// The lock that is named or lies here; requirements are resolved.
    func reported(in session: StandaloneSession) throws -> ReportedLock {
        if subjects.isEmpty || Self.isLock(subjects) {
            return try ReportedLock(try LockFile(reading: subjects.first), target: try chosenTarget(in: session))
        }
        let requirements = try subjects.map { try RootRequirement(parsing: $0) }
        let workshop = try PackageWorkshop(session, index: index.options, quiet: quiet)
        defer { workshop.progress?.finish() }
        let lock = try waiting { [target] in try await workshop.resolve(requirements, python: target.python) }
        return ReportedLock(lock: lock, requirements: requirements)
    }

    private static func isLock(_ subjects: [String]) -> Bool {
        subjects.count == 1 && (subjects[0].hasSuffix(".toml") || subjects[0].hasSuffix(".lock"))
    }

    /// The one that options name; a lock for several targets is shown whole without them.
    private func chosenTarget(in session: StandaloneSession) throws -> PythonTarget? {
        guard target.python != nil || target.platform != nil else { return nil }
        let workshop = try PackageWorkshop(session, index: index.options, quiet: true)
        return try waiting { [target] in try await workshop.targets(target) }.targets.first
    }
}
