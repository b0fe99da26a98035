import ArgumentParser
import Environments
import FoundationEssentials
import PackageSources
import RunDriver
import SystemPackage

/// Names and digits of environments, for the completion of a shell.
enum EnvironmentCompletion {
    static let all = CompletionKind.custom { _, _, prefix in candidates(for: prefix) }

    private static func candidates(for prefix: String) -> [String] {
        let environment = ProcessInfo.processInfo.environment
        let near = FilePath(FileManager.default.currentDirectoryPath)
        let names = NamedLocks(environment: environment, near: near).names()
        let stored = (try? CacheDirectory.discover(environment: environment)).map {
            EnvironmentStore(cache: $0).environments().map { String($0.name.prefix(8)) }
        }
        return (names + (stored ?? [])).filter { $0.hasPrefix(prefix) }
    }
}
