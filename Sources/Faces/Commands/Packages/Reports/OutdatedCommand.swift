import ArgumentParser
import CondaChannels
import CondaPackaging
import CondaSolving
import Diagnostics
import FoundationEssentials
import Interpreters
import Lockfiles
import PackageSources
import PythonPackaging
import Resolution
import SourceBuilds

/// `penstock outdated`: what is locked, what would be taken now, and what there is.
struct OutdatedCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "outdated",
        abstract: "List the packages of a lock for which there are other versions now.",
        discussion: """
            LOCKED is what the lock has, ALLOWED what would be taken now for what it answers, NEWEST what there is. Examples:
              penstock outdated
              penstock outdated pylock.train.toml --all
              penstock outdated flow.py --json
            """)

    @OptionGroup var choice: OutdatedArguments
    @OptionGroup var report: ReportArguments

    func perform(in session: StandaloneSession) throws -> Int32 {
        if let launch = report.launch(in: session) { return try launch.perform(in: session) }
        return try FailureOutput(isJSON: report.saying.json, on: session.output).told {
            let reported = try report.reported(in: session)
            let ages = try PackageWorkshop.open(session, quiet: report.saying.quiet) { [report] workshop in
                try await workshop.ages(reported, index: report.index, resolution: report.resolution)
            }
            return try report.printer(in: session).tell([OutdatedReport(reported, ages.python, ages.conda, all: choice.all)])
        }
    }
}

/// Which packages are listed.
struct OutdatedArguments: ParsableArguments {
    @Flag(help: "List all packages, also those that are up to date.")
    var all = false
}

extension PackageWorkshop {
    /// How the packages of a lock stand beside what indexes and channels have.
    fileprivate func ages(
        _ reported: ReportedLock, index: IndexArguments, resolution: ResolutionArguments
    ) async throws -> (python: [PackageAge], conda: [CondaAge]) {
        let options = resolution.options(over: ResolutionOptions(asIn: reported.lock.origin))
        let request = try reported.lock.origin.map { try ResolutionRequest(answeredBy: $0, below: reported.folder) }
        if let conda = reported.lock.conda, !conda.packages.isEmpty {
            return try await condaAges(conda, in: reported.lock, answering: request, index.options(), options)
        }
        let found = try await targets(pythons: [], platforms: [])
        let targets = try (reported.lock.origin?.targets ?? []).map { target throws in
            try PythonTarget(platform: target.platform, python: target.python)
        }
        let ages = try await withSource(index.options(), options, of: found.interpreter) { source in
            try await OutdatedStudy(source: source, options: options, progress: progress)
                .ages(of: reported.lock, answering: request, for: targets)
        }
        return (ages, [])
    }

    private func condaAges(
        _ conda: LockedConda, in lock: PyLock, answering request: ResolutionRequest?, _ index: IndexOptions, _ options: ResolutionOptions
    ) async throws -> (python: [PackageAge], conda: [CondaAge]) {
        var settings = try CondaArguments.nothing.settings(environment: environment)
        if let priority = ChannelSettings.Priority(rawValue: lock.origin?.conda?.priority ?? "strict") { settings.priority = priority }
        let channels = try settings.channels(named: conda.channels, origin: "the lock")
        let question = try lock.origin.flatMap { try CondaQuestion(asIn: $0, channels: channels, request) }
        var files = ReadFiles(read: ReadRequest(), options: options, index: index)
        files.read.request = request ?? ResolutionRequest([])
        return try await withChannels(settings, index) { [files] client in
            var answers: CondaAnswers?
            if let question {
                do {
                    answers = try await self.answers(question, files, client, folder: nil)
                } catch let error as any DiagnosticError where error.diagnostic.failure == .user {
                    progress(.warning("what the lock answers has no answer any more: \(error.diagnostic.headline)"))
                }
            }
            let allowed = Dictionary(
                (answers?.answers ?? []).flatMap(\.packages).map { ($0.name, $0.version) }, uniquingKeysWith: max)
            let python = lock.packages.isEmpty
                ? [] : try await withSource(index, options, of: try await finder.find()) { source in
                    try await OutdatedStudy(source: source, options: options, progress: progress).ages(of: lock, allowed: allowed)
                }
            let subdirs = Set(conda.packages.map(\.record.subdir).filter { $0 != .noarch } + (question?.targets ?? []).map(\.joint.conda.subdir))
            let taken = Dictionary(
                zip(question?.targets ?? [], answers?.answers ?? []).compactMap { asked, found in
                    asked.locked.map { ($0, found.conda) }
                }, uniquingKeysWith: { first, _ in first })
            let ages = try await CondaOutdatedStudy(client: client, channels: channels).ages(
                of: conda, allowed: taken, on: subdirs.isEmpty ? [.ofThisMachine] : subdirs.sorted())
            return (python, ages)
        }
    }
}

