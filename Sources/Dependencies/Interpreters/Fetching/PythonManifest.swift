import Digests
import PackageSources
import PythonPackaging

/// The Pythons that can be fetched, each with the hash of its archive.
public struct PythonManifest: Sendable {
    public internal(set) var builds: [StandaloneBuild]
    /// Where it was read, for messages.
    public let place: String

    /// Reads a list in any of its forms, told apart by what is in it: `SHA256SUMS` of a release, a list of Penstock's own
    /// form, or one of uv's.
    ///
    /// - Parameters:
    ///   - url: where it comes from.
    ///   - mirror: see `FetchSettings.Source`.
    package init(parsing bytes: [UInt8], from url: String, mirror: String?) throws(PythonFetchError) {
        place = withoutCredentials(url)
        let addresses = BuildAddresses(list: url, mirror: mirror)
        let isObject = bytes.first { !($0 == 0x20 || (0x09...0x0d).contains($0)) } == UInt8(ascii: "{")
        builds = isObject ? try Self.object(bytes, place, addresses) : try Self.sums(bytes, place, addresses)
    }

    /// Whether anybody on its way from another machine may have changed it.
    public var isUnprotected: Bool {
        guard let address = IndexAddress(parsing: place), address.scheme == "http" else { return false }
        return !(address.host == "localhost" || address.host == "::1" || address.host.split(separator: ".").first == "127" && address.host.allSatisfy { $0.isNumber || $0 == "." })
    }

    /// The one to take for a request; `nil` if none suits.
    public func best(for request: InterpreterRequest, on platform: BuildPlatform) -> StandaloneBuild? {
        builds.filter { $0.platform == platform && request.accepts($0) }
            .reduce(nil) { best, next in best.map { next.isBetter(than: $0) ? next : $0 } ?? next }
    }

    /// The platforms that it has Pythons for, by name.
    public var platforms: [BuildPlatform] { Set(builds.map(\.platform)).sorted { "\($0)" < "\($1)" } }

    /// What can be fetched for a platform: of each Python the one that would be taken; newest first.
    public func offers(on platform: BuildPlatform) -> [StandaloneBuild] {
        var best: [String: StandaloneBuild] = [:]
        for build in builds where build.platform == platform {
            best[build.name] = best[build.name].map { build.isBetter(than: $0) ? build : $0 } ?? build
        }
        return best.values.sorted {
            ($1.version, $0.isFreeThreaded ? 1 : 0, $0.name) < ($0.version, $1.isFreeThreaded ? 1 : 0, $1.name)
        }
    }
}

extension PythonManifest {
    /// `SHA256SUMS`: a digest and a file name in every line. Files that are no builds are passed over.
    private static func sums(
        _ bytes: [UInt8], _ place: String, _ addresses: BuildAddresses
    ) throws(PythonFetchError) -> [StandaloneBuild] {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .list(place: place, line: nil, problem: "it is neither text nor JSON")
        }
        var builds: [StandaloneBuild] = []
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        for (index, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
            let words = line.split(maxSplits: 1) { $0 == " " || $0 == "\t" }
            guard words.count == 2, let sha256 = SHA256Digest(hex: words[0]) else {
                throw .list(place: place, line: index + 1, problem: "the line is not a SHA-256 and a file name")
            }
            // `*` means that the sum is of bytes, not of text.
            let name = words[1].drop { $0 == " " || $0 == "*" }
            guard let parts = ArchiveName(parsing: name) else { continue }
            let url = try addresses.url(of: percentEncoded(name), entry: String(name))
            builds.append(
                StandaloneBuild(
                    version: parts.version, isFreeThreaded: parts.isFreeThreaded, platform: parts.platform, url: url,
                    sha256: sha256, release: parts.release, ballast: parts.ballast))
        }
        guard !builds.isEmpty else { throw .list(place: place, line: nil, problem: "it names no Python") }
        return builds
    }

    private static func object(
        _ bytes: [UInt8], _ place: String, _ addresses: BuildAddresses
    ) throws(PythonFetchError) -> [StandaloneBuild] {
        if let own = try ManifestFile(ifIn: bytes, place) { return try own.builds(place, addresses) }
        return try UVManifestFile(bytes, place).builds(addresses)
    }

    // A plus sign means a space to some servers.
    private static func percentEncoded(_ name: some StringProtocol) -> String { String(name).replacing("+", with: "%2B") }
}
