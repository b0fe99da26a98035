public import Archives
public import Diagnostics
public import PackageSources

/// Why a Python was not fetched.
public enum PythonFetchError: DiagnosticError {
    /// A variable says something that cannot be followed.
    case setting(variable: String, value: String, problem: String)
    /// `PENSTOCK_PYTHON_FETCH`, or what uv is told, is `never`.
    case switchedOff
    /// There are no builds for this system.
    case unsupportedSystem
    /// The list of what can be fetched was not found at a mirror; `place` is where it was looked for.
    case noList(place: String, origin: String)
    /// The list of what can be fetched cannot be used; `line` counts from 1.
    case list(place: String, line: Int?, problem: String)
    /// What is asked for is not in the list; `offered` are versions for this platform, newest first.
    case notOffered(wanted: String, place: String, offered: [String])
    /// The list or an archive could not be fetched, or does not have the promised hash.
    case source(PackageSourceError)
    /// The archive is not what it should be.
    case archive(ArchiveError)
    /// What was unpacked is not the Python that was promised.
    case refused(build: String, place: String, reason: String)
    /// The folder of fetched Pythons cannot be used; `code` is an `errno`.
    case folder(operation: String, path: String, code: Int32)
    /// No folder for fetched Pythons is known.
    case noFolder
    /// No fetched Python of this machine is what was named.
    case notFetched(wanted: String, present: [String])
    /// Processes run it.
    case inUse(name: String, processes: [Int])
    /// The surrounding task was cancelled.
    case cancelled

    public var diagnostic: Diagnostic {
        switch self {
        case .setting(let variable, let value, let problem):
            Diagnostic(.user, "\(variable) is '\(value)', \(problem)", help: "correct it, or take it away")
        case .switchedOff:
            Diagnostic(
                .user, "fetching Pythons is switched off (PENSTOCK_PYTHON_FETCH or UV_PYTHON_DOWNLOADS is never)",
                help: "set PENSTOCK_PYTHON_FETCH to missing, or to manual for this command alone")
        case .unsupportedSystem:
            Diagnostic(.user, "there are no Pythons to fetch for this system", help: "install the Python yourself")
        case .noList(let place, let origin):
            Diagnostic(
                .user, "there is no list of Pythons at \(place), which \(origin) leads to",
                help: """
                    name the folder of a release, which has a file SHA256SUMS, or a release with PENSTOCK_PYTHON_RELEASE, or \
                    a list of your own with PENSTOCK_PYTHON_MANIFEST
                    """)
        case .list(let place, let line, let problem):
            Diagnostic(.user, "the list of Pythons cannot be used: \(problem)", file: place, line: line)
        case .notOffered(let wanted, let place, let offered):
            Diagnostic(
                .user, "no Python \(wanted) for this machine is offered by \(place)",
                details: [offered.isEmpty ? "it has none for this machine" : "it has \(offered.joined(separator: ", "))"],
                help: "ask for one that is there, or name another release (PENSTOCK_PYTHON_RELEASE) or mirror (PENSTOCK_PYTHON_MIRROR)")
        case .source(let error): sourceDiagnostic(error)
        case .archive(let error): error.diagnostic
        case .refused(let build, let place, let reason):
            Diagnostic(
                .user, "the archive of \(build) was not taken: \(reason)", details: ["from \(place)"],
                help: "take another release or mirror: PENSTOCK_PYTHON_RELEASE, PENSTOCK_PYTHON_MIRROR")
        case .folder(let operation, let path, let code):
            Diagnostic(
                .infrastructure, "could not \(operation): \(systemMessage(code))", file: path,
                help: "free space or correct its permissions, or set PENSTOCK_PYTHON_DIR to another folder")
        case .noFolder:
            Diagnostic(
                .user, "there is no place for fetched Pythons: HOME is not set", help: "set PENSTOCK_PYTHON_DIR to a folder")
        case .notFetched(let wanted, let present):
            Diagnostic(
                .user, "no Python that Penstock has fetched is called or answers '\(wanted)'",
                details: present.isEmpty ? ["there is none at all"] : ["there are:"] + present.map { "  \($0)" })
        case .inUse(let name, let processes):
            Diagnostic(
                .user, "\(name) is in use by process \(processes.map(String.init).joined(separator: ", "))",
                help: "let them end, or remove it all the same with --force")
        case .cancelled: Diagnostic(.infrastructure, "fetching was cancelled")
        }
    }

    private func sourceDiagnostic(_ error: PackageSourceError) -> Diagnostic {
        var diagnostic = error.diagnostic
        switch error {
        case .offline(let url):
            diagnostic = Diagnostic(
                .user, "Penstock works offline, and \(url) lies on another machine",
                help: "run once with the network switched on, or install the Python yourself")
        case .status, .unreachable, .redirect:
            diagnostic.help = """
                check the network, and proxy and certificate settings; PENSTOCK_PYTHON_MIRROR names another place, and \
                PENSTOCK_PYTHON_FETCH=never fetches nothing
                """
        default: break
        }
        return diagnostic
    }
}
