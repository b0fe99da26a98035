public import CondaPackaging
import SystemPackage

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

    var folder: FilePath { package.folder }
    var paths: PackagePaths { package.paths }
    var link: PackageLink { package.link }

    /// How the package is linked: as its own `link.json` says, otherwise as the channel does.
    var noarch: RepodataRecord.NoArch? { link.noarch ?? record.noarch }
}

/// What came of installing.
public struct PrefixReport: Sendable {
    /// The version of the Python that was installed, if one was.
    public var python: CondaVersion?
    /// Files, links and commands that were put into the prefix.
    public var fileCount = 0
    /// Files that two packages have: the path, who has it, and whose lies below `__clobbers__`.
    public var clobbered: [(path: String, owner: String, other: String)] = []
    /// Scripts that want to run when their package is linked; they were not run.
    public var linkScripts: [LinkScript] = []

    /// Packages whose link scripts were not run.
    public var refusedScripts: [String] { linkScripts.map { $0.package.fileName.stem } }

    /// A script of a package that conda would run.
    public struct LinkScript: Sendable, Hashable {
        public var package: RepodataRecord
        /// Below the prefix.
        public var path: String
    }
}
