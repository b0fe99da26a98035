public import ArgumentParser
import Environments
public import PackageSources

/// `penstock cache`: what is kept to be used again.
struct CacheCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache", abstract: "Look at the cache, and make it smaller.",
        discussion: "Everything in the cache can be fetched or built again.",
        subcommands: [CacheInfoCommand.self, CachePruneCommand.self, CacheCleanCommand.self])
}

extension CacheDirectory.Folder: ExpressibleByArgument {
    public static var allValueStrings: [String] { CacheInventory.kinds.map(\.rawValue) }

    public init?(argument: String) {
        guard let kind = Self(rawValue: argument), CacheInventory.kinds.contains(kind) else { return nil }
        self = kind
    }
}
