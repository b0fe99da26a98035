import CondaPackaging
import Testing

@Suite struct StoredIndexTests {
    private static func sampleRepodata() throws -> Repodata<[UInt8]> { try Repodata(Array(RepodataTests.sample.utf8)) }

    private static func repodata(_ bytes: [UInt8], stored: [UInt8]) throws -> Repodata<[UInt8]> {
        try stored.withUnsafeBufferPointer { stored throws(RepodataError) in try Repodata(bytes, storedIndex: stored) }
    }

    /// A stored index finds what the first one found.
    @Test func roundTrip() throws {
        let first = try Self.sampleRepodata()
        let second = try Self.repodata(first.bytes, stored: first.storedIndex())
        #expect(second.packageNames == first.packageNames && second.index.info == first.index.info && second.subdir == .linux64)
        #expect(second.count == first.count && second.index.passedOverCount == first.index.passedOverCount)
        for name in first.packageNames { #expect(try second.records(of: name) == first.records(of: name)) }
        #expect(second.storedIndex() == first.storedIndex())
        let empty = try Repodata(Array("{}".utf8))
        #expect(try Self.repodata(empty.bytes, stored: empty.storedIndex()).count == 0)
    }

    @Test func manyPackages() throws {
        let records = (0..<5_000).map { "\"p\($0 % 1_700)-\($0)-0.conda\":{}" }.joined(separator: ",")
        let first = try Repodata(Array("{\"packages.conda\":{\(records)}}".utf8))
        let second = try Self.repodata(first.bytes, stored: first.storedIndex())
        #expect(second.count == 5_000 && second.packageNames == first.packageNames)
        for name in first.packageNames {
            first.bytes.withBytes { bytes in
                let places = second.index.places(of: name, in: bytes)
                #expect(places == first.index.places(of: name, in: bytes) && places.count > 1)
            }
        }
    }

    @Test func otherRepodata() throws {
        let stored = try Self.sampleRepodata().storedIndex()
        let error = #expect(throws: RepodataError.self) { try Self.repodata(Array("{}".utf8), stored: stored) }
        #expect(error?.problem == .damagedIndex)
        for length in 0..<stored.count {
            #expect(throws: RepodataError.self) {
                try Self.repodata(Array(RepodataTests.sample.utf8), stored: Array(stored[..<length]))
            }
        }
    }

    /// Every changed bit is seen.
    @Test func damage() throws {
        let first = try Self.sampleRepodata()
        let stored = first.storedIndex()
        for place in stored.indices {
            var changed = stored
            changed[place] ^= UInt8(1 << (place % 8))
            #expect(throws: RepodataError.self) { try Self.repodata(first.bytes, stored: changed) }
        }
    }
}
