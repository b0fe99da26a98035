public import CondaPackaging

extension PyLock {
    /// A lock of conda packages that are named by their URLs alone: what a list with `@EXPLICIT` is. No solving is needed.
    ///
    /// What repodata would tell of them is in the archives; their records here have no more than the file names say.
    public init(explicit list: ExplicitList) {
        let packages = list.entries.map { entry in
            var parts = LockedURL.withoutCredentials(entry.url).split(separator: "/", omittingEmptySubsequences: false)
            // A token of the person stands in the path: /t/TOKEN/
            if parts.count > 6, parts[3] == "t" { parts.removeSubrange(3...4) }
            let subdir = parts.dropLast().last.flatMap { try? Subdir(parsing: $0) }
            var record = RepodataRecord(
                fileName: entry.archive, name: entry.archive.name, version: entry.archive.version, build: entry.archive.build,
                buildNumber: 0, subdir: subdir ?? list.platform ?? .noarch)
            record.md5 = entry.md5
            record.sha256 = entry.sha256
            return LockedCondaPackage(
                record: record, url: parts.joined(separator: "/"), channel: parts.dropLast(2).joined(separator: "/"))
        }
        var channels: [String] = []
        for package in packages where !channels.contains(package.channel) { channels.append(package.channel) }
        let sorted = packages.sorted { ($0.record.name, $0.record.fileName.description) < ($1.record.name, $1.record.fileName.description) }
        self.init(packages: [], conda: LockedConda(channels: channels, packages: sorted))
    }
}
