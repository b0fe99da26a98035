import Digests

/// The bytes of a manifest: numbers in little-endian order, text with its length before it, and at the end the SHA-256
/// of everything before.
extension WheelManifest {
    private static let heading = "penstock wheel 1\n"

    var encoded: [UInt8] {
        var writer = ManifestWriter()
        writer.bytes = Array(Self.heading.utf8)
        writer.number(UInt64(root.rawValue))
        writer.text(distInfo)
        writer.text(project)
        writer.number(UInt64(fileCount))
        writer.number(byteCount)
        writer.list(groups) { writer, group in
            writer.number(UInt64(group.scheme.rawValue))
            writer.text(group.folder)
            writer.text(group.source)
            writer.number(UInt64(group.names.count))
            writer.content(group.names.bytes)
        }
        writer.list(scripts) { writer, script in
            writer.text(script.name)
            writer.text(script.source)
        }
        writer.list(entryPoints) { writer, point in
            writer.text(point.name)
            writer.text(point.module)
            writer.text(point.attribute)
        }
        writer.list(outsideRows) { writer, row in
            writer.number(UInt64(row.target.scheme.rawValue))
            writer.text(row.target.path)
            writer.text(row.hash)
            writer.number(row.size)
        }
        return writer.bytes + SHA256Digest(hashing: writer.bytes).bytes
    }

    /// Reads a manifest; `nil` if it is damaged or of another form.
    init?(encoded: [UInt8]) {
        let body = encoded.dropLast(SHA256Digest.byteCount)
        guard body.starts(with: Self.heading.utf8),
            SHA256Digest(bytes: encoded[body.endIndex...]) == SHA256Digest(hashing: body)
        else { return nil }
        var reader = ManifestReader(bytes: body.dropFirst(Self.heading.utf8.count))
        guard let root = reader.scheme(), let distInfo = reader.text(), let project = reader.text(),
            let fileCount = reader.number(), let byteCount = reader.number(),
            let groups = reader.list({ Group(manifest: &$0) }), let scripts = reader.list({ Script(manifest: &$0) }),
            let entryPoints = reader.list({ EntryPoint(manifest: &$0) }), let rows = reader.list({ OutsideRow(manifest: &$0) })
        else { return nil }
        self.init(
            root: root, distInfo: distInfo, project: project, groups: groups, scripts: scripts,
            entryPoints: entryPoints, outsideRows: rows, fileCount: Int(clamping: fileCount), byteCount: byteCount)
    }
}

extension WheelManifest.Group {
    fileprivate init?(manifest reader: inout ManifestReader) {
        guard let scheme = reader.scheme(), let folder = reader.text(), let source = reader.text(),
            let count = reader.number(), let bytes = reader.content(),
            let names = FileNames(bytes: Array(bytes), count: Int(clamping: count))
        else { return nil }
        self.init(scheme: scheme, folder: folder, source: source, names: names)
    }
}

extension WheelManifest.Script {
    fileprivate init?(manifest reader: inout ManifestReader) {
        guard let name = reader.text(), let source = reader.text() else { return nil }
        self.init(name: name, source: source)
    }
}

extension EntryPoint {
    fileprivate init?(manifest reader: inout ManifestReader) {
        guard let name = reader.text(), let module = reader.text(), let attribute = reader.text() else { return nil }
        self.init(name: name, module: module, attribute: attribute)
    }
}

extension WheelManifest.OutsideRow {
    fileprivate init?(manifest reader: inout ManifestReader) {
        guard let scheme = reader.scheme(), let path = reader.text(), let hash = reader.text(),
            let size = reader.number()
        else { return nil }
        self.init(target: InstallTarget(scheme: scheme, path: path), hash: hash, size: size)
    }
}

private struct ManifestWriter {
    var bytes: [UInt8] = []

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

private struct ManifestReader {
    var bytes: ArraySlice<UInt8>

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
