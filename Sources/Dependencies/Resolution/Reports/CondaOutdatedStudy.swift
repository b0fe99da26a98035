public import CondaChannels
public import CondaPackaging
public import Lockfiles

/// Finds out which conda packages of a lock are out of date.
public struct CondaOutdatedStudy: Sendable {
    private let client: ChannelClient
    private let channels: [CondaChannel]

    /// - Parameter channels: that the lock's packages come from.
    public init(client: ChannelClient, channels: [CondaChannel]) {
        self.client = client
        self.channels = channels
    }

    /// The conda packages of a lock, in the order of their names; each version and build once.
    ///
    /// - Parameters:
    ///   - allowed: what would be taken now, by the target of the lock; the newest of it counts where a package is for several.
    ///   - subdirs: the platforms of the lock.
    public func ages(
        of lock: LockedConda, allowed: [LockTarget: [LockedCondaPackage]], on subdirs: [Subdir]
    ) async throws -> [CondaAge] {
        let names = Set(lock.packages.map(\.record.name))
        var newest: [CondaName: CondaVersion] = [:]
        var archives: Set<String> = []
        for subdir in subdirs {
            let contents = try await client.contents(of: channels, for: subdir)
            try await client.load(names, in: contents)
            for content in contents {
                for name in names {
                    for record in try content.records(of: name) {
                        newest[name] = max(newest[name] ?? record.version, record.version)
                        archives.insert("\(content.channel.baseURL) \(record.fileName)")
                    }
                }
            }
        }
        var seen: Set<CondaAge> = []
        return lock.packages.map { package in
            let name = package.record.name
            let answers = allowed.filter { package.targets.isEmpty || package.targets.contains($0.key) }.values
            let taken = answers.flatMap { $0 }.filter { $0.record.name == name }.max { $0.record.version < $1.record.version }
            return CondaAge(
                name: name, locked: .init(version: package.record.version, build: package.record.build),
                allowed: taken.map { .init(version: $0.record.version, build: $0.record.build) }, newest: newest[name],
                isGone: !archives.contains("\(package.channel) \(package.record.fileName)"))
        }.filter { seen.insert($0).inserted }
    }
}
