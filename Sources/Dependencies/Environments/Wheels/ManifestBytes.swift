import Digests

/// Writes numbers in little-endian order, and text with its length before it.
struct ManifestWriter {
    var bytes: [UInt8] = []

    /// The bytes, and at the end their SHA-256.
    var checked: [UInt8] { bytes + SHA256Digest(hashing: bytes).bytes }

    mutating func number(_ value: UInt64) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func content(_ content: some Collection<UInt8>) {
        number(UInt64(content.count))
        bytes.append(contentsOf: content)
    }

    mutating func text(_ text: String) { content(text.utf8) }

    mutating func list<Element>(_ elements: [Element], _ write: (inout ManifestWriter, Element) -> Void) {
        number(UInt64(elements.count))
        for element in elements { write(&self, element) }
    }
}

/// Reads what `ManifestWriter` wrote; everything is `nil` where the bytes are not that.
struct ManifestReader {
    var bytes: ArraySlice<UInt8>

    /// What stands between a heading and the SHA-256 at the end.
    init?(checking checked: [UInt8], heading: String) {
        let body = checked.dropLast(SHA256Digest.byteCount)
        guard body.starts(with: heading.utf8),
            SHA256Digest(bytes: checked[body.endIndex...]) == SHA256Digest(hashing: body)
        else { return nil }
        bytes = body.dropFirst(heading.utf8.count)
    }

    mutating func number() -> UInt64? {
        guard bytes.count >= 8 else { return nil }
        defer { bytes = bytes.dropFirst(8) }
        return bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
    }

    mutating func content() -> ArraySlice<UInt8>? {
        guard let count = number(), count <= UInt64(bytes.count) else { return nil }
        defer { bytes = bytes.dropFirst(Int(count)) }
        return bytes.prefix(Int(count))
    }

    mutating func text() -> String? {
        content().map { String(decoding: $0, as: UTF8.self) }
    }

    mutating func scheme() -> InstallScheme? {
        number().flatMap { UInt8(exactly: $0) }.flatMap(InstallScheme.init)
    }

    mutating func list<Element>(_ read: (inout ManifestReader) -> Element?) -> [Element]? {
        // Every element takes at least eight bytes: a count beyond that is damage.
        guard let count = number(), count <= UInt64(bytes.count / 8) else { return nil }
        var elements: [Element] = []
        elements.reserveCapacity(Int(count))
        for _ in 0..<count {
            guard let element = read(&self) else { return nil }
            elements.append(element)
        }
        return elements
    }
}
