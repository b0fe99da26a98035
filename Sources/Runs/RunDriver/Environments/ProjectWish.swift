import Digests
import Lockfiles
import PythonPackaging
package import Resolution

/// What a step takes of its uv project: the choice of extras and groups in it.
struct ProjectWish: Sendable {
    let project: UVProject
    let selection: UVSelection

    /// The engine is part of a code package; what the project has of that name is left out.
    private static let ownNames = Set(["metaflow", "penstock"].compactMap { try? PackageName(parsing: $0) })

    /// What uv would install on a target.
    func lock(for target: PythonTarget) throws -> PyLock {
        var lock = try project.lock.packages(for: target, selecting: selection, file: project.lockFile)
        lock.packages.removeAll { Self.ownNames.contains($0.name) && !$0.source.isTree }
        return lock
    }

    /// `tides[tables]`, `group checks`
    var words: [String] {
        let extras = selection.extras.map(\.description).sorted().joined(separator: ",")
        let name = project.name?.description ?? "the workspace"
        return [name + (extras.isEmpty ? "" : "[\(extras)]")] + selection.groups.sorted().map { "group \($0)" }
    }

    /// Stands for the lock and the choice, not for where the project lies.
    var facts: [String] {
        [
            "uv \(SHA256Digest(hashing: project.lockText))", "of \(selection.projects?.map(\.description).joined(separator: " ") ?? "")",
            "extras \(selection.extras.map(\.description).sorted().joined(separator: " "))",
            "groups \(selection.groups.map(\.description).sorted().joined(separator: " "))",
        ]
    }
}

extension ProjectWish: Hashable {
    static func == (left: Self, right: Self) -> Bool {
        left.project.root == right.project.root && left.selection == right.selection
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(project.root)
        hasher.combine(selection)
    }
}
