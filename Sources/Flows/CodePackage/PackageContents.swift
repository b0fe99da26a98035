package import Archives
package import FlowModel
package import SystemPackage

/// What goes into a code package.
package struct PackageContents: Sendable {
    /// The flow file as it was called; the folder that holds it is packed.
    package var flowFile: FilePath
    /// Endings of names that are packed besides `.py`, `.R` and `.RDS`, in any case; whole names of hidden files.
    package var suffixes: [String]
    /// Data files below the flow's folder that it declares.
    package var data = PatternList()
    /// The folder that holds the SDK's modules, and their names.
    package var sdk: FilePath?
    package var sdkModules: [String] = ["metaflow", "penstock"]
    /// Modules that are packed whole.
    package var modules: [PackagedModule]
    /// Single files that the flow's decorators add.
    package var additions: [PackageFileDescription] = []
    /// The values of configs for `.mf_meta/CONFIG`, each a pair of the value and whether it is plain.
    package var configs: [String: JSONValue] = [:]
    /// Facts about the run, for `.mf_meta/INFO`; empty ones are left out.
    package var facts: [String: JSONValue]
    /// More files of `.mf_meta/`, such as locks, by their paths in it.
    package var extras: [PackageExtra]
    package var limits: PackageLimits

    package init(
        flowFile: FilePath, suffixes: [String] = [], sdk: FilePath? = nil, modules: [PackagedModule] = [],
        facts: [String: JSONValue] = [:], extras: [PackageExtra] = [], limits: PackageLimits = PackageLimits()
    ) {
        self.flowFile = flowFile
        self.suffixes = suffixes
        self.sdk = sdk
        self.modules = modules
        self.facts = facts
        self.extras = extras
        self.limits = limits
    }

    /// Reads what `--package-suffixes` was given: `.sql,.txt`.
    package static func suffixes(parsing text: String) -> [String] {
        text.split(separator: ",").map { String($0.drop { $0 == " " }.prefix { $0 != " " }) }.filter { !$0.isEmpty }
    }
}

/// A file of `.mf_meta/`.
package struct PackageExtra: Sendable, Hashable {
    package var path: EntryPath
    package var bytes: [UInt8]

    package init(path: EntryPath, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }
}

/// Where packing ends with an error instead of going on for hours, as in somebody's home folder.
package struct PackageLimits: Sendable, Hashable {
    /// Folders that are looked into, those behind links counted each time. Default: 100,000.
    package var folders = 100_000
    /// Files. Default: 100,000.
    package var files = 100_000
    /// Bytes of all files. Default: 1 GiB.
    package var bytes: Int64 = 1 << 30

    package init() {}
}
