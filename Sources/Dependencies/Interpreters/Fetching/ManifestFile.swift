import Digests
import FoundationEssentials
import PythonPackaging

/// A list of Pythons in Penstock's own form, to be kept in version control:
///
///     {"version": 1, "pythons": [
///       {"python": "3.12.7", "platform": "linux-x86_64-gnu", "url": "cpython-3.12.7.tar.gz", "sha256": "…", "size": 21000000}]}
///
/// `free_threaded`, `implementation` (`cpython`), `release` and `size` may be missing. A relative address starts where the
/// list is.
public struct ManifestFile: Codable, Sendable {
    public var version = 1
    public var pythons: [Entry]

    public struct Entry: Codable, Sendable {
        public var python: String
        public var platform: String
        public var url: String
        public var sha256: String
        public var size: Int64?
        public var freeThreaded: Bool?
        public var implementation: String?
        public var release: String?

        enum CodingKeys: String, CodingKey {
            case python, platform, url, sha256, size, implementation, release
            case freeThreaded = "free_threaded"
        }
    }

    /// A list of these builds.
    public init(_ builds: [StandaloneBuild]) {
        pythons = builds.map { build in
            Entry(
                python: "\(build.version)", platform: "\(build.platform)", url: build.url, sha256: build.sha256.hex,
                size: build.size, freeThreaded: build.isFreeThreaded ? true : nil,
                implementation: build.implementation == "cpython" ? nil : build.implementation,
                release: build.release.isEmpty ? nil : build.release)
        }
    }

    /// `nil` for an object that is no such list.
    init?(ifIn bytes: [UInt8], _ place: String) throws(PythonFetchError) {
        struct Head: Decodable {
            var version: Int?
            var pythons: [Anything]?
        }
        struct Anything: Decodable {}
        let data = Data(bytes)
        let head: Head
        do {
            head = try JSONDecoder().decode(Head.self, from: data)
        } catch {
            throw .list(place: place, line: nil, problem: DecodingWords(error).text)
        }
        guard head.pythons != nil else { return nil }
        guard head.version == 1 else {
            throw .list(
                place: place, line: nil,
                problem: head.version.map { "it is of version \($0), and this Penstock reads version 1" } ?? "it has no 'version'")
        }
        do {
            self = try JSONDecoder().decode(ManifestFile.self, from: data)
        } catch {
            throw .list(place: place, line: nil, problem: DecodingWords(error).text)
        }
    }

    /// Entries for other systems are passed over.
    func builds(_ place: String, _ addresses: BuildAddresses) throws(PythonFetchError) -> [StandaloneBuild] {
        var builds: [StandaloneBuild] = []
        for (index, entry) in pythons.enumerated() {
            let subject = "pythons[\(index)]"
            guard let version = try? Version(parsing: entry.python) else {
                throw .list(place: place, line: nil, problem: "\(subject) has python '\(entry.python)', which is no version")
            }
            guard let sha256 = SHA256Digest(hex: entry.sha256) else {
                throw .list(place: place, line: nil, problem: "\(subject) has no SHA-256 of 64 hexadecimal digits")
            }
            if let size = entry.size, size <= 0 {
                throw .list(place: place, line: nil, problem: "\(subject) has the size \(size)")
            }
            guard let platform = BuildPlatform(parsing: entry.platform) else { continue }
            builds.append(
                StandaloneBuild(
                    implementation: entry.implementation ?? "cpython", version: version,
                    isFreeThreaded: entry.freeThreaded ?? false, platform: platform,
                    url: try addresses.url(of: entry.url, entry: subject), sha256: sha256, size: entry.size,
                    release: entry.release ?? ""))
        }
        return builds
    }
}

/// What is wrong with JSON, in words that follow "it cannot be used".
struct DecodingWords {
    let text: String

    init(_ error: any Error) {
        func place(_ path: [any CodingKey]) -> String {
            path.reduce("") { text, key in
                if let index = key.intValue { return "\(text)[\(index)]" }
                return text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)"
            }
        }
        text =
            switch error as? DecodingError {
            case .keyNotFound(let key, let context)?: "\(place(context.codingPath)) has no '\(key.stringValue)'"
            case .typeMismatch(_, let context)?, .valueNotFound(_, let context)?:
                context.codingPath.isEmpty ? "it is not of that form" : "\(place(context.codingPath)) is of the wrong kind"
            default: "it is not JSON"
            }
    }
}
