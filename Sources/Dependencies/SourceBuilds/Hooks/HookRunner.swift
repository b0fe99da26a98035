import Archives
import PackageSources
import SystemPackage

/// Runs the hooks of one build in its environment.
struct HookRunner: Sendable {
    /// What messages call that which is built.
    let what: String
    let system: BuildSystem
    /// The root of the build's environment.
    let environment: FilePath
    let python: FilePath
    /// The folder of the project: hooks run in it.
    let project: FilePath
    /// A folder of our own for requests and answers.
    let folder: FilePath
    let log: FilePath
    /// The variables of the person's process.
    let variables: [String: String]
    let options: SourceBuildOptions
    let limit: ConcurrencyLimit

    /// What a hook gave; `nil` for an optional hook that the backend does not have.
    ///
    /// - Parameter output: an empty folder for what the hook makes.
    func call(_ hook: Hook, output: FilePath? = nil) async throws(SourceBuildError) -> HookAnswer? {
        let answer = folder.appending("\(hook.rawValue).answer")
        let request = HookRequest(
            hook: hook.rawValue, backend: system.backend, backendPath: system.backendPath, folder: output?.string,
            answer: answer.string)
        let requestFile = folder.appending("\(hook.rawValue).request")
        let script = folder.appending("hook.py")
        do {
            let json = try request.json
            try await BlockingWork.run { () throws(Errno) in
                try Self.write(Array(HookScript.source.utf8), to: script)
                try Self.write(json, to: requestFile)
                if let output { try Folders.make(output) }
            }
        } catch {
            throw .system(operation: "write", path: folder.string, code: (error as? Errno)?.rawValue ?? 0)
        }
        let process = ChildProcess(
            program: python, arguments: ["-I", script.string, requestFile.string], environment: shielded, folder: project,
            log: log, timeout: options.timeout, outputLimit: options.outputLimit)
        let ending: ChildProcess.Ending
        do throws(PackageSourceError) {
            ending = try await limit.run { () async throws(PackageSourceError) in await process.run() }
        } catch {
            throw .cancelled
        }
        let bytes = await BlockingWork.run { ProjectFolder(folder).read(answer.lastComponent?.string ?? "") }
        return try await judge(hook, ending, bytes.map(HookAnswer.init(json:)))
    }

    private func judge(
        _ hook: Hook, _ ending: ChildProcess.Ending, _ answer: HookAnswer?
    ) async throws(SourceBuildError) -> HookAnswer? {
        switch ending {
        case .exited(0): break
        case .exited(let code): throw await failure(hook, .exited(code: code))
        case .signal(let number): throw await failure(hook, .signal(number))
        case .timedOut: throw await failure(hook, .timedOut(seconds: options.timeout.components.seconds))
        case .printedTooMuch: throw await failure(hook, .printedTooMuch(bytes: options.outputLimit))
        case .cancelled: throw .cancelled
        case .notStarted(let reason):
            throw .interpreter(what: what, cause: NotStarted(program: python.string, reason: reason))
        }
        switch answer {
        case .missing: return nil
        case .noBackend(let reason): throw await failure(hook, .noBackend(name: system.backend, reason: reason))
        case .exception(let text): throw await failure(hook, .exception(text))
        case .text, .texts: return answer
        case .unreadable:
            throw .badResult(what: what, hook: hook.rawValue, reason: "gave something of the wrong kind", log: log.string)
        case nil: throw await failure(hook, .exited(code: 0))
        }
    }

    private func failure(_ hook: Hook, _ ending: BuildFailure.Ending) async -> SourceBuildError {
        let log = BuildLog(path: log)
        let (lines, hint) = await BlockingWork.run { (log.lastLines(), log.hint()) }
        return .failed(
            BuildFailure(
                what: what, hook: hook.rawValue, ending: ending, lastLines: lines, log: log.path.string, hint: hint))
    }

    /// The person's variables without those that would change what Python does, and the environment's programs first.
    private var shielded: [String: String] {
        var result = variables.filter { name, _ in
            !name.hasPrefix("PYTHON") && !name.hasPrefix("__PYVENV") && !name.hasPrefix("PIP_") && name != "VIRTUAL_ENV"
                && name != "CONDA_PREFIX"
        }
        let programs = python.removingLastComponent().string
        result["PATH"] = result["PATH"].map { "\(programs):\($0)" } ?? "\(programs):/usr/bin:/bin"
        result["VIRTUAL_ENV"] = environment.string
        result["PYTHONNOUSERSITE"] = "1"
        result["PYTHONIOENCODING"] = "utf-8"
        return result
    }

    static func write(_ bytes: [UInt8], to path: FilePath) throws(Errno) {
        do {
            let file = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: .ownerReadWrite)
            try file.closeAfter { _ = try file.writeAll(bytes) }
        } catch {
            throw (error as? Errno) ?? .ioError
        }
    }

}

/// A program that the system did not start.
struct NotStarted: Error, CustomStringConvertible {
    var program: String
    var reason: String
    var description: String { "\(program) could not be started: \(reason)" }
}
