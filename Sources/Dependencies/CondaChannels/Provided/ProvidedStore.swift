import Archives
import CondaPackaging
import Digests
import PackageSources
import PythonPackaging
import SystemPackage

/// What archives were found to provide, by their hashes. Blocks.
struct ProvidedStore: Sendable {
    let cache: CacheDirectory

    private static let heading = "penstock provided 1"

    /// `nil` where no hash says which archive it is.
    private func path(_ order: CondaArchiveOrder) -> FilePath? {
        guard let hash = order.sha256?.hex ?? order.md5?.description else { return nil }
        return cache.path(.channels, "provided", hash)
    }

    /// Whether the cache has the archive itself.
    func hasArchive(_ order: CondaArchiveOrder) -> Bool {
        order.sha256.map { cache.archive($0, named: CacheDirectory.archiveName(of: order.url)) != nil } ?? false
    }

    func projects(of order: CondaArchiveOrder) -> ProvidedProjects? {
        guard let path = path(order), let stored = try? StoredBytes(reading: path) else { return nil }
        let lines = stored.text.split(separator: "\n", omittingEmptySubsequences: false)
        // The last line is empty: what was cut off has none.
        guard lines.count >= 2, lines[0] == Self.heading, lines[lines.count - 1].isEmpty else { return nil }
        var projects = ProvidedProjects([])
        for line in lines[1..<(lines.count - 1)] {
            guard let distribution = ProvidedDistribution(path: String(line)) else { return nil }
            projects.distributions.append(distribution)
        }
        return projects
    }

    /// That something could not be kept is no failure.
    func keep(_ projects: ProvidedProjects, of order: CondaArchiveOrder) {
        guard let path = path(order) else { return }
        let paths = projects.distributions.map(\.metadataPath)
        guard !paths.contains(where: { $0.utf8.contains(UInt8(ascii: "\n")) }) else { return }
        try? cache.publish(Array(([Self.heading] + paths + [""]).joined(separator: "\n").utf8), to: path)
    }
}
