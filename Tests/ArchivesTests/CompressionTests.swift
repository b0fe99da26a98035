import Archives
import SystemPackage
import TestSupport
import Testing

private let samples: [[UInt8]] = [
    [], [7], Array("hello hello hello".utf8), [UInt8](repeating: 0, count: 3_000_000),
    (0..<1_000_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) },
]

@Suite struct CompressionTests {
    @Test(arguments: samples.indices)
    func gzipComesBack(index: Int) throws {
        let packed = Gzip.compress(samples[index])
        #expect(Gzip.compress(samples[index]) == packed)
        #expect(try Gzip.decompress(packed) == samples[index])
        #expect(try Gzip.decompress(packed + packed) == samples[index] + samples[index])
    }

    @Test(arguments: samples.indices)
    func zstdComesBack(index: Int) throws {
        let packed = Zstd.compress(samples[index])
        #expect(Zstd.compress(samples[index]) == packed)
        #expect(try Zstd.decompress(packed) == samples[index])
        #expect(try Zstd.decompress(packed + packed) == samples[index] + samples[index])
    }

    @Test(arguments: samples.indices, [Int32(0), 2])
    func zstdComesBackThroughDescriptors(index: Int, workers: Int32) throws {
        let folder = try TemporaryFolder()
        let plain = try folder.write("plain", samples[index])
        let packed = try FileDescriptor.open(
            folder.path.appending("packed"), .readWrite, options: [.create], permissions: .ownerReadWrite)
        let output = try FileDescriptor.open(
            folder.path.appending("output"), .readWrite, options: [.create], permissions: .ownerReadWrite)
        var seen: [UInt8] = []
        let input = try FileDescriptor.open(plain, .readOnly)
        let flow = try Zstd.compress(from: input, to: packed, workers: workers) { seen += $0 }
        #expect(seen == samples[index])
        #expect(flow.bytesRead == samples[index].count)
        try packed.seek(offset: 0, from: .start)
        var unpacked: [UInt8] = []
        let back = try Zstd.decompress(from: packed, to: output) { unpacked += $0 }
        #expect(unpacked == samples[index])
        #expect(back.bytesRead == flow.bytesWritten)
        #expect(try folder.read("output") == samples[index])
    }

    @Test(arguments: ["gzip", "zstd"])
    func refusesDamage(kind: String) throws {
        let plain = samples[2] + samples[2]
        let packed = kind == "gzip" ? Gzip.compress(plain) : Zstd.compress(plain)
        let unpack: ([UInt8]) throws -> [UInt8] = { try kind == "gzip" ? Gzip.decompress($0) : Zstd.decompress($0) }
        for length in 0..<packed.count {
            #expect(throws: ArchiveError.self, "cut to \(length)") { try unpack(Array(packed[..<length])) }
        }
        #expect(throws: ArchiveError.self) { try unpack(packed + [1, 2, 3]) }
        #expect(throws: ArchiveError.self) { try unpack(Array("<html>not compressed at all</html>".utf8)) }
    }

    @Test func refusesBombs() {
        let zeros = [UInt8](repeating: 0, count: 5_000_000)
        #expect(throws: ArchiveError.self) { try Gzip.decompress(Gzip.compress(zeros), limit: 4_999_999) }
        #expect(throws: ArchiveError.self) { try Zstd.decompress(Zstd.compress(zeros), limit: 4_999_999) }
        #expect(throws: Never.self) { try Gzip.decompress(Gzip.compress(zeros), limit: 5_000_000) }
        #expect(throws: Never.self) { try Zstd.decompress(Zstd.compress(zeros), limit: 5_000_000) }
    }
}
