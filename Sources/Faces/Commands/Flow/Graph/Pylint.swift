import Diagnostics
import FlowModel
import FoundationEssentials
import Glibc
import WorkerProtocol

/// pylint in the person's interpreter, where it is installed.
struct Pylint {
    private let python: String
    private let flowFile: String

    init?(of hello: HostHello) {
        python = hello.python.executable
        flowFile = hello.flow.file
    }

    /// Ends with 77 where there is no pylint, so that one process is enough.
    private static let script = """
        import importlib.util, sys
        if importlib.util.find_spec("pylint") is None:
            sys.exit(77)
        from pylint.lint import Run
        Run(sys.argv[1:])
        """

    /// What a step does with `self` is not what pylint expects of methods.
    private static let unfit = "no-member,unsubscriptable-object,unsupported-assignment-operation,no-self-argument"

    /// Whether it found no error, or is not there. What it says is shown.
    func run(showingWarnings: Bool, on terminal: Terminal) -> Bool {
        let options = ["--disable=\(Self.unfit)", "--persistent=n"] + (showingWarnings ? [] : ["--errors-only"])
        let words = [python, "-c", Self.script] + options + [flowFile]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        // What pylint says is no result of this command.
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, terminal.descriptor, STDOUT_FILENO)
        var process = pid_t()
        guard posix_spawn(&process, python, &actions, nil, &arguments, environ) == 0 else { return true }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        guard status & 0x7F == 0 else { return true }
        let code = status >> 8 & 0xFF
        // Bits: 1 fatal, 2 error; warnings and the like do not count.
        return code == 77 || code & 3 == 0 || code >= 32
    }
}

/// pylint found errors.
enum PylintError: DiagnosticError {
    case found(String)

    var diagnostic: Diagnostic {
        switch self {
        case .found(let script):
            Diagnostic(
                .user, "pylint found errors in \(script); they stand above",
                help: "correct them, or leave pylint out: --no-pylint before the command")
        }
    }
}
