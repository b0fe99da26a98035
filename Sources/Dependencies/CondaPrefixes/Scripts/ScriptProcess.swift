import Archives
import Diagnostics
import Subprocess
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A script of a package while it runs: in a process group of its own, which ends with it.
struct ScriptProcess: Sendable {
    enum Ending: Sendable, Hashable {
        case exited(Int32)
        case signal(Int32)
        case printedTooMuch
        case cancelled
        /// It could not be started, for this reason.
        case notStarted(String)

        var words: String {
            switch self {
            case .exited(let code): "it ended with \(code) and said nothing"
            case .signal(let number): "it was ended by the signal \(number)"
            case .printedTooMuch: "it printed more than \(ScriptProcess.mostPrinted >> 20) MiB"
            case .cancelled: "it was cancelled"
            case .notStarted(let reason): reason
            }
        }
    }

    var shell: FilePath
    var script: FilePath
    var folder: FilePath
    /// On top of what this process has.
    var environment: [String: String]

    static let mostPrinted: Int64 = 16 << 20

    /// What packages want to be done before anything of the environment runs, then the script.
    private static let command = """
        for penstock_file in "$PREFIX"/etc/conda/activate.d/*.sh; do
            if [ -f "$penstock_file" ]; then . "$penstock_file"; fi
        done
        . "$1"
        """

    /// Runs it to its end, and returns the last of what it printed.
    func run() async -> (ending: Ending, said: String) {
        let output: ScriptOutput
        do throws(CondaPrefixError) {
            output = try await BlockingWork.run { () throws(CondaPrefixError) in try ScriptOutput(in: folder) }
        } catch {
            return (.notStarted(error.diagnostic.headline), "")
        }
        let ending = await withTaskGroup(of: Ending.self) { group in
            group.addTask { await start(output) }
            group.addTask { await watch(output) }
            let first = await group.next() ?? .cancelled
            // Ends the processes, or the watch.
            group.cancelAll()
            await group.waitForAll()
            return first
        }
        if ending == .printedTooMuch { return (ending, ending.words) }
        return (ending, await BlockingWork.run { output.end })
    }

    private func start(_ output: ScriptOutput) async -> Ending {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(500)),
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(10)),
        ]
        let variables = environment.map { (Subprocess.Environment.Key(stringLiteral: $0.key), Optional($0.value)) }
        let leader = Atomic<Int32>(0)
        // What it left running ends too.
        defer {
            let group = leader.load(ordering: .relaxed)
            if group > 1 { _ = kill(-group, SIGKILL) }
        }
        do {
            let result = try await Subprocess.run(
                .path(shell), arguments: ["-c", Self.command, "sh", script.string],
                environment: .inherit.updating(Dictionary(uniqueKeysWithValues: variables)), workingDirectory: folder,
                platformOptions: options, input: .none,
                output: .fileDescriptor(output.descriptor, closeAfterSpawningProcess: false),
                error: .fileDescriptor(output.descriptor, closeAfterSpawningProcess: false)
            ) { execution in
                leader.store(execution.processIdentifier.value, ordering: .relaxed)
            }
            if Task.isCancelled { return .cancelled }
            switch result.terminationStatus {
            case .exited(let code): return .exited(code)
            case .signaled(let number): return .signal(number)
            }
        } catch {
            return Task.isCancelled ? .cancelled : .notStarted("\(error)")
        }
    }

    /// Ends when the script has printed too much, or is not there any more.
    private func watch(_ output: ScriptOutput) async -> Ending {
        while true {
            do { try await Task.sleep(for: .milliseconds(200)) } catch { return .cancelled }
            if output.size > Self.mostPrinted { return .printedTooMuch }
        }
    }
}

/// Where a script prints to: a file without a name, so that nobody waits for a process that it left behind.
private final class ScriptOutput: Sendable {
    let descriptor: FileDescriptor

    init(in folder: FilePath) throws(CondaPrefixError) {
        let path = folder.appending(".penstock-script-output")
        let number = open(path.string, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw .system(operation: "create", path: path.string, code: errno) }
        unlink(path.string)
        descriptor = FileDescriptor(rawValue: number)
    }

    deinit { try? descriptor.close() }

    var size: Int64 {
        var status = stat()
        return fstat(descriptor.rawValue, &status) == 0 ? Int64(status.st_size) : 0
    }

    /// The last lines.
    var end: String {
        let most = 4096
        let bytes = [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
            count = max(0, pread(descriptor.rawValue, buffer.baseAddress, most, off_t(max(0, size - Int64(most)))))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
