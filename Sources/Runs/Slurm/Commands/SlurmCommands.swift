import Archives
import Clusters
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

/// Runs Slurm's commands.
struct SlurmCommands: Sendable {
    enum Name: String, Sendable {
        case sbatch, squeue, sacct, scancel, scontrol
    }

    /// What a command said, and how it ended.
    struct Answer: Sendable {
        enum Ending: Hashable, Sendable {
            case exited(Int32)
            case signal(Int32)
            /// It was ended, since it took too long.
            case timedOut
            /// It was ended, since it printed more than anybody would read.
            case printedTooMuch
        }

        var ending: Ending
        /// Bytes that are no UTF-8 are replaced.
        var output = ""
        var complaint = ""

        var isGood: Bool { ending == .exited(0) }
    }

    let settings: SlurmSettings
    let counter: CallCounter
    /// What a listing of a hundred thousand jobs does not reach.
    private static let outputLimit = 64 << 20
    private static let complaintLimit = 1 << 20

    /// Runs a command to its end.
    ///
    /// - Parameters:
    ///   - input: what it reads.
    ///   - environment: nothing for that of the person, but for what would change the output.
    ///   - patience: after this time the command and what it has started are killed.
    /// - Throws: `notSetUp` where there is no such command.
    func run(
        _ name: Name, _ arguments: [String], input: String? = nil, environment: [String: String]? = nil, patience: Duration
    ) async throws(ClusterError) -> Answer {
        let program = try await BlockingWork.run { () throws(ClusterError) in try find(name) }
        counter.count(name.rawValue)
        let variables = environment ?? listingEnvironment
        let outcome = await withTaskGroup(of: Result<Answer, ClusterError>.self) { group in
            group.addTask { await start(name, program, arguments, input, variables) }
            group.addTask {
                try? await ContinuousClock().sleep(for: patience)
                return .success(Answer(ending: .timedOut))
            }
            let first = await group.next()
            // Cancelling ends the process group, or the clock.
            group.cancelAll()
            return first ?? .success(Answer(ending: .timedOut))
        }
        return try outcome.get()
    }

    private func start(
        _ name: Name, _ program: FilePath, _ arguments: [String], _ input: String?, _ variables: [String: String]
    ) async -> Result<Answer, ClusterError> {
        var options = PlatformOptions()
        // A group of its own, so that what a wrapper started ends with it.
        options.processGroupID = 0
        options.teardownSequence = [.send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(10))]
        let pairs = variables.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
        do {
            let text = input ?? ""
            let descriptor = try await BlockingWork.run { () throws in try Self.file(holding: text) }
            defer { try? descriptor.close() }
            let result = try await Subprocess.run(
                .path(program), arguments: Arguments(arguments), environment: .custom(Dictionary(pairs) { first, _ in first }),
                platformOptions: options, input: .fileDescriptor(descriptor, closeAfterSpawningProcess: false),
                output: .bytes(limit: Self.outputLimit), error: .bytes(limit: Self.complaintLimit))
            var answer = Answer(
                ending: .exited(0), output: String(decoding: result.standardOutput, as: UTF8.self),
                complaint: String(decoding: result.standardError, as: UTF8.self))
            switch result.terminationStatus {
            case .exited(let code): answer.ending = .exited(code)
            case .signaled(let number): answer.ending = .signal(number)
            }
            return .success(answer)
        } catch let error as SubprocessError where error.code == .outputLimitExceeded {
            return .success(Answer(ending: .printedTooMuch))
        } catch {
            return .failure(
                ClusterError("slurm", .notSetUp, "cannot run \(program)", details: ["\(error)"], help: "look whether it runs by hand: \(name.rawValue) --version"))
        }
    }

    /// An open file without a name, so that a command that does not read its input is no matter.
    private static func file(holding text: String) throws -> FileDescriptor {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        let path = FilePath("\(folder)/penstock-slurm-\(UInt64.random(in: 0 ... .max))")
        let descriptor = try FileDescriptor.open(
            path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
        unlink(path.string)
        do {
            _ = try descriptor.writeAll(Array(text.utf8))
            _ = try descriptor.seek(offset: 0, from: .start)
            return descriptor
        } catch {
            try? descriptor.close()
            throw error
        }
    }

    // MARK: Where they are

    private func find(_ name: Name) throws(ClusterError) -> FilePath {
        let folders = settings.programs.map { [$0] } ?? (settings.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").map { FilePath(String($0)) }
        for folder in folders {
            let file = folder.appending(name.rawValue)
            if access(file.string, X_OK) == 0 { return file }
        }
        throw ClusterError(
            "slurm", .notSetUp, "there is no \(name.rawValue) \(settings.programs.map { "in \($0)" } ?? "on the PATH")",
            help: "run Penstock on a machine with Slurm's commands, such as a login node, or say in PENSTOCK_SLURM_BIN which folder has them")
    }

    // MARK: Their variables

    /// The person's, without those that change what the commands print or ask for.
    private var listingEnvironment: [String: String] {
        var variables = settings.environment.filter { name, _ in
            !["SQUEUE_", "SACCT_", "SCANCEL_", "SCONTROL_", "SBATCH_", "SLURM_TIME_FORMAT", "SLURM_BITSTR_LEN", "SLURM_CLUSTERS"].contains { name.hasPrefix($0) }
        }
        variables["LC_ALL"] = "C"
        variables["SLURM_TIME_FORMAT"] = "standard"
        // Task ranges of arrays are written in full.
        variables["SLURM_BITSTR_LEN"] = "0"
        return variables
    }
}

/// How often each command was run.
final class CallCounter: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    func count(_ name: String) { counts.withLock { $0[name, default: 0] += 1 } }

    var all: [String: Int] { counts.withLock { $0 } }
}
