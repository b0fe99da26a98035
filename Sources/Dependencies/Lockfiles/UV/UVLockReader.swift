import PythonPackaging
import TOMLDocuments

extension UVLock {
    /// Reads a `uv.lock` of version 1, of whichever revision.
    ///
    /// - Parameter file: The file as messages shall call it.
    public init(parsing text: String, file: String) throws(LockError) {
        let document: [String: TOMLNode]
        do {
            document = try TOMLDocument.read(text)
        } catch {
            throw LockError(file: file, line: error.line, keyPath: "", problem: .malformed(error.reason))
        }
        do {
            self = try UVLockReader(document: LockTable(values: document, path: "", line: nil)).read()
        } catch {
            throw LockError(file: file, line: error.line, keyPath: error.path, problem: error.problem)
        }
    }
}

private struct UVLockReader {
    let document: LockTable

    func read() throws(LockTable.Failure) -> UVLock {
        let version = try document.required("version", document.integer("version"))
        guard version == 1 else { throw document.failure("version", .unsupportedVersion("\(version)")) }
        var packages: [UVPackage] = []
        for table in try document.tables("package") ?? [] {
            var reader = UVPackageReader(table)
            packages.append(try reader.read())
        }
        let manifest = try document.table("manifest")
        var lock = UVLock(
            requiresPython: try document.checked("requires-python", as: SpecifierSet.self),
            supportedMarkers: try document.parsedList("supported-markers"),
            members: try manifest?.parsedList("members") ?? [],
            requirements: try manifest.map { table throws(LockTable.Failure) in
                try UVDependencyReader.read(table, "requirements")
            } ?? [],
            groups: try manifest.map { table throws(LockTable.Failure) in
                try UVDependencyReader.readNamed(table, "dependency-groups")
            } ?? [:], packages: packages, revision: try document.integer("revision") ?? 0)
        lock.askedGroups = try manifest.map { table throws(LockTable.Failure) in
            try UVRequirementReader.readNamed(table, "dependency-groups")
        } ?? [:]
        lock.settings = try UVLockSettings(reading: document)
        return lock
    }
}

/// Makes a package of its entry.
struct UVPackageReader {
    private var table: LockTable

    init(_ table: LockTable) { self.table = table }

    mutating func read() throws(LockTable.Failure) -> UVPackage {
        let name: PackageName = try table.required("name", table.parsed("name"))
        table.path += " (\(name))"
        let source = try UVSourceReader.read(try table.required("source", table.table("source")))
        let sdist = try table.table("sdist").map { entry throws(LockTable.Failure) in try readFile(entry, source) }
        var wheels: [LockedWheel] = []
        for entry in try table.tables("wheels") ?? [] {
            let wheel = try readFile(entry, source)
            let parsed: WheelFilename
            do { parsed = try WheelFilename(parsing: wheel.filename) } catch { throw entry.failure(.invalid("\(error)")) }
            guard parsed.name == name else { throw entry.failure(.invalid("'\(wheel.filename)' is no file of \(name)")) }
            wheels.append(wheel)
        }
        return UVPackage(
            name: name, version: try table.parsed("version"), source: source,
            resolutionMarkers: try table.parsedList("resolution-markers"),
            dependencies: try UVDependencyReader.read(table, "dependencies"),
            optionalDependencies: try UVDependencyReader.readNamed(table, "optional-dependencies"),
            groups: try UVDependencyReader.readNamed(table, "dev-dependencies"), sdist: sdist, wheels: wheels,
            metadata: try UVMetadata(reading: try table.table("metadata")), defaultGroups: try readDefaultGroups())
    }

    private func readDefaultGroups() throws(LockTable.Failure) -> UVDefaultGroups? {
        guard let node = table.values["default-groups"] else { return nil }
        return node.string == "all" ? .all : .named(Set(try table.parsedList("default-groups")))
    }

    /// A file by `url`, `path` or, beside a source that is a file itself, by `filename`.
    private func readFile(_ entry: LockTable, _ source: UVSource) throws(LockTable.Failure) -> LockedFile {
        var url = try entry.string("url")
        var path = try entry.string("path")
        switch source {
        case .url(let address, _): url = url ?? address
        case .path(let place): path = path ?? place
        case .registry(let folder) where path != nil && !folder.contains("://"):
            path = path.map { $0.hasPrefix("/") ? $0 : "\(folder)/\($0)" }
        default: break
        }
        guard url != nil || path != nil else { throw entry.failure(.invalid("one of 'url' and 'path' is required")) }
        let name = try entry.string("filename") ?? LockedFile.defaultName(url: url, path: path)
        let time = try entry.string("upload-time")
        let size = try entry.integer("size")
        guard size ?? 0 >= 0 else { throw entry.failure("size", .invalid("a size cannot be negative")) }
        return LockedFile(
            filename: name, url: url, path: path, sha256: try entry.digest("hash"), size: size,
            uploadTime: time.flatMap { UTCTime(parsing: $0) })
    }
}

/// Makes dependencies of their tables.
enum UVDependencyReader {
    static func read(_ table: LockTable, _ key: String) throws(LockTable.Failure) -> [UVDependency] {
        var dependencies: [UVDependency] = []
        for entry in try table.tables(key) ?? [] {
            dependencies.append(
                UVDependency(
                    name: try entry.required("name", entry.parsed("name")), version: try entry.parsed("version"),
                    source: try entry.table("source").map(UVSourceReader.read),
                    // Requirements of a script name the extras as packages' metadata does.
                    extras: try entry.parsedList(entry.values["extra"] == nil ? "extras" : "extra"),
                    marker: try entry.parsed("marker")))
        }
        return dependencies
    }

    /// A table of lists, by the name of an extra or group.
    static func readNamed<Name: TextCoded & Hashable>(
        _ table: LockTable, _ key: String
    ) throws(LockTable.Failure) -> [Name: [UVDependency]] {
        guard let named = try table.table(key) else { return [:] }
        var lists: [Name: [UVDependency]] = [:]
        for text in named.values.keys.sorted() {
            let name: Name
            do { name = try Name(decoding: text) } catch { throw named.failure(text, .invalid("\(error)")) }
            lists[name] = try read(named, text)
        }
        return lists
    }
}
