import ArgumentParser
import Diagnostics
import FlowModel
import Interpreters
import Ledger
import SystemPackage

/// `penstock attach FLOW/RUN`: goes on with a run whose engine is gone, as after a laptop was closed: with its code, its options and
/// its jobs.
///
/// This half finds the record and unpacks the code; `AttachmentCommand`, the flow's own, goes on.
struct AttachCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach",
        abstract: "Go on with a run whose engine is gone.",
        discussion: """
            Jobs that are on a cluster are taken over: those that have ended meanwhile are recorded, those that run are waited for. \
            Tasks that ran on this machine went with the engine, and start anew. Code, parameters and options are those of the run. \
            Examples:
              penstock attach TrainFlow/1763900000000000
              penstock attach TrainFlow
            """)

    @Argument(help: ArgumentHelp("FLOW/RUN, or FLOW for its newest run", valueName: "pathspec"), completion: PathspecCompletion.runs)
    var path: String

    @Option(
        help: ArgumentHelp(
            "The Python for the flow file and for steps without an environment; otherwise yours if it is of the series that the run had.",
            valueName: "python"),
        completion: .file())
    var python: String?

    @OptionGroup var place: RecordArguments

    func perform(in session: StandaloneSession) throws -> Int32 {
        let (run, records) = try place.run(path, in: session)
        let words = "\(run.key.flow)/\(run.key.run)"
        switch run.state {
        case .running: throw AttachError.running(words)
        case .succeeded, .failed: throw AttachError.ended(words)
        case .abandoned: break
        }
        let recorded = try RecordedRun(run, in: records)
        let interpreter = try interpreter(for: recorded, in: session)
        let code = try UnpackedCode(recorded)
        do {
            return try RecordedLaunch(recorded, code, python: interpreter, in: session)
                .become(["attachment", recorded.key.run.text, "--folder", code.folder.string])
        } catch {
            code.remove()
            throw error
        }
    }

    private func interpreter(for recorded: RecordedRun, in session: StandaloneSession) throws -> String {
        let own = try? FlowLaunch(file: "", command: [], python: nil).interpreter(session.settings.process)
        let (version, named) = (recorded.facts["python_version"], python)
        return try PackageWorkshop.open(session, quiet: false) { workshop in
            try await LaunchingPython.find(version, named: named, own: own, by: workshop.finder).interpreter
        }.executable.string
    }
}

/// Why a run cannot be attached to.
enum AttachError: DiagnosticError {
    case running(String)
    case ended(String)

    var diagnostic: Diagnostic {
        switch self {
        case .running(let run):
            Diagnostic(
                .user, "an engine is at work on \(run)",
                help: "penstock show \(run) tells how it stands; stop that engine first if this one is to go on")
        case .ended(let run):
            Diagnostic(.user, "the run \(run) has ended", help: "to do what it has not done: resume --origin-run-id, with its flow file")
        }
    }
}
