import Archives
import Subprocess
import SystemPackage

/// Processes of a Python that compile modules, as many as there are processors.
struct CompileWorkers: Sendable {
    let python: FilePath

    /// Modules that are worth a process of their own.
    private static let share = 48

    /// Compiles modules below `files` to where Python looks for them below `target`. Those that are no Python are passed over.
    ///
    /// - Returns: An `errno` if the system refused to write.
    func compile(_ modules: [String], in files: FilePath, into target: FilePath) async -> Int32? {
        let width = min(ProcessorThreads.count, modules.count / Self.share + 1)
        return await withTaskGroup(of: Int32?.self) { group in
            for worker in 0..<width {
                // Neighbours are of a size, and go to different workers.
                let names = stride(from: worker, to: modules.count, by: width).map { modules[$0] }
                group.addTask { await work(names, in: files, into: target) }
            }
            return await group.reduce(into: nil) { $0 = $0 ?? $1 }
        }
    }

    /// A worker that ends early has compiled less, and nothing worse.
    private func work(_ names: [String], in files: FilePath, into target: FilePath) async -> Int32? {
        var options = PlatformOptions()
        options.teardownSequence = [.send(signal: .kill, allowedDurationToNextStep: .milliseconds(10))]
        let input = names.flatMap { Array($0.utf8) + [UInt8(0)] }
        let result = try? await Subprocess.run(
            .path(python), arguments: Arguments(CompileScript.options + [files.string, target.string]), environment: .inherit,
            workingDirectory: "/", platformOptions: options, input: .array(input), output: .string(limit: 1 << 16),
            error: .discarded)
        return result.flatMap { Int32($0.standardOutput.split(separator: "\n").last ?? "") }
    }
}
