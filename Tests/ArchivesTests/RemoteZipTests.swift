import Archives
import Synchronization
import TestSupport
import Testing

/// An archive in memory that counts how it is asked.
final class MemoryRanges: ByteRangeSource {
    private let bytes: [UInt8]
    private let asked = Mutex<[Range<Int>]>([])

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var requests: [Range<Int>] { asked.withLock { $0 } }

    func tail(_ count: Int) async throws -> (bytes: [UInt8], totalSize: UInt64) {
        let range = max(0, bytes.count - count)..<bytes.count
        asked.withLock { $0.append(range) }
        return (Array(bytes[range]), UInt64(bytes.count))
    }

    func read(_ range: Range<UInt64>) async throws -> [UInt8] {
        let range = Int(range.lowerBound)..<Int(range.upperBound)
        asked.withLock { $0.append(range) }
        return Array(bytes[range])
    }
}

@Suite struct RemoteZipTests {
    private let metadata = Array("Metadata-Version: 2.1\nName: demo\n".utf8)
    private var filler: [UInt8] { (0..<200_000).map { UInt8(truncatingIfNeeded: ($0 &* 40503) >> 7) } }

    private func wheel(metadataFirst: Bool, entries: Int) -> [UInt8] {
        let metadata = Entry(name: "demo-1.dist-info/METADATA", content: metadata)
        let files = (0..<entries).map { Entry(name: "demo/\($0)", content: filler, isDeflated: false) }
        return ZipBuilder(metadataFirst ? [metadata] + files : files + [metadata]).bytes()
    }

    @Test(arguments: [
        (false, 1, 32 << 10, 1), (true, 1, 32 << 10, 2), (true, 3, 60, 3), (false, 3, 60, 3), (true, 1, 1 << 20, 1),
        (true, 0, 22, 3),
    ])
    func fetchesLittle(metadataFirst: Bool, entries: Int, guess: Int, requests: Int) async throws {
        let source = MemoryRanges(wheel(metadataFirst: metadataFirst, entries: entries))
        let remote = try await RemoteZip(source, name: "demo.whl", guess: guess)
        let entry = try #require(remote.entries.first { $0.spelledName.hasSuffix("METADATA") })
        #expect(try await remote.contents(of: entry) == metadata)
        #expect(source.requests.count == requests, "\(source.requests)")
    }

    @Test func findsTheEndBehindALongComment() async throws {
        var builder = ZipBuilder([Entry(name: "a", content: metadata)])
        builder.comment = [UInt8](repeating: 0x20, count: 65535)
        let remote = try await RemoteZip(MemoryRanges(builder.bytes()), name: "t.zip", guess: 1000)
        #expect(try await remote.contents(of: remote.entries[0]) == metadata)
    }
}
