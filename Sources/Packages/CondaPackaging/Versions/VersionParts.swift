extension CondaVersion {
    /// A piece of a segment.
    public enum Component: Hashable, Sendable, CustomStringConvertible {
        case number(UInt64)
        /// Lower-case letters, or `_` at the end of a version.
        case text(String)

        public var description: String {
            switch self {
            case .number(let number): String(number)
            case .text(let text): text
            }
        }
    }

    /// The number before `!`; 0 where none is written.
    public var epoch: UInt64 { parts.epoch }

    /// The segments as written: `1.0rc1` has `[1]` and `[0, rc, 1]`. A segment that begins with letters has a 0 first.
    public var segments: [[Component]] { parts.segments }

    /// The segments of what follows `+`.
    public var localSegments: [[Component]] { parts.localSegments }

    /// Whether `dev` stands in it, apart from the local part.
    public var isDevelopment: Bool { segments.contains { $0.contains(.text("dev")) } }

    private var parts: VersionParts {
        spelling.withBytes { bytes in
            var parts = VersionParts()
            var reader = VersionReader(bytes)
            // It was read once before, so it can be read again.
            try? reader.read(into: &parts)
            return parts
        }
    }
}

/// A version taken apart.
private struct VersionParts: VersionSink {
    var epoch: UInt64 = 0
    var segments: [[CondaVersion.Component]] = []
    var localSegments: [[CondaVersion.Component]] = []

    private var segment: [CondaVersion.Component] = []
    private var isLocal = false

    mutating func epoch(_ number: UInt64) { epoch = number }

    mutating func number(_ number: UInt64) { segment.append(.number(number)) }

    mutating func text(_ kind: VersionTextKind, _ bytes: UnsafeBufferPointer<UInt8>) {
        if segment.isEmpty { segment.append(.number(0)) }
        segment.append(.text(kind == .underscore ? "_" : bytes.text.lowercased()))
    }

    mutating func endSegment() {
        if isLocal { localSegments.append(segment) } else { segments.append(segment) }
        segment = []
    }

    mutating func endPart() { isLocal = true }
}
