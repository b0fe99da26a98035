#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Decodes raw DEFLATE data (RFC 1951) of any size piece by piece, in the same memory. One thread at a time.
///
/// Slower than `Inflater` by a third or so, which wants the whole of the data and of the content in memory.
package struct StreamInflater: ~Copyable {
    /// Puts the next packed bytes into a buffer and returns how many; 0 at the end. May block.
    package typealias Source = (UnsafeMutableRawBufferPointer) throws(ArchiveFault) -> Int
    /// Takes the next content.
    package typealias Sink = (UnsafeRawBufferPointer) throws(ArchiveFault) -> Void

    private static let window = 32 << 10
    private static let inputSize = 128 << 10
    /// Zeros behind the end of the data, which are looked at and never used.
    private static let padding = 64
    private static let outputSize = window + 256 << 10
    /// The most that one round of the inner loop writes, with what a copy writes too much.
    private static let slack = 320

    private let literals = HuffmanTable(width: 11, capacity: 4096)
    private let distances = HuffmanTable(width: 8, capacity: 1024)
    private let input = UnsafeMutablePointer<UInt8>.allocate(capacity: inputSize + padding)
    private let output = UnsafeMutablePointer<UInt8>.allocate(capacity: outputSize)

    /// The next byte of `input`, and the end of what is in it.
    private var next = 0
    private var end = 0
    private var isAtEnd = false
    /// Bits that were taken out of `input` and not used yet, the next one lowest.
    private var bits: UInt64 = 0
    private var bitCount = 0
    /// The end of the content in `output`, and the end of that part which the sink has seen. What lies before is history.
    private var out = 0
    private var told = 0

    package init() {}

    deinit {
        input.deallocate()
        output.deallocate()
    }

    /// Decodes until the data says that it ends, which must be where `source` ends.
    package mutating func inflate(from source: Source, into sink: Sink) throws(ArchiveFault) {
        (next, end, isAtEnd, bits, bitCount, out, told) = (0, 0, false, 0, 0, 0, 0)
        var isLast = false
        while !isLast {
            try need(source)
            isLast = take(1) == 1
            switch take(2) {
            case 0: try copyStored(source, sink)
            case 1:
                try literals.build(DeflateCode.fixedLengths[..<288], DeflateCode.literalMeanings)
                try distances.build(DeflateCode.fixedLengths[288...], DeflateCode.distanceMeanings)
                try decode(source, sink)
            case 2:
                try readCodes(source)
                try decode(source, sink)
            default: throw .corruptData
            }
        }
        try checkEnd(source)
        try tell(sink)
    }

    // MARK: Input

    /// Sees to it that at least 56 bits can be taken, or all that there are and zeros behind them.
    private mutating func need(_ source: Source) throws(ArchiveFault) {
        if next + 16 > end { try fill(source) }
        refill()
    }

    private mutating func refill() {
        let word = UnsafeRawPointer(input).loadUnaligned(fromByteOffset: next, as: UInt64.self)
        bits |= UInt64(littleEndian: word) &<< UInt64(bitCount)
        next += (63 - bitCount) >> 3
        bitCount |= 56
    }

    private mutating func take(_ count: Int) -> Int {
        let value = Int(bits & (1 << UInt64(count) - 1))
        bits >>= UInt64(count)
        bitCount -= count
        return value
    }

    private mutating func fill(_ source: Source) throws(ArchiveFault) {
        if isAtEnd {
            guard next - bitCount >> 3 <= end else { throw .corruptData }
            return
        }
        // Whole bytes that are in `bits` may go back.
        let kept = bitCount >> 3
        memmove(input, input + next - kept, end - next + kept)
        (next, end) = (kept, end - next + kept)
        while end < next + 16, !isAtEnd {
            let room = UnsafeMutableRawBufferPointer(start: input + end, count: Self.inputSize - end)
            let count = try source(room)
            end += count
            isAtEnd = count == 0
        }
        if isAtEnd { (input + end).update(repeating: 0, count: Self.padding) }
    }

    private mutating func checkEnd(_ source: Source) throws(ArchiveFault) {
        let used = next - bitCount >> 3
        guard used <= end else { throw .corruptData }
        if used < end { throw .wrongSize }
        if isAtEnd { return }
        var byte: UInt8 = 0
        let count = try withUnsafeMutableBytes(of: &byte) { (buffer) throws(ArchiveFault) in try source(buffer) }
        if count > 0 { throw .wrongSize }
    }

    // MARK: Output

    private mutating func tell(_ sink: Sink) throws(ArchiveFault) {
        if out > told { try sink(UnsafeRawBufferPointer(start: output + told, count: out - told)) }
        let kept = min(out, Self.window)
        memmove(output, output + out - kept, kept)
        (out, told) = (kept, kept)
    }

    // MARK: Blocks

    private mutating func copyStored(_ source: Source, _ sink: Sink) throws(ArchiveFault) {
        _ = take(bitCount & 7)
        try need(source)
        let count = take(16)
        guard take(16) == ~count & 0xFFFF else { throw .corruptData }
        // What is in the bits goes back.
        next -= bitCount >> 3
        (bits, bitCount) = (0, 0)
        var rest = count
        while rest > 0 {
            if next >= end { try fill(source) }
            guard next < end else { throw .corruptData }
            if out >= Self.outputSize - Self.slack { try tell(sink) }
            let step = min(rest, end - next, Self.outputSize - Self.slack - out)
            memcpy(output + out, input + next, step)
            (next, out, rest) = (next + step, out + step, rest - step)
        }
    }

    /// The codes of a block that brings its own (RFC 1951, 3.2.7).
    private mutating func readCodes(_ source: Source) throws(ArchiveFault) {
        try need(source)
        let literalCount = take(5) + 257
        let distanceCount = take(5) + 1
        let lengthCount = take(4) + 4
        guard literalCount <= 286, distanceCount <= 30 else { throw .corruptData }
        var lengths = [UInt8](repeating: 0, count: 19)
        for place in DeflateCode.lengthOrder.prefix(lengthCount) {
            try need(source)
            lengths[place] = UInt8(take(3))
        }
        // The table of literals serves for these lengths first.
        try literals.build(lengths[...], DeflateCode.lengthMeanings)
        lengths.removeAll(keepingCapacity: true)
        while lengths.count < literalCount + distanceCount {
            try need(source)
            let entry = literals.entries[Int(bits & 2047)]
            guard entry & HuffmanTable.Flag.special == 0 else { throw .corruptData }
            _ = take(Int(entry & 15))
            let symbol = Int(entry >> 16)
            if symbol < 16 {
                lengths.append(UInt8(symbol))
                continue
            }
            guard symbol > 16 || !lengths.isEmpty else { throw .corruptData }
            let count = symbol == 16 ? 3 + take(2) : symbol == 17 ? 3 + take(3) : 11 + take(7)
            lengths.append(contentsOf: repeatElement(symbol == 16 ? lengths[lengths.count - 1] : 0, count: count))
        }
        guard lengths.count == literalCount + distanceCount, lengths[256] != 0 else { throw .corruptData }
        try literals.build(lengths[..<literalCount], DeflateCode.literalMeanings)
        try distances.build(lengths[literalCount...], DeflateCode.distanceMeanings)
    }

    /// Decodes literals and matches to the end of a block. State is kept in local variables, and bits are taken without
    /// asking whether there are enough: 56 at the beginning are enough for two literals and a length, and again for a
    /// distance.
    private mutating func decode(_ source: Source, _ sink: Sink) throws(ArchiveFault) {
        typealias Flag = HuffmanTable.Flag
        let literals = self.literals.entries
        let distances = self.distances.entries
        let (input, output) = (UnsafeRawPointer(self.input), self.output)
        let full = Self.outputSize - Self.slack
        var (next, bits, bitCount, out) = (self.next, self.bits, self.bitCount, self.out)
        var inputEnd = end - 16
        while true {
            if next > inputEnd || out >= full {
                (self.next, self.bits, self.bitCount, self.out) = (next, bits, bitCount, out)
                if next > inputEnd { try fill(source) }
                if out >= full { try tell(sink) }
                (next, out, inputEnd) = (self.next, self.out, end - 16)
            }
            bits |= UInt64(littleEndian: input.loadUnaligned(fromByteOffset: next, as: UInt64.self)) &<< UInt64(truncatingIfNeeded: bitCount)
            next &+= (63 &- bitCount) &>> 3
            bitCount |= 56

            var entry = literals[Int(truncatingIfNeeded: bits & 2047)]
            if entry & Flag.literal != 0 {
                output[out] = UInt8(truncatingIfNeeded: entry &>> 16)
                bits &>>= UInt64(entry & 15)
                bitCount &-= Int(entry & 15)
                out &+= 1
                entry = literals[Int(truncatingIfNeeded: bits & 2047)]
                if entry & Flag.literal != 0 {
                    output[out] = UInt8(truncatingIfNeeded: entry &>> 16)
                    bits &>>= UInt64(entry & 15)
                    bitCount &-= Int(entry & 15)
                    out &+= 1
                    entry = literals[Int(truncatingIfNeeded: bits & 2047)]
                    if entry & Flag.literal != 0 {
                        output[out] = UInt8(truncatingIfNeeded: entry &>> 16)
                        bits &>>= UInt64(entry & 15)
                        bitCount &-= Int(entry & 15)
                        out &+= 1
                        continue
                    }
                }
            }
            if entry & Flag.special != 0 {
                if entry & Flag.subtable != 0 {
                    bits &>>= 11
                    bitCount &-= 11
                    let mask = UInt64(1) &<< UInt64((entry &>> 8) & 15) &- 1
                    entry = literals[Int(entry &>> 16) &+ Int(truncatingIfNeeded: bits & mask)]
                }
                if entry & (Flag.literal | Flag.special) != 0 {
                    bits &>>= UInt64(entry & 15)
                    bitCount &-= Int(entry & 15)
                    if entry & Flag.literal != 0 {
                        output[out] = UInt8(truncatingIfNeeded: entry &>> 16)
                        out &+= 1
                        continue
                    }
                    guard entry & Flag.endOfBlock != 0 else { throw .corruptData }
                    break
                }
            }
            bits &>>= UInt64(entry & 15)
            var extra = UInt64((entry &>> 8) & 15)
            let length = Int(entry &>> 16) &+ Int(truncatingIfNeeded: bits & (1 &<< extra &- 1))
            bits &>>= extra
            bitCount &-= Int(entry & 15) &+ Int(extra)

            bits |= UInt64(littleEndian: input.loadUnaligned(fromByteOffset: next, as: UInt64.self)) &<< UInt64(truncatingIfNeeded: bitCount)
            next &+= (63 &- bitCount) &>> 3
            bitCount |= 56
            entry = distances[Int(truncatingIfNeeded: bits & 255)]
            if entry & Flag.special != 0 {
                guard entry & Flag.subtable != 0 else { throw .corruptData }
                bits &>>= 8
                bitCount &-= 8
                let mask = UInt64(1) &<< UInt64((entry &>> 8) & 15) &- 1
                entry = distances[Int(entry &>> 16) &+ Int(truncatingIfNeeded: bits & mask)]
                guard entry & Flag.special == 0 else { throw .corruptData }
            }
            bits &>>= UInt64(entry & 15)
            extra = UInt64((entry &>> 8) & 15)
            let distance = Int(entry &>> 16) &+ Int(truncatingIfNeeded: bits & (1 &<< extra &- 1))
            bits &>>= extra
            bitCount &-= Int(entry & 15) &+ Int(extra)
            guard distance <= out else { throw .corruptData }
            Self.copy(output, out, distance, length)
            out &+= length
        }
        (self.next, self.bits, self.bitCount, self.out) = (next, bits, bitCount, out)
    }

    /// Repeats what stands `distance` before `out`; writes up to seven bytes too many.
    @inline(__always)
    private static func copy(_ output: UnsafeMutablePointer<UInt8>, _ out: Int, _ distance: Int, _ length: Int) {
        let bytes = UnsafeMutableRawPointer(output)
        if distance >= 8 {
            var place = out
            repeat {
                let word = UnsafeRawPointer(bytes).loadUnaligned(fromByteOffset: place &- distance, as: UInt64.self)
                bytes.storeBytes(of: word, toByteOffset: place, as: UInt64.self)
                place &+= 8
            } while place < out &+ length
        } else if distance == 1 {
            memset(output + out, Int32(output[out &- 1]), length)
        } else {
            for place in out..<out &+ length { output[place] = output[place &- distance] }
        }
    }
}

