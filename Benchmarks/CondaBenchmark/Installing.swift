import Archives
import CondaChannels
import CondaPackaging
import CondaPrefixes
import Digests
import PackageSources
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Packages of a channel fetched, unpacked and linked by the rooms that environments are built with, in one process: what py-rattler's
/// `install` does. The Python that is installed is not asked what it is.
struct Installing {
    let prefix: String
    let cache: String
    /// The channel on a server; `nil` for the folder that the archives are in.
    let url: String?
    let archives: [String]

    private static let width = 16

    func run() async throws {
        let wanted = try archives.map { try Wanted($0, url) }
        let start = ContinuousClock.now
        let cache = CacheDirectory(root: FilePath(self.cache))
        let client = OpenedWhenWanted(cache: cache)
        let packages = try await packages(wanted, CondaPackageCache(cache), client)
        mkdir(prefix, 0o755)
        let report = try await PrefixInstaller().install(packages, into: FilePath(prefix), prefix: FilePath(prefix))
        let time = start.duration(to: .now).components
        await client.shutdown()
        let seconds = Double(time.seconds) + Double(time.attoseconds) / 1e18
        print("{\"seconds\": \(seconds), \"files\": \(report.fileCount), \"memory\": \(peakMemory())}")
    }

    private func packages(
        _ wanted: [Wanted], _ cache: CondaPackageCache, _ source: OpenedWhenWanted
    ) async throws -> [CondaInstallation] {
        try await withThrowingTaskGroup(of: CondaInstallation.self) { group in
            // The largest first, as when environments are built.
            var waiting = wanted.sorted { ($0.record.size ?? 0) > ($1.record.size ?? 0) }.makeIterator()
            func startNext() {
                guard let next = waiting.next() else { return }
                group.addTask { try await next.installation(cache, source) }
            }
            for _ in 0..<Self.width { startNext() }
            var packages: [CondaInstallation] = []
            for try await package in group {
                packages.append(package)
                startNext()
            }
            return packages
        }
    }
}

/// An archive, with the record that its channel has of it.
private struct Wanted: Sendable {
    let record: RepodataRecord
    let url: String
    let channel: String

    init(_ archive: String, _ url: String?) throws {
        let path = FilePath(archive)
        let folder = path.removingLastComponent()
        let name = path.lastComponent?.string ?? ""
        record = try fact(name, of: archive)
        channel = url ?? "file://\(folder.removingLastComponent())"
        self.url = "\(channel)/\(folder.lastComponent?.string ?? "")/\(name)"
    }

    func installation(_ cache: CondaPackageCache, _ source: OpenedWhenWanted) async throws -> CondaInstallation {
        CondaInstallation(package: try await unpacked(cache, source), record: record, url: url, channel: channel)
    }

    private func unpacked(_ cache: CondaPackageCache, _ source: OpenedWhenWanted) async throws -> UnpackedCondaPackage {
        let name = record.fileName.stem
        if let digest = record.sha256?.hex, let present = await BlockingWork.run({ cache.present(name, digest: digest) }) { return present }
        let archive = try await source.archives().fetch(CondaArchiveOrder(record, url: url))
        return try await cache.unpacked(name, digest: archive.sha256.hex, file: archive.path)
    }
}

/// A client of channels that is made when the first archive is missing, as when environments are built.
private actor OpenedWhenWanted {
    private let cache: CacheDirectory
    private var client: ChannelClient?

    init(cache: CacheDirectory) { self.cache = cache }

    func archives() throws -> CondaArchiveSource {
        let opened = try client ?? ChannelClient(
            settings: ChannelSettings(), connections: ChannelClient.connections(environment: [:]), cache: cache)
        client = opened
        return opened.archives
    }

    func shutdown() async { await client?.shutdown() }
}
