import SystemPackage

/// A file of a package that is written for one environment rather than linked, because it names the environment's path.
struct OwnFile: Sendable, Hashable {
    /// Relative to the root.
    var path: String
    var content: [UInt8]
    /// A command, rather than something that the installer tells about the package.
    var isScript = false

    /// The line of RECORD, with its path relative to the root.
    var row: RecordRow { RecordRow(path: path, hash: RecordHash.sha256(content), size: UInt64(content.count)) }
}

extension UnpackedWheel {
    /// What has to be written for an environment: scripts, commands, `direct_url.json`, and RECORD as the last; nothing
    /// if all of the package can be linked. Reads the scripts and RECORD in the cache.
    func ownFiles(at paths: EnvironmentPaths) throws(EnvironmentError) -> [OwnFile] {
        if hasSameRecordEverywhere { return [] }
        let files = try Folder(self.files)
        let text = ScriptText(python: paths.python)
        var own: [OwnFile] = []
        for script in manifest.scripts {
            let program = text.rewriting(try files.read(script.source) ?? [])
            own.append(OwnFile(path: path(ofScript: script.name, paths), content: program, isScript: true))
        }
        for point in manifest.entryPoints {
            own.append(OwnFile(path: path(ofScript: point.name, paths), content: text.command(point), isScript: true))
        }
        let library = paths.folder(of: manifest.root, project: manifest.project)
        let info = "\(library)/\(manifest.distInfo)"
        if let origin {
            own.append(OwnFile(path: "\(info)/\(DirectOrigin.fileName)", content: Array(origin.json.utf8)))
        }
        let record = try files.read("\(manifest.distInfo)/RECORD") ?? []
        let rows = manifest.outsideRows.map { row in
            RecordRow(path: paths.path(of: row.target, project: manifest.project), hash: row.hash, size: row.size)
        }
        let lines = (rows + own.map(\.row)).map { row in
            RecordRow(path: paths.recorded(row.path, fromFolder: library), hash: row.hash, size: row.size).line
        }
        own.append(OwnFile(path: "\(info)/RECORD", content: record + Array(lines.joined().utf8)))
        return own
    }

    private func path(ofScript name: String, _ paths: EnvironmentPaths) -> String {
        paths.path(of: InstallTarget(scheme: .scripts, path: name), project: manifest.project)
    }
}