/// The numbers of RFC 1951, 3.2.5 to 3.2.7.
enum DeflateCode {
    /// The order in which the lengths of the code for lengths are given.
    static let lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    /// The code for lengths: symbols as they are.
    static let lengthMeanings = (0..<19).map { UInt32($0) << 16 }

    /// Literals, the end of the block, and lengths of matches.
    static let literalMeanings: [UInt32] =
        (0..<256).map { $0 << 16 | HuffmanTable.Flag.literal } + [HuffmanTable.Flag.special | HuffmanTable.Flag.endOfBlock]
        + values(from: 3, groups: [8, 4, 4, 4, 4, 4]).prefix(28) + [258 << 16]
        // Two symbols have a code in fixed blocks and must not occur.
        + [HuffmanTable.Flag.special, HuffmanTable.Flag.special]

    static let distanceMeanings: [UInt32] =
        values(from: 1, groups: [4] + [Int](repeating: 2, count: 13)) + [HuffmanTable.Flag.special, HuffmanTable.Flag.special]

    /// Lengths of the codes of fixed blocks: 288 of literals and lengths, 32 of distances.
    static let fixedLengths: [UInt8] = (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 } + [UInt8](repeating: 5, count: 32)

    /// Values of groups of symbols; each group has one bit more to add than the one before.
    private static func values(from first: UInt32, groups: [Int]) -> [UInt32] {
        var meanings: [UInt32] = []
        var value = first
        for (extra, count) in groups.enumerated() {
            for _ in 0..<count {
                meanings.append(value << 16 | UInt32(extra) << 8)
                value += 1 << UInt32(extra)
            }
        }
        return meanings
    }
}
