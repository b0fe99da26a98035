internal import CondaPackaging

/// Match specs by their text, each parsed once: repodata repeats a few thousand of them in hundreds of thousands of places.
struct SpecTable: Sendable {
    /// A text, parsed. Its words are kept by the spec itself.
    enum Entry: Sendable {
        case spec(MatchSpec)
        /// No spec, with what is wrong about it.
        case malformed(MatchSpecError)
    }

    private(set) var entries: [Entry] = []
    private var texts: [UInt8] = []
    private var ends: [Int] = []
    /// Open addressing; a slot has the number of an entry plus one, 0 where it is free.
    private var slots = [Int32](repeating: 0, count: 1024)

    subscript(number: Int) -> Entry { entries[number] }

    /// The text that an entry was read from.
    func text(of number: Int) -> String { String(decoding: texts[range(of: number)], as: UTF8.self) }

    private func range(of number: Int) -> Range<Int> { (number == 0 ? 0 : ends[number - 1])..<ends[number] }

    mutating func number(of text: String) -> Int {
        var text = text
        return text.withUTF8 { number(of: $0) }
    }

    /// The number of a spec that was parsed before.
    mutating func number(of spec: MatchSpec) -> Int {
        var text = spec.description
        return text.withUTF8 { number(of: $0, parsed: spec) }
    }

    /// - Parameter spec: What the text means, where that is known; it is parsed otherwise.
    mutating func number(of bytes: UnsafeBufferPointer<UInt8>, parsed spec: MatchSpec? = nil) -> Int {
        var slot = Self.hash(bytes) & (slots.count - 1)
        while slots[slot] != 0 {
            let number = Int(slots[slot]) - 1
            if isText(bytes, of: number) { return number }
            slot = (slot + 1) & (slots.count - 1)
        }
        let number = append(bytes, spec)
        slots[slot] = Int32(number + 1)
        if entries.count * 2 > slots.count { grow() }
        return number
    }

    private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>, _ spec: MatchSpec?) -> Int {
        texts.append(contentsOf: bytes)
        ends.append(texts.count)
        entries.append(spec.map(Entry.spec) ?? Self.parse(bytes))
        return entries.count - 1
    }

    private static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Entry {
        do {
            return .spec(try MatchSpec(parsing: String(decoding: bytes, as: UTF8.self)))
        } catch {
            return .malformed(error)
        }
    }

    private func isText(_ bytes: UnsafeBufferPointer<UInt8>, of number: Int) -> Bool {
        let range = range(of: number)
        guard range.count == bytes.count else { return false }
        return texts.withUnsafeBufferPointer { texts in
            for place in 0..<bytes.count where texts[range.lowerBound + place] != bytes[place] { return false }
            return true
        }
    }

    private mutating func grow() {
        slots = [Int32](repeating: 0, count: slots.count * 2)
        for number in entries.indices {
            let hash = texts.withUnsafeBufferPointer { Self.hash(UnsafeBufferPointer(rebasing: $0[range(of: number)])) }
            var slot = hash & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(number + 1)
        }
    }

    /// FNV-1a over words of eight bytes: texts are short, and nobody gains from collisions in a table of one solve.
    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        var place = 0
        let raw = UnsafeRawBufferPointer(bytes)
        while place + 8 <= raw.count {
            hash = (hash ^ raw.loadUnaligned(fromByteOffset: place, as: UInt64.self)) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 29
            place += 8
        }
        while place < raw.count {
            hash = (hash ^ UInt64(raw[place])) &* 0x100_0000_01B3
            place += 1
        }
        return Int(truncatingIfNeeded: (hash ^ (hash >> 32)) & 0x7FFF_FFFF)
    }
}
