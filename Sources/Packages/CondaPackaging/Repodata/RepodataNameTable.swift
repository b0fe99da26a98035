/// Finds the entries of a package by the bytes of its name, without regard to the case of letters.
struct RepodataNameTable: Sendable {
    struct Group: Sendable {
        let hash: UInt32
        let nameStart: UInt32
        let nameLength: UInt32
        let first: UInt32
        var last: UInt32
    }

    private(set) var groups: [Group] = []
    // Groups by hash, plus one; 0 is free. The count is a power of two, at least twice that of the groups.
    private var slots = [UInt32](repeating: 0, count: 1 << 10)
    // Records of one package stand together nearly always.
    private var latest = 0

    /// Adds an entry to the package whose name is in this range; the package's last entry before, if there is one.
    @inline(__always)
    mutating func insert(_ name: Range<Int>, entry: UInt32, in bytes: UnsafeBufferPointer<UInt8>) -> UInt32? {
        let text = bytes.slice(name)
        if latest < groups.count, Self.isName(of: groups[latest], text, in: bytes) { return append(entry, to: latest) }
        let hash = Self.hash(text)
        var slot = Int(hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let group = Int(slots[slot]) - 1
            if groups[group].hash == hash, Self.isName(of: groups[group], text, in: bytes) {
                latest = group
                return append(entry, to: group)
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        latest = groups.count
        groups.append(
            Group(
                hash: hash, nameStart: UInt32(truncatingIfNeeded: name.lowerBound), nameLength: UInt32(name.count), first: entry,
                last: entry))
        slots[slot] = UInt32(groups.count)
        if groups.count * 2 > slots.count { fillSlots(slots.count * 2) }
        return nil
    }

    private mutating func append(_ entry: UInt32, to group: Int) -> UInt32 {
        let last = groups[group].last
        groups[group].last = entry
        return last
    }

    func group(of name: CondaName, in bytes: UnsafeBufferPointer<UInt8>) -> Group? {
        name.description.withBytes { text in
            let hash = Self.hash(text)
            var slot = Int(hash) & (slots.count - 1)
            while slots[slot] != 0 {
                let group = groups[Int(slots[slot]) - 1]
                if group.hash == hash, Self.isName(of: group, text, in: bytes) { return group }
                slot = (slot + 1) & (slots.count - 1)
            }
            return nil
        }
    }

    init() {}

    /// A table of groups whose names are all different.
    init(_ groups: [Group]) {
        self.groups = groups
        var count = slots.count
        while count < groups.count * 2 { count *= 2 }
        fillSlots(count)
    }

    private mutating func fillSlots(_ count: Int) {
        slots = [UInt32](repeating: 0, count: count)
        for (place, group) in groups.enumerated() {
            var slot = Int(group.hash) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(place + 1)
        }
    }

    @inline(__always)
    private static func isName(
        of group: Group, _ text: UnsafeBufferPointer<UInt8>, in bytes: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        guard Int(group.nameLength) == text.count else { return false }
        let start = Int(group.nameStart)
        for place in 0..<text.count where bytes[start + place].lowercased != text[place].lowercased { return false }
        return true
    }

    /// FNV-1a, its bits mixed at the end since only the low ones are looked at.
    private static func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text { hash = (hash ^ UInt64(byte.lowercased)) &* 0x100_0000_01B3 }
        return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    }
}
