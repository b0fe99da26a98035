import Diagnostics
import Synchronization

/// Counts what is done and tells it.
final class Meter: Sendable {
    private struct Counts {
        var downloaded = 0
        var unpacked = 0
        var unpackedBytes: Int64 = 0
        var linkedFiles = 0
        var linkedBytes: Int64 = 0
    }

    private let progress: ProgressSink
    private let missing: Int
    private let missingBytes: Int64
    private let counts = Mutex(Counts())

    init(_ progress: @escaping ProgressSink, orders: [WheelOrder], missing: [Int]) {
        self.progress = progress
        self.missing = missing.count
        missingBytes = missing.reduce(0) { $0 + (orders[$1].size ?? 0) }
        if !missing.isEmpty {
            progress(.began(.downloading, total: missing.count))
            // What is not known of some is not known of all.
            if missing.allSatisfy({ orders[$0].size != nil }) { progress(.expected(.downloading, bytes: missingBytes)) }
            progress(.began(.unpacking, total: missing.count))
        }
        progress(.began(.linking, total: orders.count))
    }

    /// A wheel has arrived. Its bytes were told as they came by who fetched them.
    func downloaded() {
        let count = counts.withLock {
            $0.downloaded += 1
            return $0.downloaded
        }
        if count == missing { progress(.ended(.downloading, items: missing, bytes: missingBytes)) }
    }

    func unpacked(_ wheel: UnpackedWheel) {
        let bytes = Int64(clamping: wheel.manifest.byteCount)
        progress(.advanced(.unpacking, items: 1, bytes: bytes))
        let (count, total) = counts.withLock {
            $0.unpacked += 1
            $0.unpackedBytes += bytes
            return ($0.unpacked, $0.unpackedBytes)
        }
        if count == missing { progress(.ended(.unpacking, items: count, bytes: total)) }
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
