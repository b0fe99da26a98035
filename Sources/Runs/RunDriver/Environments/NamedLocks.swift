package import Diagnostics
import FoundationEssentials
package import Lockfiles
package import SystemPackage

/// The environments to which people have given names: for each a lock, so that it can be built again anywhere.
///
/// A name stands for `pylock.NAME.toml` in the folder at hand, if there is one (PEP 751); otherwise for what
/// `penstock env name` has kept for this person, a file for each name.
package struct NamedLocks: Sendable {
    /// Where the person's names are.
    package let folder: FilePath
    /// Whose locks count first; that of the flow, or the current one.
    package let near: FilePath

    package init(folder: FilePath, near: FilePath) {
        self.folder = folder
        self.near = near
    }

    /// Below `METAFLOW_HOME`, else `~/.metaflowconfig`, beside the person's settings.
    package init(environment: [String: String], near: FilePath) {
        let home = environment["HOME"] ?? ""
        var root = environment["METAFLOW_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "~/.metaflowconfig"
        if root == "~" || root.hasPrefix("~/") { root = home + root.dropFirst() }
        self.init(folder: near.pushing(FilePath(root)).appending("environments"), near: near)
    }

    /// A lock that a name stands for.
    package struct Entry: Sendable {
        package let name: String
        package let lock: PyLock
        package let file: FilePath
    }

    // MARK: - Names

    /// Letters, digits and `. _ -`, in parts between `/`, with a `:tag` at the end perhaps; at most 100.
    package static func isName(_ text: String) -> Bool {
        let tagged = text.split(separator: ":", omittingEmptySubsequences: false)
        guard text.utf8.count <= 100, tagged.count <= 2 else { return false }
        let parts = tagged[0].split(separator: "/", omittingEmptySubsequences: false) + tagged.dropFirst()
        return parts.allSatisfy { part in
            !part.isEmpty && part.first != "." && part.first != "-"
                && part.utf8.allSatisfy {
                    $0.isLetterOrDigit || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
                }
        }
    }

    private static func fileName(_ name: String) -> String {
        name.replacing("/", with: "%2F").replacing(":", with: "%3A") + suffix
    }

    private static let suffix = ".toml"

    /// All names that are known here, in order.
    package func names() -> [String] {
        let kept = ((try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? [])
            .filter { $0.hasSuffix(Self.suffix) && !$0.hasPrefix(".") }
            .map { $0.dropLast(Self.suffix.count).replacing("%2F", with: "/").replacing("%3A", with: ":") }
        let beside = ((try? FileManager.default.contentsOfDirectory(atPath: near.string)) ?? []).compactMap { file -> String? in
            guard file.hasPrefix("pylock."), file.hasSuffix(Self.suffix), file != "pylock.toml" else { return nil }
            return String(file.dropFirst("pylock.".count).dropLast(Self.suffix.count))
        }
        return Set(kept.map(String.init) + beside).filter(Self.isName).sorted()
    }

    // MARK: - Reading and keeping

    /// The file that a name stands for; `nil` for none.
    package func file(of name: String) -> FilePath? {
        guard Self.isName(name) else { return nil }
        return [near.appending("pylock.\(name).toml"), folder.appending(Self.fileName(name))]
            .first { !$0.string.isEmpty && FileManager.default.fileExists(atPath: $0.string) }
    }

    /// What a name stands for; `nil` where it is not known.
    package func entry(_ name: String) throws -> Entry? {
        guard let file = file(of: name) else { return nil }
        guard let data = FileManager.default.contents(atPath: file.string) else {
            throw NamedLockError(name: name, file: file.string, problem: .unreadable)
        }
        let lock = try PyLock(parsing: String(decoding: data, as: UTF8.self), file: file.string)
        return Entry(name: name, lock: lock, file: file)
    }

    /// Lets a name stand for a lock; of several that do so at once the last counts. Blocks.
    ///
    /// - Throws: For a name that is none, and for one that a file of the folder at hand has.
    package func keep(_ lock: PyLock, as name: String) throws {
        try check(name)
        let file = folder.appending(Self.fileName(name)).string
        do {
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
            try Data(lock.text.utf8).write(to: URL(filePath: file), options: .atomic)
        } catch {
            throw NamedLockError(name: name, file: file, problem: .notWritten("\(error)"))
        }
    }

    /// That something can be given this name here.
    ///
    /// - Throws: For a name that is none, and for one that a file of the folder at hand has.
    package func check(_ name: String) throws {
        guard Self.isName(name) else { throw NamedLockError(name: name, file: nil, problem: .noName) }
        let beside = near.appending("pylock.\(name).toml").string
        guard !FileManager.default.fileExists(atPath: beside) else {
            throw NamedLockError(name: name, file: beside, problem: .taken)
        }
    }

    /// Forgets a name. Returns whether there was such a name of the person's own. Blocks.
    package func forget(_ name: String) throws -> Bool {
        guard Self.isName(name) else { throw NamedLockError(name: name, file: nil, problem: .noName) }
        let file = folder.appending(Self.fileName(name)).string
        guard FileManager.default.fileExists(atPath: file) else { return false }
        do {
            try FileManager.default.removeItem(atPath: file)
        } catch {
            throw NamedLockError(name: name, file: file, problem: .notWritten("\(error)"))
        }
        return true
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }
}

/// A name for an environment that cannot be used.
package struct NamedLockError: DiagnosticError {
    package enum Problem: Sendable {
        case noName
        case unreadable
        /// A lock in the folder at hand has the name.
        case taken
        case notWritten(String)
    }

    let name: String
    let file: String?
    let problem: Problem

    package var diagnostic: Diagnostic {
        switch problem {
        case .noName:
            Diagnostic(
                .usage, "'\(name)' is no name for an environment",
                help: "use letters, digits, '.', '_' and '-', as in ds, team/ds or ds:v2")
        case .unreadable:
            Diagnostic(.user, "the lock of '\(name)' may not be read", file: file, help: "change its permissions, or remove it")
        case .taken:
            Diagnostic(
                .user, "the name '\(name)' belongs to a lock in this folder", file: file,
                help: "choose another name, or write that file with penstock lock --output")
        case .notWritten(let reason):
            Diagnostic(.user, "the name '\(name)' cannot be changed: \(reason)", file: file)
        }
    }
}
