/// Writes the key of a version, component by component (`VersionKey` says what it is made of).
struct VersionKeyWriter: VersionSink {
    private var high: UInt64 = 0
    private var low: UInt64 = 0
    private var rest: [UInt8] = []
    private var count = 0

    // How many segments came last that are nothing but zero. Whether they matter is known when something else follows.
    private var zeroSegments = 0
    // The place in the segment: even for numbers, odd for text.
    private var place = 0
    // Whether the last component was a zero that is not written yet.
    private var hasPendingZero = false

    /// Codes at the beginning of a segment; numbers follow them.
    private enum Start {
        /// Zero and a text that comes before zero.
        static let zeroThenLess: UInt8 = 1
        /// A segment of zero, and later something that comes before zero.
        static let zeroSegmentThenLess: UInt8 = 2
        /// No more segments: zeros without end.
        static let end: UInt8 = 3
        static let zeroSegmentThenMore: UInt8 = 4
        /// Zero and `post`, which comes after everything.
        static let zeroThenMore: UInt8 = 5
    }

    /// Codes at a later number's place.
    private enum Later {
        static let underscore: UInt8 = 1
        static let zeroThenLess: UInt8 = 2
        static let end: UInt8 = 3
        static let zeroThenMore: UInt8 = 4
    }

    /// Codes at a text's place. Other text stands there as it is, in lower case, ended by `textEnd`.
    private enum Text {
        static let dev: UInt8 = 1
        static let underscore: UInt8 = 2
        static let textEnd: UInt8 = 3
        static let end: UInt8 = 0x80
        static let post: UInt8 = 0x81
    }

    /// The first code of a number: 1 is this, 2 the next.
    private static let one: UInt8 = 6
    /// The largest number that is one byte.
    private static let largestShortNumber: UInt64 = 0xE8
    /// Above every other code.
    private static let epochMark: UInt8 = 0xFF
}

// MARK: - What is read

extension VersionKeyWriter {
    mutating func epoch(_ number: UInt64) {
        guard number > 0 else { return }
        append(Self.epochMark)
        append(number: number)
    }

    mutating func number(_ number: UInt64) {
        defer { place += 1 }
        if number == 0 {
            hasPendingZero = true
        } else {
            if place == 0 { flushZeroSegments(less: false) }
            append(number: number)
        }
    }

    mutating func text(_ kind: VersionTextKind, _ bytes: UnsafeBufferPointer<UInt8>) {
        if place == 0 { number(0) }
        // Only an underscore at the very end of a version can stand in a number's place.
        if place & 1 == 0 {
            append(Later.underscore)
        } else {
            flushZero(less: kind != .post)
            append(kind, bytes)
        }
        place += 1
    }

    mutating func endSegment() {
        if hasPendingZero, place == 1 {
            zeroSegments += 1
        } else {
            // A zero at the end of a segment is what a missing component is.
            let isTextNext = place & 1 == 1 && !hasPendingZero
            append(isTextNext ? Text.end : Later.end)
        }
        hasPendingZero = false
        place = 0
    }

    mutating func endPart() {
        append(Start.end)
        zeroSegments = 0
    }
}

// MARK: - Writing

extension VersionKeyWriter {
    private mutating func flushZeroSegments(less: Bool) {
        guard zeroSegments > 0 else { return }
        for _ in 0..<zeroSegments { append(less ? Start.zeroSegmentThenLess : Start.zeroSegmentThenMore) }
        zeroSegments = 0
    }

    private mutating func flushZero(less: Bool) {
        guard hasPendingZero else { return }
        hasPendingZero = false
        if place == 1 {
            flushZeroSegments(less: less)
            append(less ? Start.zeroThenLess : Start.zeroThenMore)
        } else {
            append(less ? Later.zeroThenLess : Later.zeroThenMore)
        }
    }

    private mutating func append(_ kind: VersionTextKind, _ bytes: UnsafeBufferPointer<UInt8>) {
        switch kind {
        case .dev: append(Text.dev)
        case .post: append(Text.post)
        case .underscore: append(Text.underscore)
        case .other:
            for byte in bytes { append(byte.lowercased) }
            append(Text.textEnd)
        }
    }

    /// Small numbers are one byte; others are their length and their bytes.
    private mutating func append(number: UInt64) {
        if number <= Self.largestShortNumber {
            append(Self.one + UInt8(number - 1))
            return
        }
        let length = (71 - number.leadingZeroBitCount) >> 3
        append(Self.one + UInt8(Self.largestShortNumber) + UInt8(length - 1))
        for shift in stride(from: 8 * (length - 1), through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
        }
    }

    @inline(__always)
    private mutating func append(_ byte: UInt8) {
        if count < 8 {
            high |= UInt64(byte) << UInt64(56 - 8 * count)
        } else if count < 16 {
            low |= UInt64(byte) << UInt64(120 - 8 * count)
        } else {
            rest.append(byte)
        }
        count += 1
    }
}

// MARK: - Results

extension VersionKeyWriter {
    /// What has been written.
    var key: VersionKey { VersionKey(high: high, low: low, rest: rest.isEmpty ? nil : VersionKeyRest(rest)) }

    /// The keys between which every version lies that begins with what has been read; the last segment is not ended.
    ///
    /// The lower bound belongs to them, the upper one does not.
    var interval: VersionInterval {
        var lower = self
        var upper = self
        if hasPendingZero, place == 1 {
            lower.flushZero(less: true)
            upper.hasPendingZero = false
            upper.flushZeroSegments(less: false)
            upper.append(Self.one)
        } else if hasPendingZero {
            lower.append(Later.zeroThenLess)
            upper.append(Later.zeroThenMore + 1)
        } else {
            upper.append(Self.epochMark)
        }
        return VersionInterval(lower: lower.key, upper: upper.key)
    }
}

/// Two places in the order of versions; a version lies between them if it is not before the first and before the second.
struct VersionInterval: Hashable, Sendable {
    let lower: VersionKey
    let upper: VersionKey

    @inline(__always)
    func contains(_ key: VersionKey) -> Bool { !(key < lower) && key < upper }
}
