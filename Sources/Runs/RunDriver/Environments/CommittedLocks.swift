package import Diagnostics
import FoundationEssentials
package import Lockfiles
package import SystemPackage

/// The locks that lie beside a flow, to be kept in version control: `pylock.NAME.toml`.
package struct CommittedLocks: Sendable {
    /// The folder of the flow file.
    package let folder: FilePath
    /// The flow file as the person calls it, for messages.
    package let script: String

    package init(besideFlow file: FilePath, script: String) {
        folder = file.removingLastComponent()
        self.script = script
    }

    /// The lock of a name; `nil` if there is none.
    ///
    /// - Throws: For a lock that cannot be read, or that does not say what it answers.
    package func read(_ name: FlowLockName) throws -> PyLock? {
        let path = path(name).string
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommittedLockError(file: path, problem: .unreadable, script: script)
        }
        let lock = try PyLock(parsing: String(decoding: data, as: UTF8.self), file: path)
        guard lock.origin != nil else { throw CommittedLockError(file: path, problem: .foreign(lock.createdBy), script: script) }
        return lock
    }

    package func path(_ name: FlowLockName) -> FilePath { folder.appending(name.file) }
}

/// A lock beside a flow that is of no use.
struct CommittedLockError: DiagnosticError {
    enum Problem: Sendable {
        case unreadable
        /// Another tool made it.
        case foreign(String)
    }

    let file: String
    let problem: Problem
    let script: String

    var diagnostic: Diagnostic {
        switch problem {
        case .unreadable:
            Diagnostic(.user, "the lock may not be read", file: file, help: "change its permissions, or remove it")
        case .foreign(let tool):
            Diagnostic(
                .user, "the lock was made by \(tool), and does not say what it answers", file: file,
                help: "give it another name, or make it again: penstock lock \(script)")
        }
    }
}
