import Digests
import FoundationEssentials
import SystemPackage

/// What the conda packages of an environment have put there, as the records in `conda-meta` tell it.
struct CondaListing: Sendable {
    /// Files with known content, and links, by relative path.
    private(set) var expected: Expectations = [:]
    /// The SHA-256 of the archives, in hexadecimal digits, by the names of the packages as `expected` has them.
    private(set) var archives: [String: String] = [:]

    static let folder = "conda-meta"

    private struct Record: Decodable {
        struct Paths: Decodable { let paths: [Path] }

        struct Path: Decodable {
            let path: String
            let kind: String?
            let sha256: String?
            let sha256InPrefix: String?
            let size: UInt64?

            enum CodingKeys: String, CodingKey {
                case path = "_path"
                case kind = "path_type"
                case sha256
                case sha256InPrefix = "sha256_in_prefix"
                case size = "size_in_bytes"
            }
        }

        let name: String
        let version: String
        let sha256: String?
        let paths: Paths?

        enum CodingKeys: String, CodingKey {
            case name, version, sha256
            case paths = "paths_data"
        }
    }

    /// Reads the records of an environment. Blocks.
    init(of environment: FilePath) {
        let folder = environment.appending(Self.folder)
        for name in FileTree.names(in: folder).sorted() where name.hasSuffix(".json") {
            guard let data = FileManager.default.contents(atPath: folder.appending(name).string),
                let record = try? JSONDecoder().decode(Record.self, from: data)
            else { continue }
            add(record, environment)
        }
    }

    private mutating func add(_ record: Record, _ environment: FilePath) {
        let package = "\(record.name) \(record.version)"
        archives[package] = record.sha256
        // What Python compiles may be compiled anew.
        for path in record.paths?.paths ?? [] where !path.path.contains("__pycache__/") && path.kind != "directory" {
            let content: Expectation.Content
            if path.kind == "softlink" {
                // Records do not tell where links lead: that there is one is what can be compared.
                let target = try? FileManager.default.destinationOfSymbolicLink(
                    atPath: environment.pushing(FilePath(path.path)).string)
                content = .link(to: target ?? "")
            } else {
                let hash = (path.sha256InPrefix ?? path.sha256).flatMap { Digests.SHA256Digest(hex: $0) }
                // The size is that in the package; files that name the prefix have another one here.
                let isAsPacked = path.sha256InPrefix == nil || path.sha256InPrefix == path.sha256
                content = .file(
                    hash: hash.map { "sha256=" + RecordHash.base64($0.bytes) } ?? "", size: isAsPacked && hash != nil ? path.size : nil,
                    isExecutable: false)
            }
            expected[path.path] = Expectation(package: package, content: content)
        }
    }

    /// What belongs to conda's records, and what stands aside since another package has its place.
    static func isOwn(_ path: String) -> Bool {
        path.hasPrefix(folder + "/") || path.hasPrefix("__clobbers__/") || path == "CACHEDIR.TAG"
    }
}
