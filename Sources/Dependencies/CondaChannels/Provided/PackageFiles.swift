import Archives
import CondaPackaging
import Diagnostics
import FoundationEssentials
import SystemPackage

/// The list of files that conda packages have in them: `info/paths.json`, or `info/files` of old ones. Trusts nothing.
enum PackageFiles {
    private static let longestPacked: UInt64 = 128 << 20
    private static let longest = 512 << 20

    /// What a package on this machine provides. Blocks.
    static func listing(of path: FilePath, _ order: CondaArchiveOrder) throws(CondaChannelError) -> ProvidedProjects {
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
            let tar = try Zstd.decompress(packed, limit: longest, name: "what it says about itself")
            return try listing(in: try TarReader(tar, name: "what it says about itself").entries(), order).get()
        } catch {
            throw notAPackage(order, error)
        }
    }

    private static func listing(in entries: [TarEntry], _ order: CondaArchiveOrder) -> Result<ProvidedProjects, ArchiveError> {
        func content(_ name: String) -> [UInt8]? {
            let entry = entries.last { $0.path.string == name }
            if case .file(let bytes, _)? = entry?.content { return bytes }
            return nil
        }
        if let paths = content("info/paths.json") {
            guard let list = try? JSONDecoder().decode(PathsFile.self, from: Data(paths)) else {
                return .failure(ArchiveError(archive: "the package", entry: "info/paths.json", .malformed("is not a list of paths")))
            }
            return .success(projects(in: list.paths.map(\.path)))
        }
        if let files = content("info/files") {
            let lines = String(decoding: files, as: UTF8.self).split(whereSeparator: \.isNewline)
            return .success(projects(in: lines.map(String.init)))
        }
        return .failure(ArchiveError(archive: "the package", entry: "info/paths.json", .missingEntry))
    }

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
