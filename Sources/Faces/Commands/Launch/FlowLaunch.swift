import ArgumentParser
import Diagnostics
import FoundationEssentials
import Glibc
import SystemPackage

/// Which Python a flow file is run with.
struct InterpreterArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The Python to run a flow file with; otherwise that of $VIRTUAL_ENV, then of the environment that penstock is \
            installed in, then python3 on the PATH.
            """,
            valueName: "python"),
        completion: .file())
    var python: String?
}

/// `penstock run flow.py …` and its like: this process becomes `python flow.py … run …`.
struct FlowLaunch {
    /// The flow file as it was typed.
    var file: String
    /// Options that stand before the command.
    var top: [String] = []
    /// The command and what follows it.
    var command: [String]
    var python: String?

    /// Whether a word means a flow file rather than a pathspec.
    static func isFlowFile(_ word: String) -> Bool {
        word.hasSuffix(".py") || word.contains("/") && isFile(word) && !word.hasSuffix("/")
    }

    /// Does not return when it succeeds.
    func perform(in session: StandaloneSession) throws -> Int32 {
        guard Self.isFile(file) else { throw FlowLaunchError.noFile(file) }
        let interpreter = try interpreter(session.settings.process)
        var environment = session.settings.process
        // The flow is run by this engine, not by another one on the PATH.
        if environment["PENSTOCK_ENGINE"]?.isEmpty ?? true, let own = Self.ownPath { environment["PENSTOCK_ENGINE"] = own }
        let failure = Program(words: [interpreter, file] + top + command, environment: environment).become()
        throw FlowLaunchError.notStarted(interpreter, reason: failure.reason)
    }

    /// The Python that a flow file is run with here.
    func interpreter(_ environment: [String: String]) throws -> String {
        if let python {
            if python.contains("/") {
                guard Program.isExecutable(python) else { throw FlowLaunchError.noSuchPython(python) }
                return python
            }
            guard let found = Program.find(python, environment) else { throw FlowLaunchError.noSuchPython(python) }
            return found
        }
        if let active = environment["VIRTUAL_ENV"], !active.isEmpty, Program.isExecutable(active + "/bin/python") {
            return active + "/bin/python"
        }
        if let installed = Self.installedPython { return installed }
        guard let found = Program.find("python3", environment) ?? Program.find("python", environment) else {
            throw FlowLaunchError.noPython
        }
        return found
    }

    private static func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
    }

    /// The Python of the virtual environment that this program lies in, as a package's installer put it there.
    private static var installedPython: String? {
        guard let bin = ownPath.map({ FilePath($0).removingLastComponent() }), bin.lastComponent == "bin",
            isFile(bin.removingLastComponent().appending("pyvenv.cfg").string)
        else { return nil }
        let python = bin.appending("python").string
        return Program.isExecutable(python) ? python : nil
    }

    static var ownPath: String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    }
}

extension FlowLaunch {
    /// A command about packages, passed on to the flow file that it names: all other words go with it.
    init(passing file: String, python: String?, in session: StandaloneSession) {
        var words = session.words
        if let place = words.firstIndex(of: file) { words.remove(at: place) }
        if let place = words.firstIndex(of: "--python") { words.removeSubrange(place..<min(place + 2, words.endIndex)) }
        words.removeAll { $0.hasPrefix("--python=") }
        // Of a flow it is an option before the command.
        let isQuiet = words.contains { $0 == "--quiet" || $0 == "-q" }
        words.removeAll { $0 == "--quiet" || $0 == "-q" }
        self.init(file: file, top: isQuiet ? ["--quiet"] : [], command: words, python: python)
    }
}

/// Why a flow file cannot be run.
enum FlowLaunchError: DiagnosticError {
    case noFile(String)
    case noPython
    case noSuchPython(String)
    case notStarted(String, reason: String)
    case noFlowNamed(command: String)

    var diagnostic: Diagnostic {
        switch self {
        case .noFile(let file):
            Diagnostic(.usage, "there is no flow file \(file)", help: "name a file, as in: penstock run flow.py")
        case .noPython:
            Diagnostic(
                .user, "no Python was found: $VIRTUAL_ENV is not set, penstock lies in no environment, and there is no python3 on the PATH",
                help: "name one with --python")
        case .noSuchPython(let python):
            Diagnostic(.usage, "there is no Python '\(python)'", help: "name a program that can be run, or a path")
        case .notStarted(let python, let reason):
            Diagnostic(.infrastructure, "\(python) cannot be started: \(reason)", help: "name another with --python")
        case .noFlowNamed(let command):
            Diagnostic(
                .usage, "no flow file was named",
                help: "write it after the command, as in: penstock \(command) flow.py; penstock \(command) --help says more")
        }
    }
}
