import Diagnostics
import Digests
import FlowModel
import Interpreters
import Lockfiles
import PythonPackaging
import SystemPackage

/// The lock that a step names.
struct NamedWish: Sendable {
    let entry: NamedLocks.Entry
    /// Whether it lies beside the flow, as locks for version control do.
    let isBesideFlow: Bool

    /// - Throws: `UnknownNameError`
    init(_ asked: NamedEnvironmentRequest, in names: NamedLocks) throws {
        guard let entry = try names.entry(asked.name) else {
            throw UnknownNameError(name: asked.name, known: names.names())
        }
        self.entry = entry
        isBesideFlow = entry.file.removingLastComponent() == names.near
    }

    /// Stands for what is installed, not for what it is called.
    var facts: [String] { ["named \(entry.lock.digest)"] }

    /// Pythons that will do, the one that the lock was made with first; none where the lock says nothing.
    var pythons: [InterpreterRequest] {
        let targets = entry.lock.origin?.targets.map(\.python) ?? []
        let series = targets.map { $0.split(separator: ".").prefix(2).joined(separator: ".") }
        return (targets + series + [entry.lock.requiresPython].compactMap(\.self)).compactMap {
            try? InterpreterRequest(parsing: $0)
        }
    }
}

extension NamedWish: Hashable {
    static func == (left: Self, right: Self) -> Bool { left.entry.file == right.entry.file }

    func hash(into hasher: inout Hasher) { hasher.combine(entry.file) }
}

/// `@named_env` names what nobody knows here.
struct UnknownNameError: DiagnosticError {
    let name: String
    let known: [String]

    var diagnostic: Diagnostic {
        Diagnostic(
            .user, "no environment is called '\(name)'",
            details: known.isEmpty ? [] : ["names that are known: \(known.prefix(20).joined(separator: ", "))"],
            help: "penstock env create --name \(name) PACKAGE… makes one; or put its lock beside the flow, as pylock.\(name).toml")
    }
}

/// `--locked` was given, and the name is the person's own.
struct NameNotLockedError: DiagnosticError {
    let name: String
    let file: String

    var diagnostic: Diagnostic {
        Diagnostic(
            .user, "the lock of '\(name)' does not lie beside the flow, and --locked allows no other", file: file,
            help: "keep it in version control: copy this file beside the flow, as pylock.\(name).toml")
    }
}
