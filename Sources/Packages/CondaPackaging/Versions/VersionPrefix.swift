/// The beginning of a version, and which versions have it: what `=1.2` and `1.2.*` ask for (CEP 29, fuzzy equality).
///
/// A version begins with `1.2` if its segments do: `1.2`, `1.2.3`, `1.2a1` and `1.2+cu12`, not `1.20`. What is missing in
/// it counts as 0, so `1` begins with `1.0`. Those versions have one unbroken stretch in the order, so that asking is
/// two comparisons; only where the beginning has a local part is that looked at by itself.
struct VersionPrefix: Hashable, Sendable {
    let interval: VersionInterval
    // The same for the local part.
    private let localInterval: VersionInterval?

    /// Whether the stretch alone decides.
    var isStretch: Bool { localInterval == nil }

    /// - Parameter droppingLast: Leaves out the last segment before the local part, as `~=` does.
    init(_ version: CondaVersion, droppingLast: Bool = false) {
        let text = version.spelling
        interval = text.withBytes { bytes in
            let limit = droppingLast ? Self.segmentCount(bytes) - 1 : Int.max
            return Self.interval(bytes, limit: limit, local: false)
        }
        localInterval =
            text.utf8.contains(UInt8(ascii: "+"))
            ? text.withBytes { Self.interval($0, limit: .max, local: true) } : nil
    }

    @inline(__always)
    func begins(_ version: CondaVersion) -> Bool {
        guard interval.contains(version.key) else { return false }
        guard let localInterval else { return true }
        return localInterval.contains(Self.localKey(of: version))
    }

    private static func interval(_ bytes: UnsafeBufferPointer<UInt8>, limit: Int, local: Bool) -> VersionInterval {
        var sink = OpenPartWriter(limit: limit, isLocal: local)
        var reader = VersionReader(bytes)
        try? reader.read(into: &sink)
        return sink.writer.interval
    }

    private static func segmentCount(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var counter = SegmentCounter()
        var reader = VersionReader(bytes)
        try? reader.read(into: &counter)
        return counter.count
    }

    /// The local part as a version by itself.
    private static func localKey(of version: CondaVersion) -> VersionKey {
        version.spelling.withBytes { bytes in
            var writer = LocalPartWriter()
            var reader = VersionReader(bytes)
            try? reader.read(into: &writer)
            return writer.key
        }
    }
}

extension CondaVersion {
    /// Whether the version begins with `other`, segment by segment: `1.2.3` with `1.2`, and `1` with `1.0`.
    public func starts(with other: CondaVersion) -> Bool { VersionPrefix(other).begins(self) }

    /// Whether `~=other` allows the version: it is not before `other`, and begins with all of it but the last segment.
    public func isCompatible(with other: CondaVersion) -> Bool {
        self >= other && VersionPrefix(other, droppingLast: true).begins(self)
    }
}

/// Writes the first segments of one part of a version, and does not end the last of them.
private struct OpenPartWriter: VersionSink {
    private(set) var writer = VersionKeyWriter()
    private var segmentsLeft: Int
    private var partsToPass: Int
    private var hasEndedSegment = false

    init(limit: Int, isLocal: Bool) {
        segmentsLeft = limit
        partsToPass = isLocal ? 1 : 0
    }

    private var isActive: Bool { partsToPass == 0 && segmentsLeft > 0 }

    mutating func epoch(_ number: UInt64) {
        if partsToPass == 0 { writer.epoch(number) }
    }

    mutating func number(_ number: UInt64) {
        guard isActive else { return }
        endSegmentBefore()
        writer.number(number)
    }

    mutating func text(_ kind: VersionTextKind, _ bytes: UnsafeBufferPointer<UInt8>) {
        guard isActive else { return }
        endSegmentBefore()
        writer.text(kind, bytes)
    }

    mutating func endSegment() {
        guard isActive else { return }
        hasEndedSegment = true
        segmentsLeft -= 1
    }

    mutating func endPart() { partsToPass -= 1 }

    private mutating func endSegmentBefore() {
        if hasEndedSegment { writer.endSegment() }
        hasEndedSegment = false
    }
}

private struct SegmentCounter: VersionSink {
    private(set) var count = 0
    private var isLocal = false

    mutating func epoch(_ number: UInt64) {}
    mutating func number(_ number: UInt64) {}
    mutating func text(_ kind: VersionTextKind, _ bytes: UnsafeBufferPointer<UInt8>) {}
    mutating func endSegment() { count += isLocal ? 0 : 1 }
    mutating func endPart() { isLocal = true }
}

private struct LocalPartWriter: VersionSink {
    private var writer = VersionKeyWriter()
    private var isLocal = false

    var key: VersionKey { writer.key }

    mutating func epoch(_ number: UInt64) {}

    mutating func number(_ number: UInt64) {
        if isLocal { writer.number(number) }
    }

    mutating func text(_ kind: VersionTextKind, _ bytes: UnsafeBufferPointer<UInt8>) {
        if isLocal { writer.text(kind, bytes) }
    }

    mutating func endSegment() {
        if isLocal { writer.endSegment() }
    }

    mutating func endPart() {
        if isLocal { writer.endPart() }
        isLocal = true
    }
}
