/// Numbers for the texts of one part of tags, in the order in which they were met.
///
/// Looked up by bytes, of either case, so that a file name can be asked about where it lies.
struct TagPartNumbers: Sendable {
    /// The bytes of all texts, one after the other.
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    /// Open addressing: a number plus one, or 0 for a free place. The length is a power of two.
    private var slots: [UInt32] = Array(repeating: 0, count: 128)

    var count: Int { ends.count }

    /// The text's number; it gets one when it is met first.
    mutating func number(of text: String) -> UInt32 {
        text.withBytes { text in
            if let known = self[text] { return known }
            bytes.append(contentsOf: text)
            ends.append(bytes.count)
            if ends.count * 2 > slots.count { grow() }
            put(UInt32(ends.count - 1), text)
            return UInt32(ends.count - 1)
        }
    }

    subscript(text: String) -> UInt32? { text.withBytes { self[$0] } }

    subscript(text: UnsafeBufferPointer<UInt8>) -> UInt32? {
        var place = Int(truncatingIfNeeded: Self.hash(text)) & (slots.count - 1)
        while slots[place] != 0 {
            let number = slots[place] - 1
            if isEqual(number, text) { return number }
            place = (place + 1) & (slots.count - 1)
        }
        return nil
    }

    private func start(_ number: Int) -> Int { number == 0 ? 0 : ends[number - 1] }

    private func isEqual(_ number: UInt32, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let (start, end) = (start(Int(number)), ends[Int(number)])
        guard end - start == text.count else { return false }
        return text.indices.allSatisfy { bytes[start + $0] == text[$0].lowercased }
    }

    private mutating func put(_ number: UInt32, _ text: UnsafeBufferPointer<UInt8>) {
        var place = Int(truncatingIfNeeded: Self.hash(text)) & (slots.count - 1)
        while slots[place] != 0 { place = (place + 1) & (slots.count - 1) }
        slots[place] = number + 1
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: slots.count * 2)
        let texts = bytes
        texts.withUnsafeBufferPointer { all in
            for number in 0..<ends.count - 1 {
                put(UInt32(number), UnsafeBufferPointer(rebasing: all[start(number)..<ends[number]]))
            }
        }
    }

    /// FNV-1a of the text in lower case.
    private static func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text { hash = (hash ^ UInt64(byte.lowercased)) &* 0x100_0000_01B3 }
        return hash ^ hash >> 32
    }
}

/// Where the tags stand in the file name of a wheel: the last three of five or six parts between dashes.
struct WheelTagParts {
    let pythons: UnsafeBufferPointer<UInt8>
    let abis: UnsafeBufferPointer<UInt8>
    let platforms: UnsafeBufferPointer<UInt8>

    /// `nil` for what is not the name of a wheel.
    init?(filename: UnsafeBufferPointer<UInt8>) {
        let end = filename.count - 4
        guard end > 0, filename[end] == UInt8(ascii: "."), filename[end + 1] == UInt8(ascii: "w"),
            filename[end + 2] == UInt8(ascii: "h"), filename[end + 3] == UInt8(ascii: "l")
        else { return nil }
        var dashes = (0, 0, 0)
        var count = 0
        for position in stride(from: end - 1, through: 0, by: -1) where filename[position] == UInt8(ascii: "-") {
            switch count {
            case 0: dashes.0 = position
            case 1: dashes.1 = position
            case 2: dashes.2 = position
            default: break
            }
            count += 1
        }
        guard count == 4 || count == 5 else { return nil }
        platforms = UnsafeBufferPointer(rebasing: filename[dashes.0 + 1..<end])
        abis = UnsafeBufferPointer(rebasing: filename[dashes.1 + 1..<dashes.0])
        pythons = UnsafeBufferPointer(rebasing: filename[dashes.2 + 1..<dashes.1])
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Calls `body` with what stands between dots.
    @inline(__always)
    func forEachComponent(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        var start = 0
        for position in 0...count where position == count || self[position] == UInt8(ascii: ".") {
            body(UnsafeBufferPointer(rebasing: self[start..<position]))
            start = position + 1
        }
    }
}
