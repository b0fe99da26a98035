import Clusters
import FlowModel
import Slurm
import SystemPackage
import TestSupport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Commands of Slurm that are scripts of the test's, in a folder of their own. `$HERE` is that folder; each call leaves its words in
/// `calls`, one call a line.
final class FakeCluster {
    let folder: TemporaryFolder
    let executor: SlurmExecutor

    /// - Parameter scripts: by the names of the commands; those that are not given complain.
    init(
        _ scripts: [String: String], variables: [String: String] = [:], output: Bool = false, patience: Duration = .seconds(60)
    ) throws {
        folder = try TemporaryFolder()
        let here = folder.path.string
        for name in ["sbatch", "squeue", "sacct", "scancel", "scontrol"] {
            let script = scripts[name] ?? (name == "sacct" ? Self.noAccounts : "echo '\(name): error: not in this test' >&2\nexit 1")
            _ = try folder.writeProgram(name, "#!/bin/sh\nHERE='\(here)'\nprintf '%s' '\(name)' >> \"$HERE/calls\"\nprintf ' <%s>' \"$@\" >> \"$HERE/calls\"\necho >> \"$HERE/calls\"\n\(script)\n")
        }
        var settings = SlurmSettings(["PATH": "/usr/bin:/bin", "HOME": "/nowhere"].merging(variables) { _, new in new })
        settings.programs = folder.path
        executor = SlurmExecutor(settings: settings, output: output ? folder.path.appending("output") : nil, patience: patience)
    }

    static let noAccounts = "echo 'Slurm accounting storage is disabled' >&2\nexit 1"

    /// A script that prints a text as it is.
    static func printing(_ text: String) -> String { "cat <<'END'\n\(text)\nEND" }

    /// A script that prints a text to standard error, and fails.
    static func complaining(_ text: String) -> String { "cat >&2 <<'END'\n\(text)\nEND\nexit 1" }

    /// What the commands were called with.
    var calls: [String] {
        let text = (try? folder.read("calls")) ?? []
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    func text(_ name: String) throws -> String { String(decoding: try folder.read(name), as: UTF8.self) }

    /// A group of the run `F/1`.
    static func group(
        _ number: Int = 0, of count: Int = 3, isGang: Bool = false, script: String = "exit 0\n", variables: [String: String] = [:],
        resources: ComputeResources = ComputeResources(), timeLimit: Duration? = nil, options: SlurmOptions = SlurmOptions()
    ) -> JobGroup {
        JobGroup(
            key: JobGroupKey(run: "F/1", number: number), flow: "F", step: "train", username: "u", attempts: (0..<count).map { "train/\($0)/0" },
            isGang: isGang, request: ComputeRequest(place: .slurm(options), resources: resources, timeLimit: timeLimit),
            program: NodeProgram(script: script, variables: variables))
    }
}

/// Removes a file of a folder.
func unlinkFile(_ folder: TemporaryFolder, _ name: String) { unlink(folder.path.appending(name).string) }
