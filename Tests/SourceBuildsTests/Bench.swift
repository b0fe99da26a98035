import Digests
import Environments
import Interpreters
import Lockfiles
import PackageSources
import PythonPackaging
import Resolution
import SourceBuilds
import SystemPackage
import TestSupport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A cache of its own, an index on this machine, and the Pythons that there are.
final class Bench: Sendable {
    let folder: TemporaryFolder
    let cache: CacheDirectory
    let index: LoopbackIndex
    let client: PackageIndexClient
    let finder: InterpreterFinder
    let variables: [String: String]

    init() async throws {
        folder = try TemporaryFolder()
        cache = CacheDirectory(root: folder.path.appending("cache"))
        index = try await LoopbackIndex()
        client = PackageIndexClient(configuration: try IndexConfiguration(index: index.url), cache: cache)
        var variables: [String: String] = [:]
        for name in ["PATH", "HOME", "PYENV_ROOT", "PENSTOCK_PYTHON_PATH"] {
            if let value = getenv(name) { variables[name] = String(cString: value) }
        }
        variables["COUNT_BUILDS"] = folder.path.appending("builds").string
        variables["PYTHONPATH"] = "/nowhere"
        // Commits of tests are made by nobody in particular.
        variables["GIT_CONFIG_GLOBAL"] = "/dev/null"
        self.variables = variables
        finder = InterpreterFinder(environment: variables, cache: cache)
    }

    /// The hooks of tiny projects that were run.
    var builds: [String] {
        ((try? folder.read("builds")) ?? []).split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }

    func builder(_ change: (inout SourceBuildOptions) -> Void = { _ in }) -> SourceBuilder {
        var options = SourceBuildOptions()
        change(&options)
        let client = client
        return SourceBuilder(cache: cache, finder: finder, environment: variables, options: options) { client }
    }

    /// The newest CPython, or the one of a series; `nil` where there is none, which the test says.
    func python(_ series: String = "3") async throws -> Interpreter? {
        try? await finder.find(try InterpreterRequest(parsing: series))
    }

    static var hasPython: Bool {
        get async {
            guard let bench = try? await Bench() else { return false }
            return (try? await bench.python()) ?? nil != nil
        }
    }

    func source(_ builder: SourceBuilder, _ python: Interpreter) -> BuildingSource {
        BuildingSource(client: client, builder: builder, interpreter: python)
    }

    /// Offers a source distribution.
    func add(_ project: TinyProject, packageInfo: String? = nil) throws {
        let file = LoopbackIndex.File(filename: "\(project.stem).tar.gz", bytes: try project.sdist(packageInfo: packageInfo))
        index.update { $0.projects[project.name, default: []].append(file) }
    }

    /// A source distribution as the index offers it.
    func offered(_ project: TinyProject) async throws -> IndexFile {
        guard let page = try await client.page(for: try PackageName(parsing: project.name)) else {
            throw Errno.noSuchFileOrDirectory
        }
        for version in page {
            for file in version.files where file.file.filename == "\(project.stem).tar.gz" { return file.file }
        }
        throw Errno.noSuchFileOrDirectory
    }

    /// Writes an archive, and gives it as a file of a lock.
    func locked(_ filename: String, _ bytes: [UInt8]) throws -> LockedFile {
        let path = try folder.write(filename, bytes)
        return LockedFile(
            filename: filename, url: nil, path: path.string, sha256: SHA256Digest(hashing: bytes), uploadTime: nil)
    }

    /// Runs a program with the Python of an environment and gives what it prints.
    func run(_ python: FilePath, _ program: String) throws -> String {
        let output = folder.path.appending("output-\(UInt32.random(in: 0 ... .max))")
        let quoted = program.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
        guard system("env -u PYTHONPATH '\(python)' -I -c '\(quoted)' > '\(output)' 2>&1") == 0 else {
            throw Failure(text: String(decoding: try folder.read(output.lastComponent?.string ?? ""), as: UTF8.self))
        }
        return String(decoding: try folder.read(output.lastComponent?.string ?? ""), as: UTF8.self)
    }

    /// Runs a command of the shell in a folder.
    func shell(_ command: String, in folder: FilePath) throws -> String {
        let output = self.folder.path.appending("output-\(UInt32.random(in: 0 ... .max))")
        let settings = "GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b GIT_CONFIG_GLOBAL=/dev/null"
        guard system("cd '\(folder)' && export \(settings) && { \(command); } > '\(output)' 2>&1") == 0 else {
            throw Failure(text: String(decoding: try self.folder.read(output.lastComponent?.string ?? ""), as: UTF8.self))
        }
        return String(decoding: try self.folder.read(output.lastComponent?.string ?? ""), as: UTF8.self)
    }

    struct Failure: Error { var text: String }
}
