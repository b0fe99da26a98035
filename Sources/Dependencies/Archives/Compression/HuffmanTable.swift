/// Tells for the next bits of DEFLATE data which symbol they are (RFC 1951, 3.2.2).
///
/// The first lookup takes `width` bits; longer codes go on in a smaller table behind the first one. What a symbol means is
/// in its entry, so that nothing else has to be looked up.
struct HuffmanTable: ~Copyable {
    /// Bits of the first lookup.
    let width: Int
    let entries: UnsafeMutablePointer<UInt32>
    private let capacity: Int

    /// An entry: in bits 0–3 how many bits to take away, in bits 8–11 how many bits more belong to the value (or how wide
    /// the second table is), in bits 16–31 the value (or where the second table begins).
    enum Flag {
        static let literal: UInt32 = 0x8000
        /// No literal, and no length or distance either.
        static let special: UInt32 = 0x4000
        static let subtable: UInt32 = 0x2000
        static let endOfBlock: UInt32 = 0x1000
    }

    private static let invalid = Flag.special
    private static let longestCode = 15

    init(width: Int, capacity: Int) {
        self.width = width
        self.capacity = capacity
        entries = .allocate(capacity: capacity)
    }

    deinit { entries.deallocate() }

    /// Lays the table out anew.
    ///
    /// - Parameters:
    ///   - lengths: of the codes, in bits, by symbol; 0 for symbols that do not occur.
    ///   - meanings: the entry of every symbol but for the bits to take away.
    func build(_ lengths: ArraySlice<UInt8>, _ meanings: [UInt32]) throws(ArchiveFault) {
        var next = try Self.firstCodes(lengths)
        let size = 1 << width
        entries.update(repeating: Self.invalid, count: size)
        var longer: [(symbol: Int, code: Int, length: Int)] = []
        var symbol = 0
        for length in lengths {
            defer { symbol += 1 }
            if length == 0 { continue }
            let length = Int(length)
            let code = Self.reversed(next[length], length)
            next[length] += 1
            if length > width {
                longer.append((symbol, code, length))
            } else {
                for place in stride(from: code, to: size, by: 1 << length) {
                    entries[place] = meanings[symbol] | UInt32(length)
                }
            }
        }
        try addSubtables(longer, meanings, behind: size)
    }

    private func addSubtables(
        _ longer: [(symbol: Int, code: Int, length: Int)], _ meanings: [UInt32], behind size: Int
    ) throws(ArchiveFault) {
        let mask = size - 1
        var widths: [Int: Int] = [:]
        for item in longer { widths[item.code & mask] = max(widths[item.code & mask] ?? 0, item.length - width) }
        var free = size
        for (prefix, subwidth) in widths {
            guard free + 1 << subwidth <= capacity else { throw .corruptData }
            (entries + free).update(repeating: Self.invalid, count: 1 << subwidth)
            entries[prefix] =
                UInt32(free) << 16 | Flag.special | Flag.subtable | UInt32(subwidth) << 8 | UInt32(width)
            free += 1 << subwidth
        }
        for item in longer {
            let table = Int(entries[item.code & mask] >> 16)
            let end = 1 << (widths[item.code & mask] ?? 0)
            for place in stride(from: item.code >> width, to: end, by: 1 << (item.length - width)) {
                entries[table + place] = meanings[item.symbol] | UInt32(item.length - width)
            }
        }
    }

    /// The first code of each length. Codes that do not fill the space, or overfill it, are refused; a single code of one
    /// bit is allowed, and none at all.
    private static func firstCodes(_ lengths: ArraySlice<UInt8>) throws(ArchiveFault) -> [Int] {
        var counts = [Int](repeating: 0, count: longestCode + 1)
        for length in lengths { counts[Int(length)] += 1 }
        let used = lengths.count - counts[0]
        counts[0] = 0
        var left = 1
        var code = 0
        var first = [Int](repeating: 0, count: longestCode + 1)
        for length in 1...longestCode {
            left = left << 1 - counts[length]
            guard left >= 0 else { throw .corruptData }
            code = (code + counts[length - 1]) << 1
            first[length] = code
        }
        guard left == 0 || used == 0 || (used == 1 && counts[1] == 1) else { throw .corruptData }
        return first
    }

    /// Codes come with their first bit lowest.
    private static func reversed(_ code: Int, _ length: Int) -> Int {
        var (result, rest) = (0, code)
        for _ in 0..<length {
            result = result << 1 | rest & 1
            rest >>= 1
        }
        return result
    }
}
