public import Diagnostics

/// A uv project that cannot be used as it is.
public struct UVProjectError: DiagnosticError, Hashable {
    public enum Problem: Sendable, Hashable {
        /// No `pyproject.toml` in the folder of the flow or above it.
        case noProject(folder: String)
        /// There is a project, and it was never locked.
        case noLock
        case unreadable(String)
        /// Each difference a sentence without a full stop.
        case outOfDate([String])
        /// Penstock was asked what is newer than the lock.
        case upgradedByUV
        case noExtra(String, known: [String])
        case noGroup(String, known: [String])
        /// Something that the project says, and why that cannot be.
        case invalid(String)
    }

    /// The file that it is about.
    public let file: String
    public let problem: Problem

    public var diagnostic: Diagnostic {
        switch problem {
        case .noProject(let folder):
            Diagnostic(
                .user, "there is no pyproject.toml in \(folder) or above it, so there is no uv project",
                help: "type: uv init, or leave --environment=uv and @uv out")
        case .noLock:
            Diagnostic(.user, "the project has no uv.lock", file: file, help: "type: uv lock")
        case .unreadable(let reason): Diagnostic(.user, "the file cannot be read: \(reason)", file: file, help: "mend the file")
        case .outOfDate(let differences):
            Diagnostic(
                .user, "uv.lock is out of date: it was made before the project changed", file: file, details: differences,
                help: "type: uv lock")
        case .upgradedByUV:
            Diagnostic(
                .user, "the packages of the steps come from uv.lock, and uv decides about newer ones", file: file,
                help: "type: uv lock --upgrade --dry-run")
        case .noExtra(let name, let known):
            Diagnostic(
                .user, "the project has no extra '\(name)'", file: file,
                help: Self.choice(known, "write it under [project.optional-dependencies]"))
        case .noGroup(let name, let known):
            Diagnostic(
                .user, "the project has no dependency group '\(name)'", file: file,
                help: Self.choice(known, "write it under [dependency-groups]"))
        case .invalid(let reason): Diagnostic(.user, reason, file: file, help: "mend the file")
        }
    }

    private static func choice(_ known: [String], _ otherwise: String) -> String {
        known.isEmpty ? otherwise : "there are \(known.joined(separator: ", "))"
    }
}
