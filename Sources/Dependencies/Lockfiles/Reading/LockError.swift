public import Diagnostics

/// A `pylock.toml` that cannot be read, says something that it must not, or is not for a target.
public struct LockError: DiagnosticError, Hashable, CustomStringConvertible {
    public enum Problem: Sendable, Hashable {
        /// It is not TOML, for the reason given.
        case malformed(String)
        /// A required key is not there.
        case missing
        /// The value is of another kind than it has to be.
        case wrongKind(expected: String, found: String)
        /// The value has the right kind but no meaning, for the reason given.
        case invalid(String)
        /// A major version of the format that is not understood.
        case unsupportedVersion(String)
        /// What the package has is no valid choice of sources.
        case badSource(String)
        /// It is valid, but this version of Penstock cannot install it.
        case unsupported(String)
        /// The lock, or the package, is not for the target.
        case unsuitable(String)
        /// None of the wheels that are locked runs on the target.
        case noWheel(package: String, python: String, locked: [String])
    }

    /// The file, as the caller calls it.
    public let file: String
    /// The line that it is about or, for an entry, where the entry begins; from 1.
    public let line: Int?
    /// The place in the document: `packages[3] (numpy).wheels[0].hashes`.
    public let keyPath: String
    public let problem: Problem

    public init(file: String, line: Int? = nil, keyPath: String, problem: Problem) {
        self.file = file
        self.line = line
        self.keyPath = keyPath
        self.problem = problem
    }

    public var description: String {
        let place = line.map { "\(file):\($0)" } ?? file
        return keyPath.isEmpty ? "\(place): \(reason)" : "\(place): \(keyPath): \(reason)"
    }

    public var diagnostic: Diagnostic {
        if case .noWheel(_, _, let locked) = problem {
            return Diagnostic(.user, reason, file: file, details: locked.map { "locked: \($0)" }, help: help)
        }
        return Diagnostic(
            .user, "the lock cannot be used: \(keyPath.isEmpty ? reason : "\(keyPath): \(reason)")", file: file,
            line: line, help: help)
    }

    private var reason: String {
        switch problem {
        case .malformed(let reason): "it is not TOML: \(reason)"
        case .missing: "this key is required, but missing"
        case .wrongKind(let expected, let found): "expected \(expected), found \(found)"
        case .invalid(let reason), .badSource(let reason), .unsuitable(let reason): reason
        case .noWheel(let package, let python, _): "the lock has no wheel of \(package) that runs on \(python)"
        case .unsupported(let what): "\(what), which this version of Penstock cannot install"
        case .unsupportedVersion(let version): "version '\(version)' of the format is not understood, only 1.x is"
        }
    }

    private var help: String {
        switch problem {
        case .unsupportedVersion: "use a newer Penstock, or make the lock again with this one"
        case .unsupported: "use a version of the package that has wheels"
        case .unsuitable, .noWheel:
            "lock the requirements again for this Python and platform, or choose the Python that the lock was made for"
        default: "restore the file from version control, or make the lock again"
        }
    }
}
