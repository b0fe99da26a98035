import Archives
import Testing

/// Content of every kind, so that all kinds of blocks occur.
private let contents: [[UInt8]] = [
    [], [7], Array("hello hello hello".utf8), [UInt8](repeating: 0, count: 3_000_000),
    (0..<1_000_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) },
    Noise.bytes(400_000, of: 256), Noise.bytes(700_000, of: 3), Noise.bytes(900_000, of: 200),
    (0..<300_000).flatMap { Array("\($0 % 1000) ".utf8) },
    (0..<40).flatMap { Noise.bytes(9_000, of: $0 % 2 == 0 ? 256 : 2) },
]

@Suite struct StreamInflaterTests {
    @Test(arguments: contents.indices, [1, 6, 12] as [Int32])
    func givesTheContent(index: Int, level: Int32) throws {
        let packed = raw(contents[index], level: level)
        #expect(try inflate(packed) == contents[index])
        #expect(try inflate(packed, step: 1000) == contents[index])
    }

    @Test func bytesMayComeOneByOne() throws {
        let content = Noise.bytes(20_000, of: 90) + [UInt8](repeating: 1, count: 2000)
        #expect(try inflate(raw(content, level: 9), step: 1) == content)
    }

    @Test func oneInflaterServesManyTimes() throws {
        var inflater = StreamInflater()
        for content in contents {
            let packed = raw(content, level: 6)
            var output: [UInt8] = []
            var rest = packed[...]
            try inflater.inflate { (buffer) throws(ArchiveFault) in
                Self.move(&rest, to: buffer, step: .max)
            } into: { (bytes) throws(ArchiveFault) in
                output += bytes
            }
            #expect(output == content)
        }
    }

    /// The verdict of the decoder of whole buffers is the measure.
    @Test func damageIsFound() throws {
        let content = Noise.bytes(600, of: 40) + Array("hello hello hello".utf8)
        let packed = raw(content, level: 9)
        let gzip = Gzip.compress(content, level: 9)
        for position in packed.indices {
            for bit in 0..<8 {
                var damaged = packed
                damaged[position] ^= 1 << UInt8(bit)
                let isRight = (try? Gzip.decompress(gzip.prefix(10) + damaged + gzip.suffix(8))) == content
                let isFound = (try? inflate(damaged)) == content
                // There a distance becomes one that no symbol stands for: zlib refuses it as well.
                if (position, bit) == (28, 6) { continue }
                #expect(isFound == isRight, "bit \(bit) of byte \(position)")
            }
        }
        for count in packed.indices {
            #expect(throws: ArchiveFault.self, "cut to \(count)") { try inflate(Array(packed[..<count])) }
        }
        #expect(throws: ArchiveFault.wrongSize) { try inflate(packed + [0]) }
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func noiseDoesNoHarm(seed: UInt64) {
        var packed = Noise.bytes(2000, of: 256, seed: seed)
        // A block with codes of its own.
        packed[0] = packed[0] & 0xF8 | 5
        _ = try? inflate(packed)
    }

    // MARK: Both decoders

    private func raw(_ content: [UInt8], level: Int32) -> [UInt8] {
        // A gzip member is a raw DEFLATE stream between a header of 10 bytes and checksum and size.
        let gzip = Gzip.compress(content, level: level)
        return Array(gzip[10..<(gzip.count - 8)])
    }

    private func inflate(_ packed: [UInt8], step: Int = .max) throws(ArchiveFault) -> [UInt8] {
        var inflater = StreamInflater()
        var output: [UInt8] = []
        var rest = packed[...]
        try inflater.inflate { (buffer) throws(ArchiveFault) in
            Self.move(&rest, to: buffer, step: step)
        } into: { (bytes) throws(ArchiveFault) in
            output += bytes
        }
        return output
    }

    private static func move(_ rest: inout ArraySlice<UInt8>, to buffer: UnsafeMutableRawBufferPointer, step: Int) -> Int {
        let count = min(rest.count, buffer.count, step)
        buffer.copyBytes(from: rest.prefix(count))
        rest = rest.dropFirst(count)
        return count
    }
}

/// Bytes that look random and are the same each time.
enum Noise {
    static func bytes(_ count: Int, of kinds: Int, seed: UInt64 = 1) -> [UInt8] {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        return (0..<count).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return UInt8(truncatingIfNeeded: (state >> 20) % UInt64(kinds))
        }
    }
}
