import Archives
import Digests
import PackageSources
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Which files channels were found not to have, so that they are not asked for each time.
struct MissingFiles: Sendable {
    let cache: CacheDirectory
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    /// A day: channels do not change what they have often.
    private static let lifetime: Int64 = 86400

    /// - Parameter url: Without credentials; what a server does not have for one it may have for another.
    private func path(_ url: String) -> FilePath {
        cache.path(.channels, "missing", SHA256Digest(hashing: url).hex)
    }

    /// Blocks for a moment.
    ///
    /// - Parameter atAnyTime: Whether it counts however long ago it was found out: where nobody can be asked.
    func contains(_ url: String, atAnyTime: Bool) -> Bool {
        guard let stored = try? StoredBytes(reading: path(url)),
            let time = Int64(stored.text)
        else { return false }
        return atAnyTime || (0..<Self.lifetime).contains(now() - time)
    }

    /// Blocks for a moment. That something could not be noted is no failure.
    func insert(_ url: String) { try? cache.publish(Array("\(now())".utf8), to: path(url)) }
}
