import Clusters
import FoundationEssentials
import Slurm
import SystemPackage

/// Drives an executor from outside, for the tests with a real cluster: a request on each line of standard input, an answer on each
/// line of standard output. The settings are those of its environment.
@main struct ClusterProbe {
    static func main() async throws {
        let variables = ProcessInfo.processInfo.environment
        let executor = SlurmExecutor(settings: SlurmSettings(variables))
        while let line = readLine() {
            let request = try JSONDecoder().decode(ProbeRequest.self, from: Data(line.utf8))
            var answer = ProbeAnswer()
            do throws(ClusterError) {
                answer = try await perform(request, executor)
            } catch {
                answer.error = .init(fault: "\(error.fault)", message: error.message, details: error.details, help: error.help)
            }
            let text = try JSONEncoder().encode(answer)
            _ = try FileDescriptor.standardOutput.writeAll(Array(text) + [UInt8(ascii: "\n")])
        }
    }

    private static func perform(_ request: ProbeRequest, _ executor: SlurmExecutor) async throws(ClusterError) -> ProbeAnswer {
        var answer = ProbeAnswer()
        let jobs = (request.jobs ?? []).map { JobID($0) }
        switch request.call {
        case "submit": answer.ids = try await executor.submit(request.group).map(\.text)
        case "poll": answer.states = try await executor.poll(jobs).sorted { $0.key.text < $1.key.text }.map { .init($0.key, $0.value) }
        case "cancel": try await executor.cancel(jobs)
        case "jobs": answer.states = try await executor.jobs(of: request.run ?? "").map { .init($0) }
        case "describe": answer.lines = try await executor.describe(jobs[0])
        case "limit": answer.limit = try await executor.groupLimit
        case "calls": answer.calls = executor.calls
        default: throw ClusterError("slurm", .refused, "no such call: \(request.call)")
        }
        return answer
    }
}
