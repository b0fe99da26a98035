// How long it takes to open the repodata of a channel on this machine, and to read the records of some packages.
//
//     swift run -c release conda-open CHANNEL-FOLDER SUBDIR CACHE-FOLDER NAME…
//
// A cache folder that does not exist is the cold case, one of an earlier run the warm one. Times are in milliseconds.

import CondaChannels
import CondaPackaging
import PackageSources
import SystemPackage

@main
struct CondaOpen {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count > 4 else { return print("conda-open CHANNEL-FOLDER SUBDIR CACHE-FOLDER NAME…") }
        let names = try arguments[4...].map { try CondaName(parsing: $0) }
        var settings = ChannelSettings()
        settings.channelNames = [arguments[1]]
        let clock = ContinuousClock()
        let start = clock.now
        let client = ChannelClient(
            settings: settings, connections: try ChannelClient.connections(environment: [:]),
            cache: CacheDirectory(root: FilePath(arguments[3])))
        let contents = try await client.contents(of: settings.channels(), for: Subdir(parsing: arguments[2]))
        let opened = clock.now
        var count = 0
        for content in contents { for name in names { count += try content.records(of: name).count } }
        let read = clock.now
        print("opened \((opened - start).milliseconds) read \((read - opened).milliseconds) records \(count)")
        await client.shutdown()
    }
}

extension Duration {
    fileprivate var milliseconds: Double { Double(components.seconds) * 1e3 + Double(components.attoseconds) / 1e15 }
}
