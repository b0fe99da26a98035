import CondaPackaging
import FoundationEssentials
import SystemPackage

/// What a prefix knows of one of its packages: `conda-meta/NAME-VERSION-BUILD.json`, as conda, mamba and rattler read it.
struct PrefixRecordFile {
    private let installation: CondaInstallation
    private let paths: [LinkedPath]

    init(_ installation: CondaInstallation, _ paths: [LinkedPath]) {
        self.installation = installation
        self.paths = paths
    }

    func write(below folder: FilePath) throws(CondaPrefixError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        let record = installation.record
        let name = "\(record.name)-\(record.version)-\(record.build).json"
        do {
            try Self.put(try encoder.encode(PrefixRecordContent(installation, paths)), as: name, below: folder)
        } catch {
            throw .information(package: installation.package.name, file: "conda-meta/\(name)", reason: "cannot be written: \(error)")
        }
    }

    /// `conda-meta/history`, by which tools recognise a prefix. It bears no date, so that the same lock gives the same bytes.
    static func writeHistory(of installations: [CondaInstallation], below folder: FilePath) throws(CondaPrefixError) {
        var lines = ["==> 2020-01-01 00:00:00 <=="]
        lines += installations.map { "+\($0.channel)/\($0.record.subdir)::\($0.record.name)-\($0.record.version)-\($0.record.build)" }
        let specs = installations.flatMap(\.requestedSpecs)
        if !specs.isEmpty { lines.append("# update specs: [\(specs.map { "'\($0)'" }.joined(separator: ", "))]") }
        do {
            try put(Data((lines.joined(separator: "\n") + "\n").utf8), as: "history", below: folder)
        } catch {
            throw .information(package: "the environment", file: "conda-meta/history", reason: "cannot be written: \(error)")
        }
    }

    private static func put(_ data: Data, as name: String, below folder: FilePath) throws {
        let meta = folder.appending("conda-meta")
        try FileManager.default.createDirectory(atPath: meta.string, withIntermediateDirectories: true)
        try data.write(to: URL(filePath: meta.appending(name).string))
    }
}
