import CondaPackaging
import PythonPackaging

/// What the URL of a conda archive tells of it: `CHANNEL/SUBDIR/NAME-VERSION-BUILD.conda`.
struct CondaArchivePlace {
    let url: String
    let channel: String
    let subdir: Subdir
    let archive: ArchiveName

    /// `nil` where it is not the URL of an archive in a channel.
    init?(_ url: String) {
        let url = LockedURL.withoutSecrets(url)
        let parts = url.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count > 3, let archive = try? ArchiveName(parsing: LockedURL.filename(of: url)),
            let subdir = try? Subdir(parsing: parts[parts.count - 2])
        else { return nil }
        self.url = url
        self.archive = archive
        self.subdir = subdir
        channel = parts.dropLast(2).joined(separator: "/")
    }

    /// All that is known where no repodata was asked. Whether a package of `noarch` is one of Python stands in its archive.
    func record() -> RepodataRecord {
        RepodataRecord(
            fileName: archive, name: archive.name, version: archive.version, build: archive.build,
            buildNumber: buildNumber, subdir: subdir)
    }

    /// What follows the last `_`: `py312h1234567_3`.
    private var buildNumber: UInt64 {
        archive.build.split(separator: "_").last.flatMap { UInt64($0) } ?? 0
    }
}

extension LockedConda {
    /// Packages of one platform, with the channels that they come from in the order in which they come.
    init(packages: [LockedCondaPackage]) {
        var channels: [String] = []
        for package in packages where !channels.contains(package.channel) { channels.append(package.channel) }
        self.init(channels: channels, packages: packages)
    }

    /// The target that packages of one platform are for: that of their Python; `nil` without one, or where the platform has none.
    static func target(of packages: [LockedCondaPackage], on subdir: Subdir?) -> LockTarget? {
        guard let subdir, let platform = try? PlatformName(parsing: subdir.description),
            let python = packages.first(where: { $0.record.name.description == "python" })
        else { return nil }
        return LockTarget(platform: platform.description, python: python.record.version.description)
    }
}
