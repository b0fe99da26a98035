public import CondaPackaging
public import SystemPackage

/// A conda package that goes into a prefix.
public struct CondaInstallation: Sendable {
    public var package: UnpackedCondaPackage
    public var record: RepodataRecord
    /// Where the archive came from, without credentials.
    public var url: String
    /// The base URL of the channel, without credentials.
    public var channel: String
    /// Match specs by which a person asked for it; none for what others need.
    public var requestedSpecs: [String]

    public init(
        package: UnpackedCondaPackage, record: RepodataRecord, url: String, channel: String, requestedSpecs: [String] = []
    ) {
        self.package = package
        self.record = record
        self.url = url
        self.channel = channel
        self.requestedSpecs = requestedSpecs
    }
}

/// What came of installing.
public struct PrefixReport: Sendable {
    /// The version of the Python that was installed, if one was.
    public var python: CondaVersion?
    /// Files that two packages have: the path, who has it, and whose lies below `__clobbers__`.
    public var clobbered: [(path: String, owner: String, other: String)] = []
    /// Packages whose link scripts were not run.
    public var refusedScripts: [String] = []
}

/// Links unpacked packages into a new prefix.
///
/// The prefix is built beside its final place: what packages write down of it is the final path.
public struct PrefixInstaller: Sendable {
    public init() {}

    /// Installs packages, each after those that it needs. Blocks.
    ///
    /// Of a path that two packages have, the first one's stays, and the other's lies below `__clobbers__`, as rattler has it.
    /// Link scripts are not run, and named in the report.
    ///
    /// - Parameters:
    ///   - folder: Where files are put; must exist.
    ///   - prefix: The final path, which is written over placeholders.
    public func install(
        _ installations: [CondaInstallation], into folder: FilePath, prefix: FilePath
    ) throws(CondaPrefixError) -> PrefixReport {
        var report = PrefixReport()
        let ordered = InstallationOrder(installations).ordered
        let python = PrefixPython(ordered.map(\.record))
        report.python = python?.version
        var tree = PrefixTree(folder: folder, prefix: prefix)
        for installation in ordered {
            var linker = PackageLinker(installation, python: python)
            try linker.link(into: &tree)
            try PrefixRecordFile(installation, linker.paths).write(below: folder)
            if linker.hasScripts { report.refusedScripts.append(installation.package.name) }
            report.clobbered += linker.clobbered
        }
        try PrefixRecordFile.writeHistory(of: ordered, below: folder)
        return report
    }
}

/// The Python of a prefix, and where its packages go.
struct PrefixPython: Sendable {
    let version: CondaVersion
    /// `lib/python3.12/site-packages`
    let sitePackages: String
    /// `bin/python3.12`
    let executable: String

    init?(_ records: [RepodataRecord]) {
        guard let record = records.first(where: { $0.name.description == "python" }) else { return nil }
        let numbers = record.version.description.split(separator: ".").prefix(2)
        let series = numbers.map { String($0.prefix(while: \.isNumber)) }.joined(separator: ".")
        version = record.version
        sitePackages = record.pythonSitePackagesPath ?? "lib/python\(series)/site-packages"
        executable = "bin/python\(series)"
    }
}
