public import CondaPackaging
import Digests
import PythonPackaging
import Yams

/// A `conda-lock.yml` (version 1 of its format): archives for several platforms, by manager and category.
public struct CondaLockFile: Sendable, Hashable {
    /// A package of one platform.
    struct Entry: Sendable, Hashable {
        var platform: Subdir
        var categories: Set<String>
        var line: Int?
        var package: Package
    }

    enum Package: Sendable, Hashable {
        case conda(LockedCondaPackage)
        case python(LockedPackage)
    }

    /// The file as messages call it.
    public let file: String
    /// In the order of their names.
    public let platforms: [Subdir]
    let entries: [Entry]

    /// - Parameter file: the file as messages shall call it.
    public init(parsing text: String, file: String) throws(ForeignFileError) {
        let yaml = ForeignYAML(file: file)
        guard let document = try yaml.mapping(of: text) else { throw ForeignFileError(file: file, line: 1, "it is empty") }
        let version = try document["version"].map { node throws(ForeignFileError) in try yaml.text(node, "version") } ?? "1"
        guard version == "1" else {
            throw yaml.error(document["version"], "version '\(version)' of conda-lock's format is not understood, only 1 is")
        }
        guard let list = document["package"] else {
            let isEnvironment = document["dependencies"] != nil
            throw ForeignFileError(
                file: file, line: 1, "it has no 'package', so that it is no lock",
                help: isEnvironment ? "it asks for packages: name it to penstock lock, or to penstock env create without --lock" : nil)
        }
        var entries: [Entry] = []
        for node in try yaml.sequence(list, "package") { entries.append(try CondaLockEntryReader(yaml, node).read()) }
        self.file = file
        self.entries = entries
        platforms = Set(entries.map(\.platform)).sorted()
    }

    /// The categories that there are, by name; `main` is what is always installed.
    public var categories: [String] { Set(entries.flatMap(\.categories)).sorted() }

    /// The lock for one of the platforms. Nothing is solved.
    ///
    /// - Parameter categories: those that are wanted beside `main`.
    /// - Throws: where the file has nothing for the platform or has no such category.
    public func lock(for platform: Subdir, categories wanted: Set<String> = []) throws(ForeignFileError) -> PyLock {
        guard platforms.contains(platform) else {
            let known = platforms.map(\.description).joined(separator: ", ")
            throw ForeignFileError(file: file, line: nil, "it has nothing for \(platform), only for \(known.isEmpty ? "no platform" : known)")
        }
        if let unknown = wanted.subtracting(categories).sorted().first {
            let known = categories.joined(separator: ", ")
            throw ForeignFileError(file: file, line: nil, "it has no category '\(unknown)'; there are \(known)")
        }
        var conda: [LockedCondaPackage] = []
        var python: [LockedPackage] = []
        for entry in entries where entry.platform == platform {
            guard !entry.categories.isDisjoint(with: wanted.union(["main"])) else { continue }
            switch entry.package {
            case .conda(let package):
                // One that belongs to several categories is there once for each.
                if conda.contains(package) { continue }
                if conda.contains(where: { $0.record.name == package.record.name }) {
                    throw ForeignFileError(
                        file: file, line: entry.line, "\(package.record.name) is there in two versions for \(platform)")
                }
                conda.append(package)
            case .python(let package): if !python.contains(package) { python.append(package) }
            }
        }
        return PyLock(imported: conda, python: python, on: platform)
    }
}

/// Reads one package of a `conda-lock.yml`.
private struct CondaLockEntryReader {
    private let yaml: ForeignYAML
    private let node: Node
    private let fields: Node.Mapping

    init(_ yaml: ForeignYAML, _ node: Node) throws(ForeignFileError) {
        self.yaml = yaml
        self.node = node
        fields = try yaml.mapping(node, "package")
    }

    func read() throws(ForeignFileError) -> CondaLockFile.Entry {
        let name = try text("name")
        let platform = try parsed("platform") { try Subdir(parsing: $0) }
        let manager = try text("manager")
        let package: CondaLockFile.Package
        switch manager {
        case "conda": package = .conda(try condaPackage(name))
        case "pip": package = .python(try pythonPackage(name))
        default: throw yaml.error(node, "\(name): 'manager' is '\(manager)', which is neither 'conda' nor 'pip'")
        }
        return CondaLockFile.Entry(platform: platform, categories: try categories(), line: node.mark?.line, package: package)
    }

