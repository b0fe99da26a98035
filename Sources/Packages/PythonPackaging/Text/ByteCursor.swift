/// A place in some bytes, for parsers that read forward.
///
/// Every read is checked against the end; past it `peek` is 0, which no grammar here accepts.
struct ByteCursor {
    let bytes: UnsafeBufferPointer<UInt8>
    /// The offset of the next byte.
    var position: Int

    init(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    var isAtEnd: Bool { position >= bytes.count }

    /// The next byte, or 0 at the end.
    var peek: UInt8 { position < bytes.count ? bytes[position] : 0 }

    /// The byte `distance` after the next one, or 0 past the end.
    func peek(after distance: Int) -> UInt8 {
        let place = position + distance
        return place < bytes.count ? bytes[place] : 0
    }

    /// Steps over `word` if it comes next in any case of letters; `word` is given in lower case.
    mutating func take(anyCase word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard position + length <= bytes.count else { return false }
        let start = word.utf8Start
        for offset in 0..<length where bytes[position + offset].lowercased != start[offset] { return false }
        position += length
        return true
    }

    /// Steps over `word` if it comes next exactly so.
    mutating func take(_ word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard position + length <= bytes.count else { return false }
        let start = word.utf8Start
        for offset in 0..<length where bytes[position + offset] != start[offset] { return false }
        position += length
        return true
    }

    /// Steps over `word` if it comes next exactly so and is not the beginning of a longer word.
    mutating func take(wholeWord word: StaticString) -> Bool {
        let start = position
        guard take(word), !peek.isWord else {
            position = start
            return false
        }
        return true
    }

    /// Steps over the bytes that fulfil `condition`.
    mutating func skip(while condition: (UInt8) -> Bool) {
        while position < bytes.count, condition(bytes[position]) { position += 1 }
    }

    /// Whether white space of any script comes next, and how many bytes it takes.
    var spaceLength: Int? {
        guard !isAtEnd else { return nil }
        guard peek >= 0x80 else { return Unicode.Scalar(peek).isStripped ? 1 : nil }
        let window = bytes[position..<Swift.min(position + 4, bytes.count)]
        guard let scalar = String(decoding: window, as: UTF8.self).unicodeScalars.first, scalar.isStripped else {
            return nil
        }
        return UTF8.width(scalar)
    }

    /// Steps over white space of any script.
    mutating func skipSpace() {
        while let length = spaceLength { position += length }
    }

    mutating func skipBlanks() { skip(while: \.isBlank) }

    /// The bytes from `start` to the current place as text; malformed UTF-8 is repaired.
    func text(from start: Int) -> String {
        String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
    }

    /// The column of `position` counted in characters from 1, as an error gives it.
    func column(at position: Int) -> Int {
        1 + bytes[..<Swift.min(position, bytes.count)].count { $0 & 0xC0 != 0x80 }
    }
}
