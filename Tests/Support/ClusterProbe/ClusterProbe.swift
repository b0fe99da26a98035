import AWSBatch
import Clusters
import Diagnostics
import FlowModel
import FoundationEssentials
import Kubernetes
import Slurm
import SystemPackage

/// Drives an executor from outside, for the tests with a real cluster: a request on each line of standard input, an answer on each
/// line of standard output. The settings are those of its environment. Its argument is the executor: `slurm` without one, `batch` or `kubernetes`.
/// `cluster-probe contract FOLDER ROW…` is `ProbeContract`, and `contract-kubernetes` the same on a Kubernetes.
@main struct ClusterProbe {
    static func main() async throws {
        let variables = ProcessInfo.processInfo.environment
        if CommandLine.arguments.dropFirst().first == "contract" {
            return try await ProbeContract.check(Array(CommandLine.arguments.dropFirst(2)), variables)
        }
        if CommandLine.arguments.dropFirst().first == "contract-kubernetes" {
            let words = Array(CommandLine.arguments.dropFirst(2))
            return try await ProbeContract.check(words, on: ProbeKubernetes(environment: variables, folder: words.first ?? ""))
        }
        let slurm = SlurmExecutor(settings: SlurmSettings(variables))
        var executor: any ClusterExecutor = slurm
        if CommandLine.arguments.dropFirst().first == "batch" {
            executor = try BatchExecutor(environment: variables, usualQueue: (try? BatchSettings(variables))?.options.queue)
        }
        if CommandLine.arguments.dropFirst().first == "kubernetes" { executor = ProbeKubernetes(environment: variables, folder: "").executor() }
        while let line = readLine() {
            let request = try JSONDecoder().decode(ProbeRequest.self, from: Data(line.utf8))
            var answer = ProbeAnswer()
            do {
                if request.call == "calls" {
                    answer.calls = slurm.calls
                } else {
                    answer = try await perform(request, executor, variables)
                }
            } catch let error as ClusterError {
                answer.error = .init(fault: "\(error.fault)", message: error.message, details: error.details, help: error.help)
            } catch let error as any DiagnosticError {
                let told = error.diagnostic
                answer.error = .init(fault: "settings", message: told.headline, details: told.details, help: told.help)
            }
            let text = try JSONEncoder().encode(answer)
            _ = try FileDescriptor.standardOutput.writeAll(Array(text) + [UInt8(ascii: "\n")])
        }
    }

    private static func perform(
        _ request: ProbeRequest, _ executor: any ClusterExecutor, _ variables: [String: String]
    ) async throws -> ProbeAnswer {
        var answer = ProbeAnswer()
        let jobs = (request.jobs ?? []).map { JobID($0) }
        switch request.call {
        case "submit": answer.ids = try await executor.submit(request.group(variables)).map(\.text)
        case "poll": answer.states = try await executor.poll(jobs).sorted { $0.key.text < $1.key.text }.map { .init($0.key, $0.value) }
        case "cancel": try await executor.cancel(jobs)
        case "jobs": answer.states = try await executor.jobs(of: request.run ?? "").map { .init($0) }
        case "describe": answer.lines = try await executor.describe(jobs[0])
        case "limit": answer.limit = try await executor.groupLimit
        default: throw ClusterError(executor.name, .refused, "no such call: \(request.call)")
        }
        return answer
    }
}
