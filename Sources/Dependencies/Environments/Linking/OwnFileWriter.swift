import SystemPackage

/// Writes the files of a package that depend on the path of the environment: commands, scripts, and RECORD if it names
/// those.
struct OwnFileWriter {
    let paths: EnvironmentPaths
    private(set) var warnings: [EnvironmentWarning] = []
    /// Which package wrote a script.
    private var writers: [String: String] = [:]

    init(paths: EnvironmentPaths) { self.paths = paths }

    mutating func write(_ wheel: UnpackedWheel, in root: borrowing Folder) throws(EnvironmentError) {
        let manifest = wheel.manifest
        if wheel.hasSameRecordEverywhere { return }
        let text = ScriptText(python: paths.python)
        let files = try Folder(wheel.files)
        var rows: [RecordRow] = []
        for script in manifest.scripts {
            let program = text.rewriting(try files.read(script.source) ?? [])
            rows.append(try put(program, as: script.name, of: wheel, in: root))
        }
        for point in manifest.entryPoints {
            rows.append(try put(text.command(point), as: point.name, of: wheel, in: root))
        }
        if let origin = wheel.origin { rows.append(try write(origin, of: manifest, in: root)) }
        try writeRecord(wheel, adding: rows, files, in: root)
    }

    private func write(
        _ origin: DirectOrigin, of manifest: WheelManifest, in root: borrowing Folder
    ) throws(EnvironmentError) -> RecordRow {
        let info = "\(paths.folder(of: manifest.root, project: manifest.project))/\(manifest.distInfo)"
        let content = Array(origin.json.utf8)
        try root.folder(info).write(content, to: DirectOrigin.fileName)
        return RecordRow(
            path: "\(info)/\(DirectOrigin.fileName)", hash: RecordHash.sha256(content), size: UInt64(content.count))
    }

    // Later packages win, as with other files.
    private mutating func put(
        _ program: [UInt8], as name: String, of wheel: UnpackedWheel, in root: borrowing Folder
    ) throws(EnvironmentError) -> RecordRow {
        let path = paths.path(of: InstallTarget(scheme: .scripts, path: name), project: wheel.manifest.project)
        let place = FilePath(path)
        let folder = try root.folder(place.removingLastComponent().string)
        let last = place.lastComponent?.string ?? name
        if let present = try folder.read(last) {
            if present != program {
                let other = writers[path] ?? "another package"
                warnings.append(.sharedPath(path: path, packages: [other, wheel.name]))
            }
            try folder.remove(last)
        }
        try folder.write(program, to: last, mode: 0o755)
        writers[path] = wheel.name
        return RecordRow(path: path, hash: RecordHash.sha256(program), size: UInt64(program.count))
    }

    // `rows` name their files relative to the root.
    private func writeRecord(
        _ wheel: UnpackedWheel, adding rows: [RecordRow], _ files: borrowing Folder, in root: borrowing Folder
    ) throws(EnvironmentError) {
        let manifest = wheel.manifest
        let library = paths.folder(of: manifest.root, project: manifest.project)
        let outside = manifest.outsideRows.map { row in
            RecordRow(path: paths.path(of: row.target, project: manifest.project), hash: row.hash, size: row.size)
        }
        var record = try files.read("\(manifest.distInfo)/RECORD") ?? []
        for row in outside + rows {
            let named = RecordRow(
                path: paths.recorded(row.path, fromFolder: library), hash: row.hash, size: row.size)
            record += Array(named.line.utf8)
        }
        let folder = try root.folder("\(library)/\(manifest.distInfo)")
        // The one of the wheel may have been linked here.
        try folder.remove("RECORD")
        try folder.write(record, to: "RECORD")
    }
}
