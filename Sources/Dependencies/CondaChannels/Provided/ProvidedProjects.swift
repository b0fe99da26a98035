public import CondaPackaging
public import PythonPackaging

/// Which Python projects a conda package brings along, as its own list of files shows.
public struct ProvidedProjects: Sendable, Hashable {
    public var distributions: [ProvidedDistribution]

    public init(_ distributions: [ProvidedDistribution]) { self.distributions = distributions }
}

/// A Python distribution among the files of a conda package.
public struct ProvidedDistribution: Sendable, Hashable {
    public var name: PackageName
    public var version: Version
    /// Where its metadata is in the package: `site-packages/six-1.17.0.dist-info/METADATA`.
    public var metadataPath: String

    public init(name: PackageName, version: Version, metadataPath: String) {
        self.name = name
        self.version = version
        self.metadataPath = metadataPath
    }

    /// The distribution whose metadata is at a path; `nil` for the path of any other file.
    ///
    /// Known are `….dist-info/METADATA`, `….egg-info/PKG-INFO` and files `….egg-info`, in any folder `site-packages`.
    public init?(path: String) {
        let parts = path.split(separator: "/")
        guard let site = parts.lastIndex(of: "site-packages"), site + 1 < parts.count else { return nil }
        let rest = parts[(site + 1)...]
        let folder = rest[rest.startIndex]
        let stem: Substring
        switch (rest.count, rest.last) {
        case (2, "METADATA") where folder.hasSuffix(".dist-info"): stem = folder.dropLast(10)
        case (2, "PKG-INFO") where folder.hasSuffix(".egg-info"): stem = folder.dropLast(9)
        case (1, _) where folder.hasSuffix(".egg-info"): stem = folder.dropLast(9)
        default: return nil
        }
        // `name-version`, and of eggs also `name-version-py3.12`.
        let halves = stem.split(separator: "-")
        guard halves.count >= 2, let name = try? PackageName(parsing: halves[0]), let version = try? Version(parsing: halves[1])
        else { return nil }
        self.init(name: name, version: version, metadataPath: path)
    }
}
