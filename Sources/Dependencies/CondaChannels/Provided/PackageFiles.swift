import Archives
import CondaPackaging
import Diagnostics
import FoundationEssentials
import SystemPackage

/// The list of files that conda packages have in them: `info/paths.json`, or `info/files` of old ones. Trusts nothing.
enum PackageFiles {
    private static let longestPacked: UInt64 = 128 << 20
    /// The longest tar archive: those of packages have gigabytes.
    private static let longest = 64 << 30
    private static let longestFile: UInt64 = 256 << 20

    /// What a package on this machine provides. Blocks.
    static func listing(of path: FilePath, _ order: CondaArchiveOrder) throws(CondaChannelError) -> ProvidedProjects {
        if isTarBzip2(order) {
            do throws(ArchiveError) {
                // The list stands near the front in honest packages, though not always.
                return try listing(in: try OldPackage.search(path, for: ["info/paths.json"], or: ["info/files"]))
            } catch {
                throw notAPackage(order, error)
            }
        }
        let packed: [UInt8]
        do throws(ArchiveError) {
            let zip = try ZipArchive(path: path)
            packed = try zip.contents(of: try informationEntry(in: zip.entries, order))
        } catch {
            throw notAPackage(order, error)
        }
        return try listing(inInformation: packed, order)
    }

    /// The entry of a `.conda` that has what is said about the package.
    static func informationEntry(in entries: [ZipEntry], _ order: CondaArchiveOrder) throws(ArchiveError) -> ZipEntry {
        let found = entries.filter { $0.spelledName.hasPrefix("info-") && $0.spelledName.hasSuffix(".tar.zst") }
        guard found.count == 1, let entry = found.first else {
            throw ArchiveError(archive: "the package", entry: "info-….tar.zst", .missingEntry)
        }
        guard entry.size <= longestPacked else {
            throw ArchiveError(archive: "the package", entry: entry.spelledName, .overLimit("more than \(longestPacked) bytes"))
        }
        return entry
    }

    /// - Parameter packed: A tar archive, compressed by zstd.
    static func listing(inInformation packed: [UInt8], _ order: CondaArchiveOrder) throws(CondaChannelError) -> ProvidedProjects {
        do throws(ArchiveError) {
            return try listing(in: try search(packed, for: ["info/paths.json", "info/files"]))
        } catch {
            throw notAPackage(order, error)
        }
    }

    /// The files of these names in a tar archive that is compressed by zstd.
    private static func search(_ packed: [UInt8], for names: Set<String>) throws(ArchiveError) -> [String: [UInt8]] {
        do throws(ArchiveFault) {
            var search = TarSearch(for: names, longest: longestFile)
            var decoder = try ZstdDecoder(limit: longest)
            // In pieces, so that what follows the last wanted file is not even decompressed.
            var start = 0
            while start < packed.count, !search.isComplete {
                let end = min(packed.count, start + (256 << 10))
                let piece: Result<Void, ArchiveFault> = packed.withUnsafeBytes { bytes in
                    do throws(ArchiveFault) {
                        try decoder.decode(UnsafeRawBufferPointer(rebasing: bytes[start..<end])) { plain throws(ArchiveFault) in
                            try search.search(plain)
                        }
                        return .success(())
                    } catch {
                        return .failure(error)
                    }
                }
                try piece.get()
                start = end
            }
            if !search.isComplete { try decoder.finish() }
            return search.found
        } catch {
            throw ArchiveError(archive: "the package", error)
        }
    }

    private static func listing(in files: [String: [UInt8]]) throws(ArchiveError) -> ProvidedProjects {
        if let paths = files["info/paths.json"] {
            guard let list = try? JSONDecoder().decode(PathsFile.self, from: Data(paths)) else {
                throw ArchiveError(archive: "the package", entry: "info/paths.json", .malformed("is not a list of paths"))
            }
            return projects(in: list.paths.map(\.path))
        }
        guard let files = files["info/files"] else {
            throw ArchiveError(archive: "the package", entry: "info/paths.json", .missingEntry)
        }
        return projects(in: String(decoding: files, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init))
    }

    /// A file of a package on this machine. Blocks.
    static func content(_ name: String, of path: FilePath, _ order: CondaArchiveOrder) throws(CondaChannelError) -> [UInt8] {
        do throws(ArchiveError) {
            if isTarBzip2(order) {
                guard let content = try OldPackage.search(path, for: [name])[name] else {
                    throw ArchiveError(archive: "the package", entry: name, .missingEntry)
                }
                return content
            }
            let zip = try ZipArchive(path: path)
            let found = zip.entries.filter { $0.spelledName.hasPrefix("pkg-") && $0.spelledName.hasSuffix(".tar.zst") }
            guard found.count == 1, let entry = found.first else {
                throw ArchiveError(archive: "the package", entry: "pkg-….tar.zst", .missingEntry)
            }
            guard let content = try search(try zip.contents(of: entry), for: [name])[name] else {
                throw ArchiveError(archive: "the package", entry: name, .missingEntry)
            }
            return content
        } catch {
            throw notAPackage(order, error)
        }
    }

    private static func isTarBzip2(_ order: CondaArchiveOrder) -> Bool { order.url.hasSuffix(ArchiveName.Format.tarBzip2.rawValue) }

    private static func projects(in paths: [String]) -> ProvidedProjects {
        var distributions: [ProvidedDistribution] = []
        for path in Set(paths).sorted() {
            guard let found = ProvidedDistribution(path: path) else { continue }
            distributions.append(found)
        }
        return ProvidedProjects(distributions)
    }

    private static func notAPackage(_ order: CondaArchiveOrder, _ error: ArchiveError) -> CondaChannelError {
        .notAPackage(url: order.url, reason: error.diagnostic.headline)
    }
}

/// `info/paths.json` (CEP 34), as far as it is read here.
private struct PathsFile: Decodable {
    struct Entry: Decodable {
        let path: String

        enum CodingKeys: String, CodingKey { case path = "_path" }
    }

    let paths: [Entry]
}
