/// What stands behind the `#` of a direct reference: `subdirectory=…&egg=…&sha256=…` (pip, VCS support; PEP 440).
struct ReferenceFragment: Hashable, Sendable {
    var subdirectory: String?
    var name: PackageName?
    var extras: [ExtraName] = []
    /// By the name of the algorithm, in lower-case hexadecimal digits.
    var hashes: [String: String] = [:]

    /// The algorithms that direct references may name, with the number of their digits.
    private static let digits = ["md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128]

    init() {}

    init(parsing text: String) throws(DirectReferenceError.Problem) {
        for part in text.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key = String(pair[0])
            let value = pair.count == 2 ? PercentCoding.decoded(String(pair[1])) : ""
            switch key {
            case "subdirectory": subdirectory = try Self.subdirectory(value)
            case "egg": try readEgg(value)
            default:
                guard pair.count == 2, let count = Self.digits[key.lowercased()] else { throw .fragment(key) }
                guard value.utf8.count == count, value.utf8.allSatisfy(\.isHexDigit) else { throw .hash(key) }
                hashes[key.lowercased()] = value.lowercased()
            }
        }
    }

    private static func subdirectory(_ path: String) throws(DirectReferenceError.Problem) -> String? {
        guard !path.hasPrefix("/"), !path.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\\") }) else {
            throw .subdirectory(path)
        }
        let parts = path.split(separator: "/").filter { $0 != "." }
        guard !parts.contains("..") else { throw .subdirectory(path) }
        return parts.isEmpty ? nil : parts.joined(separator: "/")
    }

    private mutating func readEgg(_ text: String) throws(DirectReferenceError.Problem) {
        guard let requirement = try? Requirement(parsing: text), requirement.source == .registry(.any),
            requirement.marker == nil
        else { throw .egg(text) }
        name = requirement.name
        extras = requirement.extras
    }
}

/// Paths of POSIX, as text.
package enum LexicalPath {
    /// An absolute path without `.`, `..`, and repeated slashes.
    package static func normalized(_ path: String) -> String {
        var kept: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = kept.popLast() } else { kept.append(part) }
        }
        return "/" + kept.joined(separator: "/")
    }

    /// The folder of a file.
    package static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// How the names of wheels and source archives end, for telling a file from a folder by its path.
package enum ArchiveExtension {
    private static let all = [
        ".whl", ".zip", ".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tbz", ".tar.xz", ".txz", ".tlz", ".tar.lz", ".tar.lzma",
        ".tar.zst",
    ]

    package static func ends(_ path: String) -> Bool {
        let end = path.suffix(9).lowercased()
        return all.contains { end.hasSuffix($0) }
    }
}
