import CondaPackaging
import Digests

/// What is in a prefix of one package: `conda-meta/NAME-VERSION-BUILD.json`, as conda, mamba and rattler read it.
///
/// Places of the machine, such as that of the unpacked package, are left out: an environment is the same wherever it is.
struct PrefixRecordText {
    struct File {
        var path: String
        var original: String?
        var kind: String
        var sha256: SHA256Digest?
        var sha256InPrefix: SHA256Digest?
        var size: UInt64?
        var placeholder: String?
        var fileMode: String?
        var noLink = false
    }

    let package: CondaInstallation
    let files: [File]
    let requested: String?

    var bytes: [UInt8] {
        let record = package.record
        var text = JSONText()
        text.object { text in
            text.member("arch", record.subdir.machine.isEmpty ? nil : String(record.subdir.machine))
            text.member("build", record.build)
            text.member("build_number", record.buildNumber)
            text.member("channel", package.channel)
            text.member("constrains", record.constrains)
            text.member("depends", record.depends)
            text.member("features", record.features)
            text.member("files", files.lazy.filter { $0.kind != "directory" }.map(\.path))
            text.member("fn", record.fileName.description)
            text.member("license", record.license)
            text.member("license_family", record.licenseFamily)
            text.member("md5", record.md5?.description)
            text.member("name", record.name.description)
            text.member("noarch", record.noarch?.rawValue)
            text.key("paths_data")
            text.object { text in
                text.key("paths")
                text.array(files) { text, file in Self.write(file, to: &text) }
                text.member("paths_version", UInt64(1))
            }
            text.member("platform", record.subdir.operatingSystem.isEmpty ? nil : String(record.subdir.operatingSystem))
            if !record.purls.isEmpty { text.member("purls", record.purls) }
            text.member("python_site_packages_path", record.pythonSitePackagesPath)
            text.member("requested_spec", requested)
            text.member("sha256", record.sha256?.hex)
            text.member("size", record.size)
            text.member("subdir", record.subdir.description)
            text.member("timestamp", record.timestamp.flatMap { UInt64(exactly: $0) })
            if !record.trackFeatures.isEmpty { text.member("track_features", record.trackFeatures.joined(separator: " ")) }
            text.member("url", package.url)
            text.member("version", record.version.spelling)
        }
        text.newLine()
        return text.bytes
    }

    private static func write(_ file: File, to text: inout JSONText) {
        text.object { text in
            text.member("_path", file.path)
            text.member("file_mode", file.fileMode)
            if file.noLink { text.member("no_link", true) }
            text.member("original_path", file.original)
            text.member("path_type", file.kind)
            text.member("prefix_placeholder", file.placeholder)
            text.member("sha256", file.sha256?.hex)
            text.member("sha256_in_prefix", file.sha256InPrefix?.hex)
            text.member("size_in_bytes", file.size)
        }
    }
}
