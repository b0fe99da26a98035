import ArgumentParser
import Datastore
import FlowModel
import FoundationEssentials
import Interpreters
import Ledger
import PackageSources
import SystemPackage

/// `penstock reproduce FLOW/RUN`: runs it again from what was recorded, and compares what comes of it.
///
/// This half finds the record and unpacks the code; `ReproductionCommand`, the flow's own, runs and compares.
struct ReproduceCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduce",
        abstract: "Run a recorded run again, and say what is the same and why the rest is not.",
        discussion: """
            Code, packages, parameters, configs and seeds are those of the record; nothing is taken from the folder. The new \
            run is tagged reproduces:RUN. Every artifact is compared: identical bytes, equal by value, or different. Examples:
              penstock reproduce TrainFlow/1763900000000000
              penstock reproduce TrainFlow/1763900000000000 --from train --tolerance 1e-9
              penstock reproduce TrainFlow/1763900000000000 --offline --json

            Exit codes: 0 all is the same; 3 something differs; 4 nothing is known to differ, but some values could not be \
            compared; 1 the run could not be reproduced, or failed; 2 a wrong command line.
            """)

    @Argument(help: ArgumentHelp("FLOW/RUN, or FLOW for its newest run", valueName: "pathspec"), completion: PathspecCompletion.runs)
    var path: String

    @OptionGroup var choices: ReproductionChoices

    @Option(
        help: ArgumentHelp(
            "The Python for the flow file and for steps without an environment; otherwise yours if it is of the series that the run had.",
            valueName: "python"),
        completion: .file())
    var python: String?

    @OptionGroup var place: RecordArguments

    func perform(in session: StandaloneSession) throws -> Int32 {
        let (run, records) = try place.run(path, in: session)
        let recorded = try RecordedRun(run, in: records)
        let interpreter = try python(for: recorded, in: session)
        let code = try UnpackedCode(recorded)
        do {
            return try begin(recorded, code, interpreter, in: session)
        } catch {
            code.remove()
            throw error
        }
    }

    private func begin(
        _ recorded: RecordedRun, _ code: UnpackedCode, _ interpreter: String, in session: StandaloneSession
    ) throws -> Int32 {
        try RecordedLaunch(recorded, code, python: interpreter, in: session).become(
            ["reproduction", recorded.key.run.text, "--folder", code.folder.string] + choices.words,
            choices.offline ? ["PENSTOCK_OFFLINE": "1", "PENSTOCK_PYTHON_FETCH": "never"] : [:])
    }

    private func python(for recorded: RecordedRun, in session: StandaloneSession) throws -> String {
        let own = try? FlowLaunch(file: "", command: [], python: nil).interpreter(session.settings.process)
        let (version, named, isOffline) = (recorded.facts["python_version"], python, choices.offline)
        let found = try PackageWorkshop.open(session, quiet: choices.json) { workshop in
            try await LaunchingPython.find(version, named: named, own: own, by: workshop.finder.offline(isOffline)).interpreter
        }
        return found.executable.string
    }
}

/// What can be chosen of a reproduction, for both of its commands.
struct ReproductionChoices: ParsableArguments {
    @Option(
        name: .customLong("from"),
        help: ArgumentHelp(
            "Begin with this step; what stands before it is taken over from the recorded run.", valueName: "step"))
    var firstStep: String?

    @Option(
        help: ArgumentHelp(
            "How far apart floats may be and count as equal, relative to the larger one, or to 1 if both are smaller; 0 by default.",
            valueName: "number"))
    var tolerance: Double = 0

    @Flag(help: "Ask no package index: what the datastore lacks is an error.")
    var offline = false

    @Option(help: ArgumentHelp("How many tasks may run at a time; 16 by default.", valueName: "number"))
    var maxWorkers: Int?

    @Option(name: .customLong("tag"), help: "Tag the new run; may be given several times.")
    var tags: [String] = []

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard tolerance >= 0, tolerance < 1 else {
            throw ValidationError("--tolerance is \(tolerance); it must be at least 0 and less than 1")
        }
    }

    /// As words of a command line.
    var words: [String] {
        var words = ["--tolerance", "\(tolerance)"]
        if let firstStep { words += ["--from", firstStep] }
        if offline { words.append("--offline") }
        if let maxWorkers { words += ["--max-workers", "\(maxWorkers)"] }
        words += tags.flatMap { ["--tag", $0] }
        if json { words.append("--json") }
        return words
    }
}
