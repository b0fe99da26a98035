import Archives
import Environments
import FoundationEssentials
import Interpreters
import Lockfiles
import PackageSources
import PythonPackaging
import Resolution
import SystemPackage

/// What a person's own environment gets beside the packages of its lock, which stay as they are: the code of a run, and
/// further packages in an environment of their own below it. A `.pth` file tells Python of both.
final class EnvironmentAdditions {
    private let place: FilePath
    /// Folders that come before the packages of the lock, as the folder of a flow does in a run.
    private var before: [String] = []
    /// Folders that come after them.
    private var after: [String] = []

    init(place: FilePath) {
        self.place = place
    }

    /// Unpacks the code package of a run. Blocks.
    func addCode(_ code: TarReader) throws -> FilePath {
        let folder = place.appending("code")
        try code.extractAll(into: folder)
        // The code package has the modules that it brings, and the SDK, in a folder of its own.
        before = [folder.string, folder.appending(".mf_code").string]
        return folder
    }

    /// Packages with what they need, as far as a lock does not have it already, and in versions that go with the lock's.
    static func lock(
        _ requirements: [String], beside lock: PyLock, _ workshop: PackageWorkshop, _ indexes: IndexOptions,
        on interpreter: Interpreter
    ) async throws -> PyLock {
        let locked = LockGraph(lock, on: interpreter.target).packages
        let pins = try locked.compactMap { package throws -> RootRequirement? in
            guard let version = package.version else { return nil }
            var pin = try RootRequirement(parsing: "\(package.name)==\(version)")
            pin.asker = Asker("the lock")
            return pin
        }
        let roots = try requirements.map { text throws in
            var root = try RootRequirement(parsing: text, below: FileManager.default.currentDirectoryPath)
            root.asker = Asker("--with")
            return root
        }
        var added = try await workshop.withSource(indexes, ResolutionOptions(), of: interpreter) { source in
            try await LockResolver(source: source, options: ResolutionOptions(), progress: workshop.progress)
                .lock(ResolutionRequest(roots, constraints: pins), for: [interpreter.target], in: LockContext())
        }
        let names = Set(locked.map(\.name))
        added.packages.removeAll { names.contains($0.name) }
        return added
    }

    /// Installs what was locked beside the packages of the environment.
    func add(_ lock: PyLock, _ workshop: PackageWorkshop, _ indexes: IndexOptions, python: FilePath) async throws {
        let built = try await workshop.build(
            lock, relativeTo: place, python: python.string, indexes: indexes, at: place.appending("with"))
        if let origin = EnvironmentOrigin(in: built.path) { after.append(built.path.pushing(FilePath(origin.python.library)).string) }
    }

    /// Tells Python of what was added. Blocks.
    func finish() throws {
        guard !(before + after).isEmpty, let origin = EnvironmentOrigin(in: place) else { return }
        var lines = after
        if !before.isEmpty {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .withoutEscapingSlashes
            // A line that begins with `import` is executed; JSON texts in a list are Python, too.
            lines.append("import sys; sys.path[:0] = \(String(decoding: try encoder.encode(before), as: UTF8.self))")
        }
        let file = place.pushing(FilePath(origin.python.library)).appending("_penstock.pth")
        try OutputFile(file.string).write((lines.joined(separator: "\n") + "\n").utf8)
    }
}
