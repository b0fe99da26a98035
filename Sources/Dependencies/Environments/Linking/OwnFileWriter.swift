import SystemPackage

/// Writes the files of packages that depend on the path of the environment.
struct OwnFileWriter {
    let paths: EnvironmentPaths
    private(set) var warnings: [EnvironmentWarning] = []
    /// Which package wrote a script.
    private var writers: [String: String] = [:]

    init(paths: EnvironmentPaths) { self.paths = paths }

    mutating func write(_ wheel: UnpackedWheel, in root: borrowing Folder) throws(EnvironmentError) {
        for file in try wheel.ownFiles(at: paths) { try put(file, of: wheel, in: root) }
    }

    // Later packages win, as with other files. RECORD may have been linked.
    private mutating func put(
        _ file: OwnFile, of wheel: UnpackedWheel, in root: borrowing Folder
    ) throws(EnvironmentError) {
        let place = FilePath(file.path)
        let folder = try root.folder(place.removingLastComponent().string)
        guard let name = place.lastComponent?.string else { return }
        if file.isScript, let present = try folder.read(name), present != file.content {
            let other = writers[file.path] ?? "another package"
            warnings.append(.sharedPath(path: file.path, packages: [other, wheel.name]))
        }
        try folder.remove(name)
        try folder.write(file.content, to: name, mode: file.isScript ? 0o755 : 0o644)
        if file.isScript { writers[file.path] = wheel.name }
    }
}
