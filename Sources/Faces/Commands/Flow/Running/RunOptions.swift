import ArgumentParser
import Diagnostics
import FlowModel
import FoundationEssentials
import Ledger

/// The options that `run`, `resume` and `spin` share.
struct RunOptions: ParsableArguments {
    @Option(name: .customLong("tag"), help: "Tag the run; may be given several times.")
    var tags: [String] = []

    @Option(help: ArgumentHelp("How many tasks may run at a time; 16 by default.", valueName: "number"))
    var maxWorkers: Int?

    @Option(help: ArgumentHelp("How many items a foreach may have; 100 by default.", valueName: "number"))
    var maxNumSplits: Int?

    @Option(help: ArgumentHelp("Megabytes of output that are kept of each attempt; 10 by default.", valueName: "size"))
    var maxLogSize: Int?

    @Option(
        name: .customLong("with"),
        help: ArgumentHelp(
            "Add a decorator to every step that lacks it, as retry:times=2; may be given several times.",
            valueName: "decorator"))
    var decorators: [String] = []

    @Flag(help: "Resolve nothing: take the packages of the locks beside the flow (made by lock), and fail if one is out of date.")
    var locked = false

    @Flag(help: "Compare the environments with the hashes of their packages before the run starts, and mend what is damaged.")
    var verify = false

    @Option(
        help: ArgumentHelp(
            "Put all packages of the run into its datastore before it starts: always, remote (for runs with a remote datastore; the default), or never.",
            valueName: "when"))
    var snapshot: String?

    @Option(help: ArgumentHelp("Write the run's id to this file before any task starts.", valueName: "file"))
    var runIdFile: String?

    @Option(help: .hidden)
    var runnerAttributeFile: String?

    /// Decorators of this command, those of variables after those that were typed.
    func decorators(in environment: [String: String], command: String) -> [String] {
        let names = ["PENSTOCK_\(command)_DECOSPECS", "METAFLOW_\(command)_DECOSPECS"]
        let more = names.lazy.compactMap { environment[$0] }.first ?? ""
        return decorators + more.split(separator: " ").map(String.init)
    }
}

/// The limits of a run: typed, else from the environment, else by default.
struct RunLimits {
    let maxWorkers: Int
    /// The same, where somebody said so.
    let typedWorkers: Int?
    let maxSplits: Int
    /// In bytes.
    let maxLog: Int64

    /// - Parameter command: in whose variables (`METAFLOW_RUN_MAX_WORKERS`) to look.
    init(_ options: RunOptions, environment: [String: String], command: String) throws {
        let reading = LimitReading(environment: environment, command: command)
        typedWorkers = try reading.limit("max-workers", options.maxWorkers)
        maxWorkers = typedWorkers ?? 16
        maxSplits = try reading.limit("max-num-splits", options.maxNumSplits) ?? 100
        maxLog = Int64(try reading.limit("max-log-size", options.maxLogSize) ?? 10) * 1_000_000
    }
}

private struct LimitReading {
    let environment: [String: String]
    let command: String

    func limit(_ option: String, _ typed: Int?) throws -> Int? {
        var value = typed
        let suffix = option.uppercased().replacing("-", with: "_")
        for variable in ["PENSTOCK_\(command)_\(suffix)", "METAFLOW_\(command)_\(suffix)"] where value == nil {
            guard let text = environment[variable], !text.isEmpty else { continue }
            guard let number = Int(text) else { throw RunCommandError.notANumber(variable, text) }
            value = number
        }
        if let value, !(1...1_000_000_000).contains(value) { throw RunCommandError.outOfRange(option, value) }
        return value
    }
}

/// The tags that a person gives a run.
struct RunTags {
    let texts: [String]

    init(_ typed: [String], environment: [String: String], command: String) throws {
        let more = environment["PENSTOCK_\(command)_TAGS"] ?? environment["METAFLOW_\(command)_TAGS"] ?? ""
        texts = typed + more.split(separator: " ").map(String.init)
        _ = try TagEdit(adding: texts).applied(to: [], systemTags: [])
    }
}

/// What is wrong with the options of `run` and its relatives.
enum RunCommandError: DiagnosticError {
    case notANumber(String, String)
    case outOfRange(String, Int)
    case file(option: String, path: String, reason: String)

    var diagnostic: Diagnostic {
        switch self {
        case .notANumber(let variable, let text):
            Diagnostic(
                .usage, "\(variable) is '\(text)', which is no whole number", help: "set it to a number, or unset it")
        case .outOfRange(let option, let value):
            Diagnostic(
                .usage, "--\(option) is \(value); it must be at least 1 and at most 1000000000",
                help: "write --\(option) NUMBER")
        case .file(let option, let path, let reason):
            Diagnostic(
                .user, "cannot write the file of --\(option)", file: path, details: [reason],
                help: "name a file in a folder that exists and may be written to")
        }
    }
}