    private func condaPackage(_ name: String) throws(ForeignFileError) -> LockedCondaPackage {
        let url = try text("url")
        guard let place = CondaArchivePlace(url), place.archive.name.description == name.lowercased() else {
            throw yaml.error(fields["url"], "\(name): its URL is not that of an archive of it in a channel")
        }
        var record = place.record()
        guard record.version.description == (try text("version")) else {
            throw yaml.error(fields["version"], "\(name): the version is another than that of its archive")
        }
        let hashes = try hashes()
        record.md5 = hashes["md5"].flatMap { MD5Digest(hex: $0) }
        record.sha256 = hashes["sha256"].flatMap { SHA256Digest(hex: $0) }
        guard record.md5 != nil || record.sha256 != nil else { throw yaml.error(node, "\(name): it has neither an MD5 nor a SHA-256") }
        record.depends = try dependencies().map { $0.range.isEmpty ? $0.name : "\($0.name) \($0.range)" }
        return LockedCondaPackage(record: record, url: place.url, channel: place.channel)
    }

    private func pythonPackage(_ name: String) throws(ForeignFileError) -> LockedPackage {
        let url = LockedURL.withoutSecrets(try text("url"))
        guard let digest = try hashes()["sha256"].flatMap({ SHA256Digest(hex: $0) }) else {
            throw yaml.error(node, "\(name): it has no SHA-256", help: "repositories and folders cannot be taken over; lock them here")
        }
        let project = try parsed("name") { try PackageName(parsing: $0) }
        let version = try parsed("version") { try Version(parsing: $0) }
        let fileName = LockedURL.filename(of: url)
        let isWheel = fileName.hasSuffix(".whl")
        guard let file = try? DistributionFilename(parsing: fileName), file.name == project, file.version == version else {
            throw yaml.error(fields["url"], "\(name): its URL is not that of a wheel or source archive of \(project) \(version)")
        }
        return LockedPackage(
            name: project, version: version,
            dependencies: try dependencies().compactMap { try? PackageName(parsing: $0.name) }.map { LockedDependency(name: $0) },
            source: .distributions(
                sdist: isWheel ? nil : LockedSdist(filename: fileName, url: url, sha256: digest),
                wheels: isWheel ? [LockedWheel(filename: fileName, url: url, sha256: digest)] : []))
    }

    private func dependencies() throws(ForeignFileError) -> [(name: String, range: String)] {
        guard let node = fields["dependencies"], node.null == nil else { return [] }
        var list: [(name: String, range: String)] = []
        for (key, value) in try yaml.mapping(node, "dependencies") {
            list.append((try yaml.text(key, "dependencies"), try yaml.text(value, "dependencies")))
        }
        return list.sorted { $0.name < $1.name }
    }

    private func hashes() throws(ForeignFileError) -> [String: String] {
        guard let node = fields["hash"], node.null == nil else { return [:] }
        var hashes: [String: String] = [:]
        for (key, value) in try yaml.mapping(node, "hash") where value.null == nil {
            hashes[try yaml.text(key, "hash")] = try yaml.text(value, "hash")
        }
        return hashes
    }

    /// Newer files list them; `main` where nothing is said.
    private func categories() throws(ForeignFileError) -> Set<String> {
        if let node = fields["categories"] { return Set(try yaml.texts(node, "categories")) }
        guard let node = fields["category"] else { return ["main"] }
        return [try yaml.text(node, "category")]
    }

    private func text(_ key: String) throws(ForeignFileError) -> String {
        guard let value = fields[key] else { throw yaml.error(node, "a package has no '\(key)'") }
        return try yaml.text(value, key)
    }

    private func parsed<Value>(_ key: String, _ parse: (String) throws -> Value) throws(ForeignFileError) -> Value {
        let text = try text(key)
        do {
            return try parse(text)
        } catch {
            throw yaml.error(fields[key], "\(key): \(error)")
        }
    }
}
