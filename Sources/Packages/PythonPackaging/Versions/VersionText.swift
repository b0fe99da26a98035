extension Version {
    /// Reads any spelling that PEP 440 allows, with white space around it.
    public init(parsing text: some StringProtocol) throws(VersionError) {
        guard let version = text.withBytes(Version.init(utf8:)) else { throw VersionError(text: String(text)) }
        self = version
    }

    /// Reads a version out of UTF-8 bytes; `nil` where they are none.
    package init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
        if let version = Self.exactly(bytes) {
            self = version
            return
        }
        // White space around a version is rare enough to be looked for only now.
        let text = String(decoding: bytes, as: UTF8.self)
        let stripped = text.stripped
        guard stripped.utf8.count < bytes.count, let version = stripped.withBytes(Self.exactly) else { return nil }
        self = version
    }

    /// The version that is all of `bytes`, without white space around it.
    static func exactly(_ bytes: UnsafeBufferPointer<UInt8>) -> Version? { simple(bytes) ?? VersionParser.parse(bytes) }

    /// Digits and dots only, four small components at most: the bulk of all versions.
    private static func simple(_ bytes: UnsafeBufferPointer<UInt8>) -> Version? {
        guard let first = bytes.first, first.isDigit, bytes.count <= 28 else { return nil }
        var release: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        var count: UInt32 = 1
        var component: UInt64 = 0
        var hasDigits = false
        for byte in bytes {
            if byte.isDigit {
                component = component &* 10 &+ UInt64(byte &- 0x30)
                guard component < 1 << 26 else { return nil }
                hasDigits = true
            } else {
                guard byte == UInt8(ascii: "."), hasDigits, count < 4 else { return nil }
                release = (release.1, release.2, release.3, component)
                count += 1
                component = 0
                hasDigits = false
            }
        }
        guard hasDigits else { return nil }
        release = (release.1, release.2, release.3, component)
        for _ in count..<4 { release = (release.1, release.2, release.3, 0) }
        guard let packed = PackedVersion(release: release) else { return nil }
        return Version(packed, spelledCount: count)
    }
}

extension Version: CustomStringConvertible {
    /// The normal form: `1.0a1.post2.dev3+cpu`.
    public var description: String { text(significantOnly: false) }

    /// The normal form without trailing zeros of the release: the same text for equal versions.
    public var canonicalDescription: String { text(significantOnly: true) }

    private func text(significantOnly: Bool) -> String {
        let parts = parts
        var text = parts.epoch == 0 ? "" : "\(parts.epoch)!"
        let count = significantOnly ? max(1, parts.significantCount) : parts.release.count
        for (position, component) in parts.release[..<count].enumerated() {
            if position > 0 { text += "." }
            text += component.description
        }
        if let pre = parts.pre { text += pre.phase.rawValue + pre.number.description }
        if let post = parts.post { text += ".post\(post)" }
        if let dev = parts.dev { text += ".dev\(dev)" }
        if !parts.local.isEmpty { text += "+\(parts.localDescription)" }
        return text
    }
}

extension Version: TextCoded {
    public init(decoding text: String) throws { try self.init(parsing: text) }
}

/// Text that is no version by PEP 440.
public struct VersionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was read.
    public let text: String

    public var description: String { "\(text.quoted) is not a version (PEP 440)" }
}
