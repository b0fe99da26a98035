import CondaPackaging
import Diagnostics
import FoundationEssentials
import Lockfiles

/// A lock that a person names, or the one that lies here.
struct LockFile {
    /// The name where nothing is said.
    static let defaultName = "pylock.toml"

    /// As it was typed.
    let path: String
    let lock: PyLock

    /// - Parameter path: the one named `pylock.toml` in the current folder if nothing is said.
    init(reading path: String?) throws {
        guard path != nil || FileManager.default.fileExists(atPath: Self.defaultName) else { throw NoLockHere() }
        let path = path ?? Self.defaultName
        guard let data = FileManager.default.contents(atPath: path) else {
            throw FileError.cannotRead(path: path, reason: "it does not exist, or may not be read")
        }
        self.path = path
        let text = String(decoding: data, as: UTF8.self)
        if text.split(whereSeparator: \.isNewline).contains("@EXPLICIT") {
            do throws(ExplicitListError) {
                lock = PyLock(explicit: try ExplicitList(parsing: text))
            } catch {
                throw FileError.cannotRead(path: path, reason: "\(error)")
            }
        } else {
            lock = try PyLock(parsing: text, file: path)
        }
    }
}

/// No lock was named, and the current folder has none.
private struct NoLockHere: DiagnosticError {
    var diagnostic: Diagnostic {
        Diagnostic(
            .usage, "there is no \(LockFile.defaultName) here",
            help: "name a lock, a flow file, or requirements; penstock lock makes a lock")
    }
}
