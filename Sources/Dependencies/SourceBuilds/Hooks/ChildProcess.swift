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

/// A program that is run in a process group of its own, which ends with it; what it prints goes to a file.
struct ChildProcess: Sendable {
    var program: FilePath
    var arguments: [String]
    var environment: [String: String]
    var folder: FilePath
    /// Where its output goes, behind what is there.
    var log: FilePath
    var timeout: Duration
    /// What it may print, in bytes.
    var outputLimit: Int64

    enum Ending: Sendable, Hashable {
        case exited(Int32)
        case signal(Int32)
        case timedOut
        case printedTooMuch
        case cancelled
        /// It could not be started, for this reason.
        case notStarted(String)
    }

    /// Runs it to its end.
    func run() async -> Ending {
        await withTaskGroup(of: Ending.self) { group in
            group.addTask { await start() }
            group.addTask { await watch() }
            let first = await group.next() ?? .cancelled
            // Cancelling ends the process group, or the watch.
            group.cancelAll()
            await group.waitForAll()
            return first
        }
    }

    private func start() async -> Ending {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(500)),
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(10)),
        ]
        let variables = environment.map { (Subprocess.Environment.Key(stringLiteral: $0.key), $0.value) }
        let group = ProcessGroup()
        // What it left running ends too, however it ended itself.
        defer { group.end() }
        do {
            let output = try FileDescriptor.open(
                log, .writeOnly, options: [.create, .append, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            defer { try? output.close() }
            let result = try await Subprocess.run(
                .path(program), arguments: Arguments(arguments),
                environment: .custom(Dictionary(uniqueKeysWithValues: variables)), workingDirectory: folder,
                platformOptions: options, input: .none,
                output: .fileDescriptor(output, closeAfterSpawningProcess: false),
                error: .fileDescriptor(output, closeAfterSpawningProcess: false)
            ) { execution in
                group.started(execution.processIdentifier.value)
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

    /// Ends when the process has taken too long or printed too much, or is not there any more.
    private func watch() async -> Ending {
        let clock = ContinuousClock()
        let end = clock.now + timeout
        while clock.now < end {
            do { try await Task.sleep(for: min(.milliseconds(500), end - clock.now)) } catch { return .cancelled }
            var status = stat()
            if stat(log.string, &status) == 0, Int64(status.st_size) > outputLimit { return .printedTooMuch }
        }
        return .timedOut
    }
}

/// The group of a process that was started.
private final class ProcessGroup: Sendable {
    private let leader = Atomic<Int32>(0)

    func started(_ process: Int32) { leader.store(process, ordering: .relaxed) }

    func end() {
        let leader = leader.load(ordering: .relaxed)
        if leader > 1 { _ = kill(-leader, SIGKILL) }
    }
}
