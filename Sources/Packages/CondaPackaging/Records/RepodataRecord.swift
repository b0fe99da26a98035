public import Digests

/// What a channel says of one package: an entry of `repodata.json` (CEP 34, CEP 36).
///
/// Dependencies are kept as text: of the thousands of records that a solve looks at, it reads the dependencies of a few.
public struct RepodataRecord: Sendable, Hashable {
    /// Which packages go into every platform's environments.
    public enum NoArch: String, Sendable, Hashable, Codable {
        case generic
        /// Python files whose place depends on the environment's Python (CEP 20).
        case python
    }

    public var fileName: ArchiveName
    public var name: CondaName
    public var version: CondaVersion
    public var build: String
    public var buildNumber: UInt64
    public var subdir: Subdir
    public var noarch: NoArch?
    /// Match specs of what has to be installed too.
    public var depends: [String] = []
    /// Match specs that packages of these names have to fulfil where they are installed.
    public var constrains: [String] = []
    /// Groups of further dependencies by their names (CEP 44).
    public var extraDepends: [String: [String]] = [:]
    /// Features that count against the package: of two solutions the one with fewer is better.
    public var trackFeatures: [String] = []
    /// The old way to have variants; read and without effect.
    public var features: String?
    /// Properties to choose a variant by (CEP 45).
    public var flags: [String] = []
    public var md5: MD5Digest?
    public var sha256: SHA256Digest?
    /// The archive's size in bytes.
    public var size: UInt64?
    /// When the package was built, in milliseconds since 1970; said by whoever built it.
    public var timestamp: Int64?
    /// When the channel took it in, in milliseconds since 1970 (CEP 47).
    public var indexedTimestamp: Int64?
    public var license: String?
    public var licenseFamily: String?
    /// Where Python packages go in the prefix, said by Python's own records (CEP 20).
    public var pythonSitePackagesPath: String?
    /// Package URLs: which projects of other ecosystems this is.
    public var purls: [String] = []
    /// The MD5 and size of the archive that this one was made of.
    public var legacyBzip2MD5: MD5Digest?
    public var legacyBzip2Size: UInt64?

    public init(
        fileName: ArchiveName, name: CondaName, version: CondaVersion, build: String, buildNumber: UInt64, subdir: Subdir
    ) {
        self.fileName = fileName
        self.name = name
        self.version = version
        self.build = build
        self.buildNumber = buildNumber
        self.subdir = subdir
    }

    /// When it became available as far as is known: what a cut-off date is compared with (CEP 47).
    public var effectiveTimestamp: Int64? { indexedTimestamp ?? timestamp }
}
