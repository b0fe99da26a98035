internal import Diagnostics
import FoundationEssentials
public import Lockfiles
public import PythonPackaging

/// A uv project with its lock, found and read; nothing of uv's is run, and nothing is resolved.
public struct UVProject: Sendable {
    /// The folder of `uv.lock`, which the paths in it are relative to. Absolute.
    public let root: String
    /// The project that the search came upon first: the root's, or a member of its workspace.
    public let name: PackageName?
    public let lock: UVLock
    /// The file as it is.
    public let lockText: String
    /// The `pyproject.toml` of the root as it is.
    public let projectText: String
    /// What changed since the lock was made, each a sentence without a full stop.
    public let differences: [String]
    /// What `.python-version` asks for, beside the project or the root.
    public let pinnedPython: String?
    private let extras: Set<ExtraName>
    private let groups: Set<PackageName>
    private let defaultGroups: Set<PackageName>

    /// Which Python to take, in words of which the first that are understood count: the pin, then what the lock is for.
    public var pythonRequests: [String] { [pinnedPython, lock.requiresPython].compactMap(\.self) }

    public var lockFile: String { "\(root)/uv.lock" }

    /// Goes up from a folder to the first `pyproject.toml`, and on to the root of its workspace. Blocks.
    ///
    /// - Throws: where there is none, it was never locked, or a file cannot be read.
    public init(foundFrom folder: String) throws(UVProjectError) {
        guard let workspace = try UVWorkspace.discover(from: folder) else {
            throw UVProjectError(file: folder, problem: .noProject(folder: folder))
        }
        root = workspace.root.folder
        name = workspace.current.name
        let file = "\(root)/uv.lock"
        guard FileManager.default.fileExists(atPath: file) else {
            throw UVProjectError(file: workspace.root.file, problem: .noLock)
        }
        lockText = try Self.text(file)
        projectText = try Self.text(workspace.root.file)
        do throws(LockError) {
            lock = try UVLock(parsing: lockText, file: file)
        } catch {
            throw UVProjectError(file: file, problem: .invalid(error.diagnostic.headline))
        }
        differences = try UVLockComparison.differences(of: workspace, from: lock)
        pinnedPython = Self.pinnedPython(in: [workspace.current.folder, root])
        // Members of a workspace without a project of its own are taken together.
        let chosen = workspace.current.name == nil ? workspace.members : [workspace.current]
        extras = Set(chosen.flatMap(\.project.extraNames))
        groups = Self.names((chosen + [workspace.current]).flatMap { $0.project.groupNames.map(\.description) })
        var defaults: [String] = []
        for member in chosen + (workspace.current.name == nil ? [workspace.current] : []) { defaults += try member.defaultGroups() }
        defaultGroups = Self.names(defaults)
    }

    /// Says that uv, not Penstock, knows what is newer than the lock.
    public var isUpgradedByUV: UVProjectError { UVProjectError(file: lockFile, problem: .upgradedByUV) }

    /// - Throws: where the lock is out of date.
    public func checkLock() throws(UVProjectError) {
        guard differences.isEmpty else { throw UVProjectError(file: lockFile, problem: .outOfDate(differences)) }
    }

    /// What is installed for a choice of the project's extras and groups.
    ///
    /// - Throws: for one that the project does not have.
    public func selection(
        extras: [String] = [], groups: [String] = [], usesDefaultGroups: Bool = true
    ) throws(UVProjectError) -> UVSelection {
        let file = "\(root)/\(UVFolder.projectFile)"
        var selection = UVSelection()
        if let name { selection.projects = [name] }
        for text in extras {
            guard let extra = try? ExtraName(parsing: text), self.extras.contains(extra) else {
                throw UVProjectError(file: file, problem: .noExtra(text, known: self.extras.map(\.description).sorted()))
            }
            selection.extras.insert(extra)
        }
        for text in groups {
            guard let group = try? PackageName(parsing: text), self.groups.contains(group) else {
                throw UVProjectError(file: file, problem: .noGroup(text, known: self.groups.map(\.description).sorted()))
            }
            selection.groups.insert(group)
        }
        if usesDefaultGroups { selection.groups.formUnion(defaultGroups) }
        return selection
    }

    private static func names(_ texts: [String]) -> Set<PackageName> { Set(texts.compactMap { try? PackageName(parsing: $0) }) }

    private static func text(_ path: String) throws(UVProjectError) -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw UVProjectError(file: path, problem: .unreadable("it may not be read"))
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// The first line that says something.
    private static func pinnedPython(in folders: [String]) -> String? {
        for folder in folders {
            guard let data = FileManager.default.contents(atPath: "\(folder)/.python-version") else { continue }
            let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
            if let line = lines.map({ $0.trimmingPrefix { $0 == " " } }).first(where: { !$0.isEmpty && !$0.hasPrefix("#") }) {
                return line.split(whereSeparator: \.isWhitespace).first.map(String.init)
            }
        }
        return nil
    }
}
