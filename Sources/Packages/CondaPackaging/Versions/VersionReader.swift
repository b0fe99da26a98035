/// What a version's text is read into.
protocol VersionSink {
    /// The number before `!`; not called where there is none.
    mutating func epoch(_ number: UInt64)
    mutating func number(_ number: UInt64)
    /// Letters, or the underscore at a version's end. A segment that begins so has a zero before it, which is not told.
    mutating func text(_ kind: VersionTextKind, _ bytes: UnsafeBufferPointer<UInt8>)
    mutating func endSegment()
    /// The version proper has ended, or the local part, which follows it always, if only empty.
    mutating func endPart()
}

/// The texts that have a place of their own in the order of versions.
enum VersionTextKind: Hashable, Sendable {
    /// Before everything else.
    case dev
    /// An underscore (or dash) at the end: before all other text.
    case underscore
    case other
    /// After all numbers.
    case post
}

/// Reads a version literal (CEP 33) from UTF-8 bytes: an epoch, segments of numbers and letters, a local part.
///
/// Reading ends at the first byte that cannot belong to the version; whether that is an error is for the caller to say.
struct VersionReader {
    let bytes: UnsafeBufferPointer<UInt8>
    /// The offset of the next byte.
    private(set) var position: Int
    // `-` or `_`, whichever separated segments first. A version must not have both.
    private var dash: UInt8 = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    var isAtEnd: Bool { position >= bytes.count }

    @inline(__always)
    private var peek: UInt8 { position < bytes.count ? bytes[position] : 0 }

    /// Reads as much as is a version.
    @inline(__always)
    mutating func read<Sink: VersionSink>(into sink: inout Sink) throws(CondaVersionError.Problem) {
        guard !isAtEnd else { throw .empty }
        try readEpoch(into: &sink)
        try readPart(into: &sink)
        sink.endPart()
        if peek == UInt8(ascii: "+") {
            position += 1
            try readPart(into: &sink)
        }
        sink.endPart()
    }

    @inline(__always)
    private mutating func readEpoch<Sink: VersionSink>(into sink: inout Sink) throws(CondaVersionError.Problem) {
        var end = position
        while end < bytes.count, bytes[end].isDigit { end += 1 }
        guard end > position, end < bytes.count, bytes[end] == UInt8(ascii: "!") else { return }
        sink.epoch(try readNumber())
        position += 1
    }

    @inline(__always)
    private mutating func readPart<Sink: VersionSink>(into sink: inout Sink) throws(CondaVersionError.Problem) {
        guard peek.isAlphanumeric else { throw .noComponent }
        try readComponents(into: &sink)
        while let separator = separator {
            guard position + 1 < bytes.count, bytes[position + 1].isAlphanumeric else {
                try readTrailing(separator, into: &sink)
                break
            }
            try note(separator)
            position += 1
            sink.endSegment()
            try readComponents(into: &sink)
        }
        sink.endSegment()
    }

    /// `.`, `-` or `_`, if one comes next.
    @inline(__always)
    private var separator: UInt8? {
        let byte = peek
        return byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") ? byte : nil
    }

    @inline(__always)
    private mutating func note(_ separator: UInt8) throws(CondaVersionError.Problem) {
        guard separator != UInt8(ascii: ".") else { return }
        guard dash == 0 || dash == separator else { throw .mixedDashes }
        dash = separator
    }

    /// A separator that no component follows: an underscore or dash at the end (`1.0.1_`), or nothing of the version.
    private mutating func readTrailing<Sink: VersionSink>(
        _ separator: UInt8, into sink: inout Sink
    ) throws(CondaVersionError.Problem) {
        let next = position + 1 < bytes.count ? bytes[position + 1] : 0
        if next == UInt8(ascii: "_") || next == UInt8(ascii: "-") {
            // Two of them: the second is a segment of its own.
            try note(separator)
            try note(next)
            sink.endSegment()
            sink.text(.underscore, bytes.slice(position + 1..<position + 2))
            position += 2
        } else if separator != UInt8(ascii: ".") {
            try note(separator)
            sink.text(.underscore, bytes.slice(position..<position + 1))
            position += 1
        }
    }

    /// Numbers and letters in turn.
    @inline(__always)
    private mutating func readComponents<Sink: VersionSink>(into sink: inout Sink) throws(CondaVersionError.Problem) {
        while true {
            if peek.isDigit {
                sink.number(try readNumber())
            } else if peek.isLetter {
                let start = position
                while position < bytes.count, bytes[position].isLetter { position += 1 }
                let letters = bytes.slice(start..<position)
                sink.text(Self.kind(of: letters), letters)
            } else {
                return
            }
        }
    }

    private static func kind(of letters: UnsafeBufferPointer<UInt8>) -> VersionTextKind {
        letters.equals(anyCase: "dev") ? .dev : letters.equals(anyCase: "post") ? .post : .other
    }

    @inline(__always)
    private mutating func readNumber() throws(CondaVersionError.Problem) -> UInt64 {
        var number: UInt64 = 0
        while position < bytes.count, bytes[position].isDigit {
            let (product, tooLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, stillTooLarge) = product.addingReportingOverflow(UInt64(bytes[position] &- 0x30))
            guard !tooLarge, !stillTooLarge else { throw .numberTooLarge }
            number = sum
            position += 1
        }
        return number
    }
}
