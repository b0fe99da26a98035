import Archives
import PackageSources
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Runs Git: without questions, hooks, and protocols that run programs.
struct GitCommand: Sendable {
    let repository: GitRepository
    /// The variables of the person's process.
    let variables: [String: String]
    let cache: CacheDirectory
    let timeout: Duration

    /// The lines that a command printed to its standard output, both streams taken together.
    ///
    /// - Parameter allowsFiles: whether repositories may be read from the disk.
    func run(
        _ arguments: [String], in folder: FilePath, allowsFiles: Bool? = nil
    ) async throws(SourceBuildError) -> [String] {
        let result = try await attempt(arguments, in: folder, allowsFiles: allowsFiles ?? repository.isLocal)
        guard result.code == 0 else {
            throw repository.failure(.failed(command: arguments.first ?? "", output: result.lines.suffix(8).map { $0 }))
        }
        return result.lines
    }

    /// Whether a command ends well.
    func succeeds(_ arguments: [String], in folder: FilePath) async throws(SourceBuildError) -> Bool {
        try await attempt(arguments, in: folder, allowsFiles: repository.isLocal).code == 0
    }

    func attempt(
        _ arguments: [String], in folder: FilePath, allowsFiles: Bool
    ) async throws(SourceBuildError) -> (code: Int32, lines: [String]) {
        let program = try program()
        let output = try await BlockingWork.run { () throws(SourceBuildError) in
            try Folders.temporary("git", in: cache)
        }
        defer { Task { await SourceTree(project: output, owned: output).remove() } }
        let log = output.appending("output")
        let process = ChildProcess(
            program: program, arguments: Self.settings + arguments, environment: environment(allowsFiles: allowsFiles),
            folder: folder, log: log, timeout: timeout, outputLimit: 64 << 20)
        let ending = await process.run()
        let bytes = await BlockingWork.run { ProjectFolder(output).read("output") ?? [] }
        let text = repository.redacting(String(decoding: bytes, as: UTF8.self))
        let lines = text.split(whereSeparator: \.isNewline).map(String.init)
        switch ending {
        case .exited(let code): return (code, lines)
        case .cancelled: throw .cancelled
        case .signal(let number): return (128 + number, lines + ["it was ended by signal \(number)"])
        case .timedOut: return (1, lines + ["it did not end within \(timeout.components.seconds) seconds"])
        case .printedTooMuch: return (1, ["it printed more than can be read"])
        case .notStarted(let reason): return (1, [reason])
        }
    }

    // No hooks of templates, no file system monitor, and nothing in the background that outlives the command.
    private static let settings = [
        "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "gc.auto=0", "-c", "maintenance.auto=false",
        "-c", "advice.detachedHead=false", "-c", "init.defaultBranch=main",
    ]

    private static let dropped: Set = [
        "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX", "GIT_TRACE", "GIT_EXTERNAL_DIFF", "GIT_TEMPLATE_DIR",
        "GIT_ASKPASS", "SSH_ASKPASS",
    ]

    private func environment(allowsFiles: Bool) -> [String: String] {
        var result = variables.filter { !Self.dropped.contains($0.key) }
        result["GIT_TERMINAL_PROMPT"] = "0"
        // Whoever asks gets nothing; credential helpers still answer.
        result["GIT_ASKPASS"] = "true"
        result["GIT_ALLOW_PROTOCOL"] = "git:http:https:ssh" + (allowsFiles ? ":file" : "")
        if result["GIT_SSH_COMMAND"] == nil, result["GIT_SSH"] == nil { result["GIT_SSH_COMMAND"] = "ssh -o BatchMode=yes" }
        result["LC_ALL"] = "C"
        return result
    }

    private func program() throws(SourceBuildError) -> FilePath {
        for folder in (variables["PATH"] ?? "").split(separator: ":") where folder.hasPrefix("/") {
            let path = FilePath(String(folder)).appending("git")
            if access(path.string, X_OK) == 0 { return path }
        }
        throw repository.failure(.noGit)
    }
}
