import Archives
import CondaPackaging
import Digests
public import PackageSources
import SystemPackage

/// Fetches the archives of conda packages into the cache, where they stay: by their hashes, with the credentials of their
/// channels, and from mirrors where some are configured.
public struct CondaArchiveSource: Sendable {
    private let server: ChannelServer

    init(_ server: ChannelServer) { self.server = server }

    /// The archive, verified; one that the cache has is not fetched again, and one of this machine (`file:`) is not copied.
    ///
    /// A mirror that fails, or that has something else, is passed over as long as there is another one.
    /// - Throws: `.archive` with what went wrong first.
    public func fetch(_ order: CondaArchiveOrder) async throws(CondaChannelError) -> FetchedArchive {
        let bounds = ArchiveBounds(size: order.size)
        var first: PackageSourceError?
        for url in try server.requestURLs(of: order.url) {
            do throws(PackageSourceError) {
                let archive = try await server.client.fetchArchive(url, hashes: order.hashes, within: bounds)
                if let size = order.size, archive.size != size {
                    throw .sizeMismatch(url: order.url, expected: size, found: archive.size)
                }
                return archive
            } catch {
                if case .cancelled = error { throw .cancelled }
                // A failure says more than that the network is switched off.
                if first == nil { first = error }
            }
        }
        throw .archive(url: order.url, channel: server.channel(of: order.url)?.name, cause: first ?? .offline(url: order.url))
    }

    /// The archive on its server, to be read in ranges; `nil` where it is of this machine.
    func ranges(of order: CondaArchiveOrder) throws(CondaChannelError) -> (any ByteRangeSource)? {
        guard FileURL.path(order.url) == nil, let url = try server.requestURLs(of: order.url).first,
            FileURL.path(url) == nil
        else { return nil }
        do throws(PackageSourceError) {
            return try server.client.ranges(of: url, size: order.size)
        } catch {
            throw .archive(url: order.url, channel: server.channel(of: order.url)?.name, cause: error)
        }
    }
}
