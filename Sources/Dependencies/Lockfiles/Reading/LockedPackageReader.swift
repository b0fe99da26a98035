import Digests
import PythonPackaging
import TOMLDocuments

/// Makes a package of its entry in the document.
struct LockedPackageReader {
    /// The entry, which is called by the package's name once that is read.
    private(set) var table: LockTable

    init(_ table: LockTable) { self.table = table }

    mutating func read() throws(LockTable.Failure) -> LockedPackage {
        let name = try readName()
        table.path += " (\(name))"
        let version: Version? = try table.parsed("version")
        let source = try readSource(name, version)
        return LockedPackage(
            name: name, version: version, marker: try table.parsed("marker"),
            requiresPython: try table.checked("requires-python", as: SpecifierSet.self),
            dependencies: try readDependencies(), source: source,
            index: try table.string("index"), attestationIdentities: try readAttestations(),
            tool: try readTools())
    }

    private func readTools() throws(LockTable.Failure) -> [String: LockValue] {
        guard let tools = try table.table("tool") else { return [:] }
        for name in tools.values.keys.sorted() { _ = try tools.table(name) }
        return tools.values.mapValues(LockValue.init)
    }

    private func readName() throws(LockTable.Failure) -> PackageName {
        let text = try table.required("name", table.string("name"))
        let name: PackageName = try table.required("name", table.parsed("name"))
        guard name.description == text else {
            throw table.failure("name", .invalid("'\(text)' is not normalised; it should be '\(name)'"))
        }
        return name
    }

    private func readDependencies() throws(LockTable.Failure) -> [LockedDependency] {
        var dependencies: [LockedDependency] = []
        for entry in try table.tables("dependencies") ?? [] {
            dependencies.append(
                LockedDependency(
                    name: try entry.required("name", entry.parsed("name")), version: try entry.parsed("version"),
                    others: entry.values.filter { $0.key != "name" && $0.key != "version" }.mapValues(LockValue.init)))
        }
        return dependencies
    }

    private func readAttestations() throws(LockTable.Failure) -> [LockValue] {
        var identities: [LockValue] = []
        for entry in try table.tables("attestation-identities") ?? [] {
            _ = try entry.required("kind", entry.string("kind"))
            identities.append(.table(entry.values.mapValues(LockValue.init)))
        }
        return identities
    }
}

// MARK: - Sources

extension LockedPackageReader {
    private static let directKeys = ["vcs", "directory", "archive"]

    /// Exactly one kind of source has to be there.
    private func readSource(_ name: PackageName, _ version: Version?) throws(LockTable.Failure) -> LockedSource {
        let direct = Self.directKeys.filter { table.values[$0] != nil }
        let sdist = try table.table("sdist")
        let wheels = try table.tables("wheels") ?? []
        if direct.isEmpty {
            guard sdist != nil || !wheels.isEmpty else {
                throw badSource("it has no source: one of wheels, sdist, vcs, directory and archive is needed")
            }
            return try readDistributions(name, version, sdist, wheels)
        }
        guard direct.count == 1, sdist == nil, wheels.isEmpty else {
            let found = direct + (sdist == nil ? [] : ["sdist"]) + (wheels.isEmpty ? [] : ["wheels"])
            throw badSource("it has several kinds of sources: \(found.joined(separator: ", "))")
        }
        return try readDirect()
    }

    private func badSource(_ reason: String) -> LockTable.Failure {
        table.failure(.badSource(reason))
    }

    private func readDirect() throws(LockTable.Failure) -> LockedSource {
        if let entry = try table.table("vcs") { return .versionControl(try readRepository(entry)) }
        if let entry = try table.table("directory") {
            return .directory(
                LockedDirectory(
                    path: try entry.required("path", entry.string("path")), isEditable: try entry.boolean("editable"),
                    subdirectory: try entry.string("subdirectory")))
        }
        let entry = try table.required("archive", table.table("archive"))
        return .archive(LockedArchive(file: try readFile(entry), subdirectory: try entry.string("subdirectory")))
    }

