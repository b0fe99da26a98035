import Archives

extension WheelManifest {
    /// Files of `.dist-info` that the installer writes, or that speak of another installation.
    private static let ownFiles: Set = ["RECORD", "RECORD.jws", "RECORD.p7s", "INSTALLER", "REQUESTED", "direct_url.json"]

    /// Decides where every file of a wheel goes.
    ///
    /// - Parameter needsInterpreter: Whether the script at this path begins with `#!python`.
    /// - Returns: The manifest, and the rows of RECORD for the files that go to the same folder as `.dist-info`.
    static func plan(
        _ wheel: WheelArchive, needsInterpreter: (String) throws(EnvironmentError) -> Bool
    ) throws -> (WheelManifest, rows: [RecordRow]) {
        let root: InstallScheme = wheel.info.rootIsPure ? .pureLibrary : .platformLibrary
        var manifest = WheelManifest(
            root: root, distInfo: wheel.distInfo, project: wheel.project, entryPoints: wheel.entryPoints)
        for point in wheel.entryPoints where ReservedPlaces.isInterpreter(point.name) {
            throw WheelFault.reserved(path: "bin/\(point.name)")
        }
        var groups = GroupCollector()
        var rows: [RecordRow] = []
        var places = InstallPlaces(isNeeded: wheel.zip.entries.contains { $0.path.string.hasPrefix(wheel.dataPrefix) })
        for entry in wheel.zip.entries where entry.kind == .file {
            let path = entry.path.string
            if Self.isOwn(path, wheel) { continue }
            let target = try Self.target(of: path, in: wheel, root: root)
            guard places.take(target) else { throw WheelFault.samePlace(path: path) }
            let row = wheel.record[path] ?? RecordRow(path: path, hash: "", size: entry.size)
            if target.scheme == .scripts, try needsInterpreter(path) {
                manifest.scripts.append(Script(name: target.path, source: path, hash: row.hash, size: entry.size))
                continue
            }
            groups.add(path, target)
            manifest.fileCount += 1
            manifest.byteCount += entry.size
            if target.scheme == root {
                rows.append(RecordRow(path: target.path, hash: row.hash, size: entry.size))
            } else {
                manifest.outsideRows.append(OutsideRow(target: target, hash: row.hash, size: entry.size))
            }
        }
        manifest.groups = groups.groups
        return (manifest, rows)
    }

    /// Adds a file of `.dist-info` that the installer wrote, to be linked like the others.
    mutating func addOwnFile(_ name: String) {
        if let index = groups.firstIndex(where: { $0.source == distInfo }) {
            groups[index].names.append(name)
        } else {
            var names = FileNames()
            names.append(name)
            groups.append(Group(scheme: root, folder: distInfo, source: distInfo, names: names))
        }
        fileCount += 1
    }

    private static func isOwn(_ path: String, _ wheel: WheelArchive) -> Bool {
        path.hasPrefix(wheel.infoPrefix) && ownFiles.contains(String(path.dropFirst(wheel.infoPrefix.count)))
    }

    private static func target(
        of path: String, in wheel: WheelArchive, root: InstallScheme
    ) throws(WheelFault) -> InstallTarget {
        guard path.hasPrefix(wheel.dataPrefix) else { return InstallTarget(scheme: root, path: path) }
        let inside = String(path.dropFirst(wheel.dataPrefix.count))
        let folder = inside.topFolder
        guard let scheme = InstallScheme(folder: folder), folder.utf8.count < inside.utf8.count else {
            throw .scheme(String(folder))
        }
        let target = InstallTarget(scheme: scheme, path: String(inside.utf8.dropFirst(folder.utf8.count + 1)) ?? "")
        guard !ReservedPlaces.contains(target) else { throw .reserved(path: ReservedPlaces.name(of: target)) }
        if speaksForOthers(target) { throw .foreignMetadata(path: path) }
        return target
    }

    /// Whether a file would lie in the `.dist-info` of a project, beside those that were checked.
    private static func speaksForOthers(_ target: InstallTarget) -> Bool {
        switch target.scheme {
        case .pureLibrary, .platformLibrary: target.path.topFolder.hasSuffix(".dist-info")
        case .data: target.path.contains("-packages/") && target.path.contains(".dist-info/")
        case .scripts, .headers: false
        }
    }
}

/// Where the files of one wheel go: no two to the same place.
private struct InstallPlaces {
    private var taken: Set<InstallTarget> = []
    private let isNeeded: Bool

    /// - Parameter isNeeded: Whether there are files in `.data`; the others cannot meet.
    init(isNeeded: Bool) { self.isNeeded = isNeeded }

    /// `false` if there is a file already.
    mutating func take(_ target: InstallTarget) -> Bool {
        guard isNeeded else { return true }
        var place = target
        // One folder in nearly all environments.
        if place.scheme == .platformLibrary { place.scheme = .pureLibrary }
        if place.scheme == .data, place.path.hasPrefix("bin/") {
            place = InstallTarget(scheme: .scripts, path: String(place.path.dropFirst(4)))
        }
        return taken.insert(place).inserted
    }
}

/// Gathers files by the folder they lie in; keeps the order in which folders come.
private struct GroupCollector {
    private(set) var groups: [WheelManifest.Group] = []
    private var positions: [String: Int] = [:]

    mutating func add(_ path: String, _ target: InstallTarget) {
        let (source, name) = Self.split(path)
        if let position = positions[source] {
            groups[position].names.append(name)
            return
        }
        var names = FileNames()
        names.append(name)
        positions[source] = groups.count
        groups.append(
            WheelManifest.Group(scheme: target.scheme, folder: Self.split(target.path).folder, source: source, names: names))
    }

    private static func split(_ path: String) -> (folder: String, name: Substring) {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", Substring(path)) }
        return (String(path[..<slash]), path[path.utf8.index(after: slash)...])
    }
}
