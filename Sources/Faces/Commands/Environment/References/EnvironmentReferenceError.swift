import Diagnostics

/// Why a text names no environment.
enum EnvironmentReferenceError: DiagnosticError {
    case unknown(String, names: [String], digits: [String])
    case several(String, [String])
    /// The step ran in the interpreter that ran the flow.
    case noEnvironment(step: String)
    /// What was kept of the run does not have the lock.
    case noLock(step: String, file: String)
    /// The run kept no code.
    case noCode(run: String)
    case noRecord(path: String)

    var diagnostic: Diagnostic {
        switch self {
        case .unknown(let text, let names, let digits):
            Diagnostic(
                .user, "no environment is called '\(text)'",
                details: names.isEmpty ? [] : ["names that are known: \(names.prefix(20).joined(separator: ", "))"],
                help: Nearest(text, of: names + digits).help
                    ?? "write 4 or more of its digits, a name, its folder, a lock (pylock.toml), or FLOW/RUN/STEP\n"
                    + "penstock env list shows what there is")
        case .several(let text, let names):
            Diagnostic(
                .user, "'\(text)' is the beginning of several environments", details: names, help: "write more digits")
        case .noEnvironment(let step):
            Diagnostic(
                .user, "\(step) had no environment of its own",
                details: ["it ran in the interpreter that ran the flow, whose packages are not recorded"],
                help: "steps with @pypi, or all with --environment=pypi, have environments that can be made again")
        case .noLock(let step, let file):
            Diagnostic(.user, "the lock of \(step) is not in the code package of its run", details: ["it has no \(file)"])
        case .noCode(let run):
            Diagnostic(.user, "no code was kept of \(run), so its locks are not known")
        case .noRecord(let path):
            Diagnostic(
                .user, "\(path) does not say what it was made from",
                help: "an environment has a record if this version of Penstock made it; make it anew with penstock env create")
        }
    }
}