    private func readRepository(_ entry: LockTable) throws(LockTable.Failure) -> LockedRepository {
        let (url, path) = try readLocation(entry)
        return LockedRepository(
            type: try entry.required("type", entry.string("type")), url: url, path: path,
            requestedRevision: try entry.string("requested-revision"),
            commitID: try entry.required("commit-id", entry.string("commit-id")),
            subdirectory: try entry.string("subdirectory"))
    }

    private func readDistributions(
        _ name: PackageName, _ version: Version?, _ sdist: LockTable?, _ wheels: [LockTable]
    ) throws(LockTable.Failure) -> LockedSource {
        var files: [LockedWheel] = []
        for entry in wheels {
            let file = try readFile(entry)
            try check(entry, file, name, version) { name throws(FilenameError) in
                .wheel(try WheelFilename(parsing: name))
            }
            files.append(file)
        }
        guard let sdist else { return .distributions(sdist: nil, wheels: files) }
        let file = try readFile(sdist)
        try check(sdist, file, name, version) { name throws(FilenameError) in .sdist(try SdistFilename(parsing: name)) }
        return .distributions(sdist: file, wheels: files)
    }

    /// That a file is one of the package and version.
    private func check(
        _ entry: LockTable, _ file: LockedFile, _ name: PackageName, _ version: Version?,
        _ parse: (String) throws(FilenameError) -> DistributionFilename
    ) throws(LockTable.Failure) {
        let parsed: DistributionFilename
        do {
            parsed = try parse(file.filename)
        } catch {
            throw entry.failure(.invalid("\(error)"))
        }
        guard parsed.name == name, version == nil || parsed.version == version else {
            let wanted = version.map { "\(name) \($0)" } ?? "\(name)"
            throw entry.failure(.invalid("'\(file.filename)' is no file of \(wanted)"))
        }
    }
}

// MARK: - Files

extension LockedPackageReader {
    private func readFile(_ entry: LockTable) throws(LockTable.Failure) -> LockedFile {
        let (url, path) = try readLocation(entry)
        let name = try entry.string("name") ?? LockedFile.defaultName(url: url, path: path)
        guard !name.isEmpty,
            !name.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") || $0 < 32 })
        else { throw entry.failure("name", .invalid("'\(name)' is no name of a file")) }
        let size = try entry.integer("size")
        guard size ?? 0 >= 0 else { throw entry.failure("size", .invalid("a size cannot be negative")) }
        let (sha256, others) = try readHashes(entry)
        return LockedFile(
            filename: name, url: url, path: path, sha256: sha256, otherHashes: others, size: size,
            uploadTime: try entry.time("upload-time"))
    }

    private func readLocation(_ entry: LockTable) throws(LockTable.Failure) -> (url: String?, path: String?) {
        let url = try entry.string("url")
        let path = try entry.string("path")
        guard url?.isEmpty == false || path?.isEmpty == false else {
            throw entry.failure(.invalid("one of 'url' and 'path' is required"))
        }
        return (url, path)
    }

    private func readHashes(_ entry: LockTable) throws(LockTable.Failure) -> (SHA256Digest, [String: String]) {
        let hashes = try entry.required("hashes", entry.table("hashes"))
        var others: [String: String] = [:]
        for algorithm in hashes.values.keys where algorithm != "sha256" {
            others[algorithm] = try hashes.string(algorithm)
        }
        guard let text = try hashes.string("sha256") else {
            throw hashes.failure(
                "sha256", others.isEmpty ? .missing : .invalid("files are checked by SHA-256, which is missing"))
        }
        guard let digest = SHA256Digest(hex: text) else {
            throw hashes.failure("sha256", .invalid("'\(text)' is not 64 hexadecimal digits"))
        }
        return (digest, others)
    }
}
