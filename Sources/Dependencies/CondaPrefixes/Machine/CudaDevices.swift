import Subprocess
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The CUDA devices of this machine, as the driver's own program `nvidia-smi` lists them.
package struct CudaDevices: Sendable {
    /// Whose `PATH` has the program.
    let environment: [String: String]
    /// How long the program may take: with a broken driver it never ends.
    package var patience = Duration.seconds(10)

    package init(environment: [String: String]) { self.environment = environment }

    /// The least compute capability of all devices: `8.6`; `nil` where there are none, or it cannot be found out.
    package var leastCapability: String? {
        get async {
            guard let path = program else { return nil }
            let patience = patience
            let said = await withTaskGroup(of: String?.self) { group in
                group.addTask { await Self.output(of: path) }
                group.addTask {
                    try? await ContinuousClock().sleep(for: patience)
                    return nil
                }
                let first = await group.next() ?? nil
                group.cancelAll()
                return first
            }
            return said.flatMap(Self.least)
        }
    }

    private var program: FilePath? {
        (environment["PATH"] ?? "").split(separator: ":").lazy.filter { $0.hasPrefix("/") }
            .map { FilePath(String($0)).appending("nvidia-smi") }.first { access($0.string, X_OK) == 0 }
    }

    /// A number on a line for each device.
    package static func least(of text: String) -> String? {
        let capabilities = text.split(whereSeparator: \.isNewline).compactMap { line -> [Int]? in
            let parts = line.split(separator: ".", omittingEmptySubsequences: false).map { Int($0.filter { $0 != " " }) }
            guard parts.count == 2, let major = parts[0], let minor = parts[1] else { return nil }
            return [major, minor]
        }
        return capabilities.min { $0.lexicographicallyPrecedes($1) }.map { "\($0[0]).\($0[1])" }
    }

    private static func output(of path: FilePath) async -> String? {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(10))
        ]
        let result = try? await Subprocess.run(
            .path(path), arguments: ["--query-gpu=compute_cap", "--format=csv,noheader"], workingDirectory: "/",
            platformOptions: options, input: .none, output: .string(limit: 64 << 10), error: .discarded)
        guard let result, result.terminationStatus.isSuccess else { return nil }
        return result.standardOutput
    }
}
