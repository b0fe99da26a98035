public import Diagnostics

/// Why a lock cannot be used.
public struct LockError: DiagnosticError, Hashable {
    public enum Fault: Hashable, Sendable {
        /// It is not TOML.
        case syntax(line: Int, message: String)
        /// A newer or unknown version of the format.
        case formatVersion(String)
        /// A key is missing, or has a value of another type than it should.
        case key(String, expected: String)
        /// A value cannot be what it stands for.
        case value(String, text: String, problem: String)
        /// The lock holds what this version cannot install.
        case unsupported(package: String, what: String)
    }

    /// The file, as the person knows it.
    public let file: String
    public let fault: Fault

    public init(file: String, _ fault: Fault) {
        self.file = file
        self.fault = fault
    }

    public var diagnostic: Diagnostic {
        switch fault {
        case .syntax(let line, let message):
            Diagnostic(.user, "the lock is not TOML: \(message)", file: file, line: line)
        case .formatVersion(let version):
            Diagnostic(
                .user, "the lock has format version \(version), and this Penstock reads \(PyLock.formatVersion)", file: file,
                help: "update Penstock, or make the lock again")
        case .key(let path, let expected):
            Diagnostic(.user, "the lock's '\(path)' should be \(expected)", file: file)
        case .value(let path, let text, let problem):
            Diagnostic(.user, "the lock's '\(path)' is '\(text)', \(problem)", file: file)
        case .unsupported(let package, let what):
            Diagnostic(
                .user, "the lock's package '\(package)' \(what), which this version of Penstock cannot install", file: file,
                help: "use a version of '\(package)' that has wheels")
        }
    }
}
