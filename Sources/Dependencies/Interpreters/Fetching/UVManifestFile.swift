import Digests
import FoundationEssentials
import PythonPackaging

/// A list of Pythons in the form that uv reads (`UV_PYTHON_DOWNLOADS_JSON_URL`): an object of descriptions by their names.
struct UVManifestFile {
    private let entries: [String: Entry]

    private struct Entry: Decodable {
        var name: String
        var arch: Architecture
        var os: String
        var libc: String
        var major: UInt64
        var minor: UInt64
        var patch: UInt64
        var prerelease: String?
        var url: String
        var sha256: String?
        var variant: String?
        var build: String?
    }

    /// A word, or an object in newer lists.
    private struct Architecture: Decodable {
        var family: String
        /// A level that not every processor of the family has.
        var variant: String?

        private enum CodingKeys: CodingKey { case family, variant }

        init(from decoder: any Decoder) throws {
            if let word = try? decoder.singleValueContainer().decode(String.self) {
                family = word
                return
            }
            let members = try decoder.container(keyedBy: CodingKeys.self)
            family = try members.decode(String.self, forKey: .family)
            variant = try members.decodeIfPresent(String.self, forKey: .variant)
        }
    }

    init(_ bytes: [UInt8], _ place: String) throws(PythonFetchError) {
        do {
            entries = try JSONDecoder().decode([String: Entry].self, from: Data(bytes))
        } catch {
            let words = DecodingWords(error).text
            throw .list(place: place, line: nil, problem: "it is a list neither of Penstock's form nor of uv's: \(words)")
        }
    }

    /// What has no hash, is for debugging, or for other systems or implementations, is passed over.
    func builds(_ addresses: BuildAddresses) throws(PythonFetchError) -> [StandaloneBuild] {
        var builds: [StandaloneBuild] = []
        for (key, entry) in entries.sorted(by: { $0.key < $1.key }) {
            guard ["cpython", "pypy"].contains(entry.name), entry.arch.variant == nil,
                entry.variant == nil || entry.variant == "freethreaded",
                let sha256 = entry.sha256.flatMap({ SHA256Digest(hex: $0) }),
                let version = try? Version(parsing: "\(entry.major).\(entry.minor).\(entry.patch)\(entry.prerelease ?? "")"),
                let platform = BuildPlatform(system: entry.os, family: entry.arch.family, library: entry.libc)
            else { continue }
            builds.append(
                StandaloneBuild(
                    implementation: entry.name, version: version, isFreeThreaded: entry.variant != nil, platform: platform,
                    url: try addresses.url(of: entry.url, entry: key), sha256: sha256, release: entry.build ?? ""))
        }
        return builds
    }
}
