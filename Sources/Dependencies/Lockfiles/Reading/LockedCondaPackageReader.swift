import CondaPackaging
import Digests
import PythonPackaging

/// Makes one conda package of its table. What decides about the package has to be there and to fit together.
struct LockedCondaPackageReader {
    private let table: LockTable

    /// The name goes into the path that messages show.
    init(_ table: LockTable) throws(LockTable.Failure) {
        var table = table
        if let name = try table.string("name") { table.path += " (\(name))" }
        self.table = table
    }

    func read() throws(LockTable.Failure) -> LockedCondaPackage {
        let url = try table.required("url", table.string("url"))
        let channel = try table.required("channel", table.string("channel"))
        var targets: [LockTarget] = []
        for entry in try table.tables("targets") ?? [] {
            targets.append(
                LockTarget(
                    platform: try entry.required("platform", entry.string("platform")),
                    python: try entry.required("python", entry.string("python"))))
        }
        return LockedCondaPackage(
            record: try record(url: url), url: url, channel: channel, targets: targets, provides: try provides())
    }

    private func record(url: String) throws(LockTable.Failure) -> RepodataRecord {
        let name: CondaName = try table.required("name", table.condaValue("name"))
        let version: CondaVersion = try table.required("version", version())
        let build = try table.required("build", table.string("build"))
        let fileName = try fileName(url: url)
        guard fileName.name == name, fileName.version == version, fileName.build == build else {
            throw table.failure("url", .invalid("'\(fileName)' is not an archive of \(name) \(version) \(build)"))
        }
        var record = RepodataRecord(
            fileName: fileName, name: name, version: version, build: build,
            buildNumber: try table.count("build-number") ?? 0,
            subdir: try table.required("subdir", table.condaValue("subdir", as: Subdir.self)))
        try addChecksums(to: &record)
        try addDependencies(to: &record)
        try addRemarks(to: &record)
        return record
    }

    private func addChecksums(to record: inout RepodataRecord) throws(LockTable.Failure) {
        if let hashes = try table.table("hashes") {
            record.md5 = try hashes.condaValue("md5")
            if let text = try hashes.string("sha256") {
                guard let digest = SHA256Digest(hex: text) else {
                    throw hashes.failure("sha256", .invalid("'\(text)' is not 64 hexadecimal digits"))
                }
                record.sha256 = digest
            }
        }
        guard record.md5 != nil || record.sha256 != nil else {
            throw table.failure("hashes", .invalid("a SHA-256 or an MD5 has to be there"))
        }
        record.size = try table.count("size")
        record.legacyBzip2MD5 = try table.condaValue("legacy-bz2-md5")
        record.legacyBzip2Size = try table.count("legacy-bz2-size")
    }

    private func addDependencies(to record: inout RepodataRecord) throws(LockTable.Failure) {
        record.depends = try table.strings("depends") ?? []
        record.constrains = try table.strings("constrains") ?? []
        if let groups = try table.table("extra-depends") {
            for key in groups.values.keys.sorted() { record.extraDepends[key] = try groups.strings(key) }
        }
        record.trackFeatures = try table.strings("track-features") ?? []
        record.features = try table.string("features")
        record.flags = try table.strings("flags") ?? []
    }

    private func addRemarks(to record: inout RepodataRecord) throws(LockTable.Failure) {
        if let kind = try table.string("noarch") {
            guard let noarch = RepodataRecord.NoArch(rawValue: kind) else {
                throw table.failure("noarch", .invalid("'\(kind)' is neither 'generic' nor 'python'"))
            }
            record.noarch = noarch
        }
        record.timestamp = try table.integer("timestamp")
        record.indexedTimestamp = try table.integer("indexed-timestamp")
        record.license = try table.string("license")
        record.licenseFamily = try table.string("license-family")
        record.pythonSitePackagesPath = try table.string("python-site-packages-path")
        record.purls = try table.strings("purls") ?? []
    }

    private func version() throws(LockTable.Failure) -> CondaVersion? {
        guard let text = try table.string("version") else { return nil }
        do {
            return try CondaVersion(parsing: text)
        } catch {
            throw table.failure("version", .invalid("\(error)"))
        }
    }

    private func fileName(url: String) throws(LockTable.Failure) -> ArchiveName {
        do {
            return try ArchiveName(parsing: LockedURL.filename(of: url))
        } catch {
            throw table.failure("url", .invalid("\(error)"))
        }
    }

    private func provides() throws(LockTable.Failure) -> [ProvidedProject] {
        var projects: [ProvidedProject] = []
        for entry in try table.tables("provides") ?? [] {
            projects.append(
                ProvidedProject(
                    name: try entry.required("name", entry.parsed("name")),
                    version: try entry.required("version", entry.parsed("version"))))
        }
        return projects
    }
}
