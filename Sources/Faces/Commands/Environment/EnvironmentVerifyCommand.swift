import ArgumentParser
import CondaChannels
import Digests
import Environments
import Interpreters
import PackageSources
import Resolution
import SystemPackage

/// `penstock env verify [ENVIRONMENT…]`: whether files are what was installed.
struct EnvironmentVerifyCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Compare environments with what was installed, and mend them.",
        discussion: """
            Without a name all environments are looked at, and all unpacked wheels. Exits with 1 if something is damaged and \
            was not mended.
            """)

    @Argument(
        help: ArgumentHelp("Digits, names, locks, or FLOW/RUN/STEP.", valueName: "environment"),
        completion: EnvironmentCompletion.all)
    var environments: [String] = []

    @Flag(help: "Fetch and install anew what is damaged.")
    var mend = false

    @OptionGroup var place: RecordArguments
    @OptionGroup(title: "Indexes") var index: IndexArguments

    @Flag(help: "Print JSON, also for a failure.")
    var json = false

    func perform(in session: StandaloneSession) throws -> Int32 {
        try FailureOutput(isJSON: json, on: session.output).told {
            let finder = try EnvironmentFinder(session, place)
            let found = try environments.map { text throws in (text, try finder.find(text)) }
            let (mend, options) = (mend, index.options())
            let records = try RunRecords.existing(at: place.location(session.environment))
            let reports = try PackageWorkshop.open(session, quiet: json) { workshop in
                var digests: [SHA256Digest?] = []
                for (text, environment) in found {
                    guard let digest = try await workshop.stored(environment)?.digest else {
                        throw EnvironmentReferenceError.noRecord(path: text)
                    }
                    digests.append(digest)
                }
                let builder = workshop.builder(options, ResolutionOptions()) {
                    try await workshop.client(options, for: try await workshop.finder.find())
                }
                var store = EnvironmentStore(cache: workshop.cache, builder: builder, progress: workshop.progress)
                store.conda = try CondaInstallOptions(environment: workshop.environment)
                store.supply = try records.map { try workshop.supply(of: $0, isFirst: false) }
                var reports: [VerificationReport] = []
                for digest in digests.isEmpty ? [nil] : digests {
                    reports.append(
                        try await store.verify(
                            digest, mends: mend, finder: workshop.finder,
                            openArchives: { try await workshop.channelClient(options).archives }
                        ) { interpreter in
                            try await workshop.client(options, for: interpreter)
                        })
                }
                return reports
            }
            return try tell(reports, in: session)
        }
    }

    private func tell(_ reports: [VerificationReport], in session: StandaloneSession) throws -> Int32 {
        let output = VerificationOutput(reports)
        if json {
            session.output.writeLine(try JSONText(output).text)
        } else {
            for damage in output.damages {
                let end = damage.mended ? "; mended" : ""
                session.output.writeLine("\(damage.path) \(damage.problem)\(end)")
            }
            for extra in output.extras { session.output.writeLine("\(extra) belongs to no package; left as it is") }
            let what = [(output.environments, "environment"), (output.wheels, "wheel"), (output.files, "file")]
                .map { "\($0) \($1)\($0 == 1 ? "" : "s")" }.joined(separator: ", ")
            session.output.writeLine(output.damages.isEmpty ? "All is as it was installed: \(what)." : "Looked at \(what).")
            if mend, !output.right, let report = reports.first(where: { !$0.isRight }) {
                throw DamagedEnvironmentError(report: report)
            }
            if !output.right { session.error.writeLine(Style.green("help:", on: session.error) + " type: penstock env verify --mend") }
        }
        return output.right ? 0 : 1
    }
}

/// What a verification found, as `--json` prints it.
struct VerificationOutput: Encodable {
    struct Damage: Encodable {
        var path: String
        var package: String?
        var problem: String
        var mended: Bool
    }

    var right: Bool
    var environments: Int
    var wheels: Int
    var files: Int
    var bytes: Int64
    var damages: [Damage]
    var extras: [String]

    init(_ reports: [VerificationReport]) {
        right = reports.allSatisfy(\.isRight)
        environments = reports.reduce(0) { $0 + $1.environments }
        wheels = reports.reduce(0) { $0 + $1.wheels }
        files = reports.reduce(0) { $0 + $1.files }
        bytes = reports.reduce(0) { $0 + $1.bytes }
        damages = reports.flatMap(\.damages).map {
            Damage(path: $0.path.string, package: $0.package, problem: "\($0.problem)", mended: $0.isMended)
        }
        extras = reports.flatMap(\.extras).map(\.string)
    }
}
