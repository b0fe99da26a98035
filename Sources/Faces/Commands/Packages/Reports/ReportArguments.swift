import ArgumentParser
import Lockfiles
import PythonPackaging
import Resolution

/// What a report is about, and how packages are resolved if it has to be found out.
struct ReportArguments: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "A lock, a flow file, or requirements; pylock.toml if nothing is said.", valueName: "lock|flow.py|requirement"),
        completion: .file())
    var subjects: [String] = []

    @Option(name: .customLong("step"), help: "Of a flow, only the packages of this step; may be given several times.")
    var steps: [String] = []

    @OptionGroup(title: "Files of requirements") var files: RequirementFileArguments
    @OptionGroup(title: "Targets") var target: TargetArguments
    @OptionGroup(title: "Versions") var resolution: ResolutionArguments
    @OptionGroup(title: "Indexes") var index: IndexArguments
    @OptionGroup var saying: SayingArguments

    /// The same command of a flow file, if one is named. `--python` is then the one that runs the file.
    func launch(in session: StandaloneSession) -> FlowLaunch? {
        subjects.first { $0.hasSuffix(".py") }.map { FlowLaunch(passing: $0, python: target.python, in: session) }
    }

    /// The lock that is named or lies here; requirements are resolved.
    func reported(in session: StandaloneSession) throws -> ReportedLock {
        let sources = sources
        guard sources.isEmpty else { return try resolved(sources, in: session) }
        return ReportedLock(try LockFile(reading: subjects.first), target: try chosenTarget(in: session))
    }

    func printer(in session: StandaloneSession) -> ReportPrinter {
        ReportPrinter(isJSON: saying.json, output: session.output, error: session.error)
    }

    /// What is to be resolved; empty for a lock.
    private var sources: RequestSources {
        var sources = files.sources
        let isLock = subjects.count == 1 && (subjects[0].hasSuffix(".toml") || subjects[0].hasSuffix(".lock"))
        if !isLock { sources.requirements = subjects }
        return sources
    }

    private func resolved(_ sources: RequestSources, in session: StandaloneSession) throws -> ReportedLock {
        let order = PackageOrder(
            sources: sources, index: index, resolution: resolution, pythons: target.pythons, platforms: target.platforms)
        let made = try PackageWorkshop.open(session, quiet: saying.quiet) { try await $0.lock(order) }
        return ReportedLock(lock: made.lock, asked: ReportedLock.asked(made.request.requirements))
    }

    /// The one that options name; a lock for several targets is shown whole without them.
    private func chosenTarget(in session: StandaloneSession) throws -> PythonTarget? {
        guard target.python != nil || target.platform != nil else { return nil }
        return try PackageWorkshop.open(session, quiet: true) { [target] workshop in
            try await workshop.targets(pythons: target.pythons, platforms: target.platforms).targets.first
        }
    }
}
