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
        lock = try Self.lock(String(decoding: data, as: UTF8.self), file: path)
    }

    /// Of any of the formats that say all by themselves: `pylock.toml`, `conda-lock.yml`, and lists with `@EXPLICIT`.
    private static func lock(_ text: String, file: String) throws -> PyLock {
        if text.split(whereSeparator: \.isNewline).contains("@EXPLICIT") {
            let list: ExplicitList
            do throws(ExplicitListError) {
                list = try ExplicitList(parsing: text)
            } catch {
                throw FileError.cannotRead(path: file, reason: "\(error)")
            }
            return try PyLock(list, file: file)
        }
        if file.hasSuffix(".yml") || file.hasSuffix(".yaml") {
            return try CondaLockFile(parsing: text, file: file).lock(for: .ofThisMachine)
        }
        return try PyLock(parsing: text, file: file)
    }
}

extension Subdir {
    /// The platform that this program was built for.
    static var ofThisMachine: Subdir {
        #if os(Linux) && arch(x86_64)
        .linux64
        #elseif os(Linux)
        .linuxAArch64
        #elseif arch(x86_64)
        .osx64
        #else
        .osxARM64
        #endif
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
