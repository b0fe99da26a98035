import Archives
import CondaPackaging
import CondaPrefixes
import Digests
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Packages with their traps, and the trees that another installer made of them.
@Suite(.enabled(if: InstallFixture.all != nil, "the shared fixtures are not here")) struct InstallFixtureTests {
    @Test(arguments: InstallFixture.all ?? [])
    func isTheSameTree(_ fixture: InstallFixture) async throws {
        for step in fixture.steps {
            let folder = try TemporaryFolder()
            let packages = try step.packages.map { try fixture.unpack($0, into: folder.path) }
            let prefix = fixture.runsScripts ? folder.path.appending("env") : FilePath("/p/\(fixture.tail)")
            let draft = folder.path.appending("env")
            try FileManager.default.createDirectory(atPath: draft.string, withIntermediateDirectories: false)
            let report = try await PrefixInstaller().install(packages, into: draft, prefix: prefix)
            if fixture.runsScripts {
                for script in report.linkScripts { try await script.run(in: prefix) }
            }
            // The other installer does not agree with itself.
            guard fixture.isStable else { continue }
            let found = try PrefixTree(draft, prefix: prefix.string)
            #expect(found.files == step.tree)
            #expect(found.metadata == step.metadata)
        }
    }

    /// What is no package, or says too little of itself, is refused with a reason.
    @Test(arguments: ["info-only=1.0.0=0", "symlink-test=1.0.0=0", "zip64-test=1.0.0=0", "dotslash-test=1.0.0=0"])
    func whatCannotBeInstalled(_ package: String) throws {
        let folder = try TemporaryFolder()
        let fixture = try #require(InstallFixture.all?.first { $0.name == "layout-test-package" })
        #expect { try fixture.unpack(package, into: folder.path) } throws: { $0 is CondaPrefixError || $0 is ArchiveError }
    }
}

struct InstallFixture: Sendable, CustomTestStringConvertible {
    struct Step: Sendable {
        let packages: [String]
        let tree: [String: String]
        let metadata: [String: [String: String]]
    }

    let name: String
    let groups: [String]
    let tail: String
    let runsScripts: Bool
    let isStable: Bool
    let steps: [Step]

    var testDescription: String { name }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../shared/fixtures/conda").standardizedFileURL

    static let all: [InstallFixture]? = {
        guard let data = try? Data(contentsOf: folder.appending(path: "installs.json")),
            let root = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
            let rows = root["cases"] as? [[String: Any]]
        else { return nil }
        return rows.map { row in
            InstallFixture(
                name: row["name"] as? String ?? "", groups: row["groups"] as? [String] ?? [],
                tail: row["prefix_tail"] as? String ?? "env", runsScripts: row["scripts"] as? Bool ?? false,
                isStable: row["stable"] as? Bool ?? false,
                steps: (row["steps"] as? [[String: Any]] ?? []).filter { $0["error"] == nil }.map(Step.init))
        }
    }()

    /// Looks a package up in the channels of the case, and unpacks it.
    func unpack(_ text: String, into folder: FilePath) throws -> CondaInstallation {
        let words = text.split(separator: "=").map(String.init)
        let name = try CondaName(parsing: words[0])
        for group in groups {
            for subdir in [Subdir.linux64, .noarch] {
                let place = Self.folder.appending(path: "packages/\(group)/\(subdir)")
                guard let data = try? Data(contentsOf: place.appending(path: "repodata.json")) else { continue }
                let repodata = try Repodata([UInt8](data), subdir: subdir)
                for record in try repodata.records(of: name) where record.version.spelling == words[1] && record.build == words[2] {
                    let file = record.fileName.description
                    let target = folder.appending(file + ".unpacked")
                    try CondaArchive.unpack(FilePath(place.appending(path: file).path(percentEncoded: false)), into: target, name: file)
                    return CondaInstallation(
                        package: try UnpackedCondaPackage(name: file, at: target), record: record, url: "https://c.example/\(file)",
                        channel: "https://c.example")
                }
            }
        }
        throw CocoaError(.fileNoSuchFile)
    }
}

extension InstallFixture.Step {
    init(_ row: [String: Any]) {
        packages = row["packages"] as? [String] ?? []
        var tree: [String: String] = [:]
        for case (let path, let entry as [String: Any]) in row["tree"] as? [String: Any] ?? [:] {
            if let link = entry["link"] as? String {
                tree[path] = "-> \(link)"
            } else {
                tree[path] = "\(entry["sha256"] as? String ?? "") \(entry["x"] as? Bool == true ? "x" : "-")"
            }
        }
        self.tree = tree
        var metadata: [String: [String: String]] = [:]
        for case (let file, let entry as [String: Any]) in row["conda_meta"] as? [String: Any] ?? [:] {
            var paths: [String: String] = [:]
            for case (let path, let facts as [String: Any]) in entry["paths"] as? [String: Any] ?? [:] {
                paths[path] = "\(facts["path_type"] ?? "") \(facts["file_mode"] ?? "") \(facts["original_path"] ?? "")"
            }
            metadata[file] = paths
        }
        self.metadata = metadata
    }
}

/// What is in a prefix, in the form of the fixtures.
struct PrefixTree {
    var files: [String: String] = [:]
    var metadata: [String: [String: String]] = [:]

    init(_ folder: FilePath, prefix: String) throws {
        let manager = FileManager.default
        for path in try manager.subpathsOfDirectory(atPath: folder.string) {
            let file = folder.pushing(FilePath(path)).string
            let attributes = try manager.attributesOfItem(atPath: file)
            switch attributes[.type] as? FileAttributeType {
            case .typeSymbolicLink: files[path] = "-> \(try manager.destinationOfSymbolicLink(atPath: file))"
            case .typeRegular:
                let bytes = [UInt8](try Data(contentsOf: URL(filePath: file)))
                if path.hasPrefix("conda-meta/") {
                    if path.hasSuffix(".json") { try addMetadata(String(path.dropFirst(11)), bytes) }
                } else {
                    let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
                    files[path] = "\(SHA256Digest(hashing: Self.neutral(bytes, prefix)).hex) \(mode & 0o100 != 0 ? "x" : "-")"
                }
            default: break
            }
        }
    }

    private mutating func addMetadata(_ name: String, _ bytes: [UInt8]) throws {
        let root = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
        let paths = (root?["paths_data"] as? [String: Any])?["paths"] as? [[String: Any]] ?? []
        var result: [String: String] = [:]
        for entry in paths {
            result[entry["_path"] as? String ?? ""] =
                "\(entry["path_type"] ?? "") \(entry["file_mode"] ?? "") \(entry["original_path"] ?? "")"
        }
        metadata[name] = result
        #expect((root?["files"] as? [String])?.count == result.count)
    }

    /// The prefix named as in the fixtures, and runs of NUL as one.
    private static func neutral(_ bytes: [UInt8], _ prefix: String) -> [UInt8] {
        var result: [UInt8] = []
        let wanted = Array(prefix.utf8)
        var place = 0
        while place < bytes.count {
            if bytes[place...].starts(with: wanted) {
                result += "@PREFIX@".utf8
                place += wanted.count
            } else {
                if bytes[place] != 0 || result.last != 0 { result.append(bytes[place]) }
                place += 1
            }
        }
        return result
    }
}
