import Diagnostics
import Synchronization

/// Counts what is done and tells it. A wheel that lies on this machine is unpacked but not downloaded, and one that another
/// process made meanwhile is neither.
final class Meter: Sendable {
    private struct Counts {
        /// Wheels of which it is not known yet whether they have to be fetched, or that are on their way.
        var downloadsLeft: Int
        var unpacksLeft: Int
        var fetched: Set<Int> = []
        var downloads = 0
        var downloadedBytes: Int64 = 0
        var unpacked = 0
        var unpackedBytes: Int64 = 0
        var linkedFiles = 0
        var linkedBytes: Int64 = 0
    }

    private let progress: ProgressSink
    private let orders: [WheelOrder]
    private let counts: Mutex<Counts>

    /// - Parameter missing: which of the orders are not in the cache.
    init(_ progress: @escaping ProgressSink, orders: [WheelOrder], missing: [Int]) {
        self.progress = progress
        self.orders = orders
        let downloads = missing.filter { orders[$0].file == nil }
        counts = Mutex(Counts(downloadsLeft: downloads.count, unpacksLeft: missing.count))
        if !downloads.isEmpty {
            progress(.began(.downloading, total: downloads.count))
            // What is not known of some is not known of all.
            let sizes = downloads.compactMap { orders[$0].size }
            if sizes.count == downloads.count { progress(.expected(.downloading, bytes: sizes.reduce(0, +))) }
        }
        if !missing.isEmpty { progress(.began(.unpacking, total: missing.count)) }
        progress(.began(.linking, total: orders.count))
    }

    /// The wheel of an order has arrived, with so many bytes; who fetched it has told them as they came.
    func fetched(_ index: Int, bytes: Int64) {
        let isDownload = orders[index].file == nil
        let ended = counts.withLock { counts in
            counts.fetched.insert(index)
            guard isDownload else { return false }
            counts.downloads += 1
            counts.downloadedBytes += bytes
            counts.downloadsLeft -= 1
            return counts.downloadsLeft == 0
        }
        if ended { endDownloading() }
    }

    /// The wheel of an order is in the cache: unpacked by us if it was fetched, else by another.
    func obtained(_ index: Int, _ wheel: UnpackedWheel) {
        let isDownload = orders[index].file == nil
        let bytes = Int64(clamping: wheel.manifest.byteCount)
        let (isOurs, endsDownloading, endsUnpacking) = counts.withLock { counts in
            let isOurs = counts.fetched.contains(index)
            if isOurs {
                counts.unpacked += 1
                counts.unpackedBytes += bytes
            } else if isDownload {
                counts.downloadsLeft -= 1
            }
            counts.unpacksLeft -= 1
            return (isOurs, !isOurs && isDownload && counts.downloadsLeft == 0, counts.unpacksLeft == 0)
        }
        if isOurs { progress(.advanced(.unpacking, items: 1, bytes: bytes)) }
        if endsDownloading { endDownloading() }
        if endsUnpacking {
            let (count, bytes) = counts.withLock { ($0.unpacked, $0.unpackedBytes) }
            progress(.ended(.unpacking, items: count, bytes: bytes))
        }
    }

    private func endDownloading() {
        let (count, bytes) = counts.withLock { ($0.downloads, $0.downloadedBytes) }
        progress(.ended(.downloading, items: count, bytes: bytes))
    }

    func linked(_ wheels: [UnpackedWheel]) {
        if wheels.isEmpty { return }
        let bytes = wheels.reduce(0) { $0 + Int64(clamping: $1.manifest.byteCount) }
        let files = wheels.reduce(0) { $0 + $1.manifest.fileCount }
        progress(.advanced(.linking, items: wheels.count, bytes: bytes))
        counts.withLock {
            $0.linkedFiles += files
            $0.linkedBytes += bytes
        }
    }

    /// All wheels are linked.
    func end() {
        let (files, bytes) = counts.withLock { ($0.linkedFiles, $0.linkedBytes) }
        progress(.ended(.linking, items: files, bytes: bytes))
    }
}
