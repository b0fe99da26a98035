import Digests

/// The bytes of a manifest: numbers in little-endian order, text with its length before it, and at the end the SHA-256
/// of everything before.
extension WheelManifest {
    private static let heading = "penstock wheel 2\n"

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
            writer.text(script.hash)
            writer.number(script.size)
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
        writer.text(recordHash)
        return writer.checked
    }

    /// Reads a manifest; `nil` if it is damaged or of another form.
    init?(encoded: [UInt8]) {
        guard var reader = ManifestReader(checking: encoded, heading: Self.heading),
            let root = reader.scheme(), let distInfo = reader.text(), let project = reader.text(),
            let fileCount = reader.number(), let byteCount = reader.number(),
            let groups = reader.list({ Group(manifest: &$0) }), let scripts = reader.list({ Script(manifest: &$0) }),
            let entryPoints = reader.list({ EntryPoint(manifest: &$0) }), let rows = reader.list({ OutsideRow(manifest: &$0) }),
            let recordHash = reader.text()
        else { return nil }
        self.init(
            root: root, distInfo: distInfo, project: project, groups: groups, scripts: scripts,
            entryPoints: entryPoints, outsideRows: rows, recordHash: recordHash, fileCount: Int(clamping: fileCount),
            byteCount: byteCount)
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
        guard let name = reader.text(), let source = reader.text(), let hash = reader.text(), let size = reader.number()
        else { return nil }
        self.init(name: name, source: source, hash: hash, size: size)
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
