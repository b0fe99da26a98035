import Interpreters
import Lockfiles
import PythonPackaging
import Resolution
import SystemPackage

/// What `env create --project` takes of a uv project.
struct ProjectChoice: Sendable {
    let folder: String
    let extras: [String]
    let groups: [String]
    let usesDefaultGroups: Bool
    /// The Python that the person named.
    let python: String?

    init(_ command: EnvironmentCreateCommand, folder: String) {
        self.folder = folder
        (extras, groups) = (command.wanted.files.extras, command.wanted.files.groups)
        (usesDefaultGroups, python) = (!command.noDefaultGroups, command.python)
    }

    /// What uv would install, as a lock for one Python of this machine.
    func locked(by workshop: PackageWorkshop) async throws -> LockedEnvironment {
        let project = try UVProject(foundFrom: AbsolutePath(folder).text)
        try project.checkLock()
        let selection = try project.selection(extras: extras, groups: groups, usesDefaultGroups: usesDefaultGroups)
        let requests = [python].compactMap(\.self) + project.pythonRequests
        let interpreter = try await workshop.finder.find(
            requests.lazy.compactMap { try? InterpreterRequest(parsing: $0) }.first)
        return LockedEnvironment(
            words: "the project in \(folder)",
            lock: try project.lock.packages(for: interpreter.target, selecting: selection, file: project.lockFile),
            folder: FilePath(project.root), python: python ?? interpreter.version.description)
    }
}
