import ArgumentParser
import FoundationEssentials
import Lockfiles
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
            if let conda = reported.lock.conda, !conda.packages.isEmpty {
                session.error.writeLine(
                    "warning: the \(conda.packages.count) conda packages of the lock are not compared with their channels; penstock lock --upgrade takes newer ones")
            }
            let ages = try PackageWorkshop.open(session, quiet: report.saying.quiet) { [report] workshop in
                try await workshop.ages(reported, index: report.index, resolution: report.resolution)
            }
            return try report.printer(in: session).tell([OutdatedReport(reported, ages, all: choice.all)])
        }
    }
}

/// Which packages are listed.
struct OutdatedArguments: ParsableArguments {
    @Flag(help: "List all packages, also those that are up to date.")
    var all = false
}

extension PackageWorkshop {
    /// How the packages of a lock stand beside what the indexes have.
    fileprivate func ages(
        _ reported: ReportedLock, index: IndexArguments, resolution: ResolutionArguments
    ) async throws -> [PackageAge] {
        let origin = reported.lock.origin
        let options = resolution.options(over: ResolutionOptions(asIn: origin))
        let found = try await targets(pythons: [], platforms: [])
        let targets = try (origin?.targets ?? []).map { target throws in
            try PythonTarget(platform: target.platform, python: target.python)
        }
        let request = try origin.map { try ResolutionRequest(answeredBy: $0, below: reported.folder) }
        return try await withSource(index.options(), options, of: found.interpreter) { source in
            try await OutdatedStudy(source: source, options: options, progress: progress)
                .ages(of: reported.lock, answering: request, for: targets)
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
