import CondaPackaging
import Digests

/// The members of a prefix record, under the names that tools know.
struct PrefixRecordContent: Encodable {
    private let installation: CondaInstallation
    private let paths: [LinkedPath]

    init(_ installation: CondaInstallation, _ paths: [LinkedPath]) {
        self.installation = installation
        self.paths = paths.sorted { $0.path < $1.path }
    }

    private enum CodingKeys: String, CodingKey {
        case build, channel, constrains, depends, files, license, md5, name, noarch, purls, sha256, size, subdir, timestamp, url, version
        case buildNumber = "build_number"
        case fileName = "fn"
        case licenseFamily = "license_family"
        case pathsData = "paths_data"
        case sitePackagesPath = "python_site_packages_path"
        case requestedSpec = "requested_spec"
        case requestedSpecs = "requested_specs"
        case trackFeatures = "track_features"
    }

    func encode(to encoder: any Encoder) throws {
        let record = installation.record
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(record.name.description, forKey: .name)
        try values.encode(record.version.description, forKey: .version)
        try values.encode(record.build, forKey: .build)
        try values.encode(record.buildNumber, forKey: .buildNumber)
        try values.encode(record.subdir.description, forKey: .subdir)
        try values.encode(record.fileName.description, forKey: .fileName)
        try values.encode(installation.url, forKey: .url)
        try values.encode(installation.channel, forKey: .channel)
        try values.encode(record.depends, forKey: .depends)
        try values.encode(record.constrains, forKey: .constrains)
        try values.encode(record.trackFeatures.joined(separator: " "), forKey: .trackFeatures)
        try values.encodeIfPresent(record.noarch?.rawValue, forKey: .noarch)
        try values.encodeIfPresent(record.md5?.description, forKey: .md5)
        try values.encodeIfPresent(record.sha256?.hex, forKey: .sha256)
        try values.encodeIfPresent(record.size, forKey: .size)
        try values.encodeIfPresent(record.timestamp, forKey: .timestamp)
        try values.encodeIfPresent(record.license, forKey: .license)
        try values.encodeIfPresent(record.licenseFamily, forKey: .licenseFamily)
        try values.encodeIfPresent(record.pythonSitePackagesPath, forKey: .sitePackagesPath)
        if !record.purls.isEmpty { try values.encode(record.purls, forKey: .purls) }
        try values.encodeIfPresent(installation.requestedSpecs.first, forKey: .requestedSpec)
        try values.encode(installation.requestedSpecs, forKey: .requestedSpecs)
        try values.encode(paths.filter { $0.source.kind != .directory }.map(\.path), forKey: .files)
        try values.encode(PathsData(paths: paths.map(PathEntry.init)), forKey: .pathsData)
    }
}

private struct PathsData: Encodable {
    let paths: [PathEntry]
    let version = 1

    enum CodingKeys: String, CodingKey {
        case paths
        case version = "paths_version"
    }
}

private struct PathEntry: Encodable {
    let path: LinkedPath

    enum CodingKeys: String, CodingKey {
        case path = "_path"
        case kind = "path_type"
        case mode = "file_mode"
        case original = "original_path"
        case placeholder = "prefix_placeholder"
        case sha256
        case sha256InPrefix = "sha256_in_prefix"
        case size = "size_in_bytes"
    }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(path.path, forKey: .path)
        try values.encode(path.isEntryPoint ? "unix_python_entry_point" : path.source.kind.rawValue, forKey: .kind)
        if let placeholder = path.source.placeholder {
            try values.encode((path.source.mode ?? .text).rawValue, forKey: .mode)
            try values.encode(placeholder, forKey: .placeholder)
        }
        try values.encodeIfPresent(path.original, forKey: .original)
        try values.encodeIfPresent(path.source.sha256, forKey: .sha256)
        try values.encodeIfPresent(path.sha256InPrefix, forKey: .sha256InPrefix)
        try values.encodeIfPresent(path.source.size, forKey: .size)
    }
}