extension CondaQuestion {
    /// What a lock answers, to be asked again; `nil` for a lock that does not say so.
    fileprivate init?(asIn origin: LockOrigin, channels: [CondaChannel], _ pypi: ResolutionRequest?) throws {
        guard let conda = origin.conda, !conda.requirements.isEmpty else { return nil }
        func world(_ text: String) -> PackageWorld? { PackageWorld(rawValue: text) }
        var always: [CondaRequirement] = []
        for asked in conda.requirements where asked.platforms.isEmpty {
            always.append(CondaRequirement(try MatchSpec(parsing: asked.text), spelled: asked.text))
        }
        request = JointRequest(pypi: pypi ?? ResolutionRequest([]), conda: CondaRequest(always, channels: channels))
        if let priority = CondaOptions.ChannelPriority(rawValue: conda.priority ?? "strict") { request.conda.options.channelPriority = priority }
        request.preference.usual = conda.preference.flatMap(world)
        for (name, source) in conda.preferences { request.preference.ofProjects[try PackageName(parsing: name)] = world(source) }
        request.names = ProjectNameMapping(
            Dictionary(
                uniqueKeysWithValues: try conda.mapping.map { name, projects throws in
                    (try CondaName(parsing: name), try projects.map { text throws in try PackageName(parsing: text) })
                }))
        asked = conda.requirements
        targets = try conda.platforms.compactMap { platform throws in
            guard let target = platform.target else { return nil }
            let others = conda.platforms.count { $0.target?.platform == target.platform }
            let series = target.python.split(separator: ".").prefix(2).joined(separator: ".")
            var joint = JointTarget(
                CondaTarget(subdir: platform.subdir, virtualPackages: platform.virtualPackages), platform: try PlatformName(parsing: target.platform))
            for asked in conda.requirements where asked.platforms.contains(platform.subdir.description) {
                joint.requirements.append(CondaRequirement(try MatchSpec(parsing: asked.text), spelled: asked.text))
            }
            if others > 1 { joint.requirements.append(try CondaRequirement(pythonNamed: series)) }
            return Target(joint: joint, python: others > 1 ? series : nil, locked: target)
        }
    }
}

extension ResolutionRequest {
    /// What a lock answers, to be asked again.
    fileprivate init(answeredBy origin: LockOrigin, below folder: String) throws {
        func roots(_ requirements: [AnsweredRequirement]) throws -> [RootRequirement] {
            try requirements.map { try RootRequirement(parsing: $0.text, below: folder) }
        }
        self.init(
            try roots(origin.requirements), constraints: try roots(origin.constraints),
            overrides: try roots(origin.overrides))
    }
}

extension ReportedLock {
    /// The folder of the lock, or the one that the command runs in.
    fileprivate var folder: String {
        let here = FileManager.default.currentDirectoryPath
        guard let file, let slash = AbsolutePath(file).text.lastIndex(of: "/") else { return here }
        return String(AbsolutePath(file).text[..<slash])
    }
}
