public import PythonPackaging

/// A version that was chosen, and what is installed of it.
public struct ResolvedPackage: Sendable, Hashable {
    /// What is installed.
    public enum Chosen: Sendable, Hashable {
        /// A wheel of an index.
        case wheel(OfferedFile)
        /// A source distribution of an index, to be built.
        case sdist(OfferedFile)
        /// What a direct reference led to.
        case direct(DirectDistribution)
    }

    public var name: PackageName
    public var version: Version
    public var source: Chosen
    /// As the metadata has it.
    public var requiresPython: String?
    /// The extras that were asked for, sorted.
    public var extras: [ExtraName]
    /// What it needs of the other chosen packages on the target, extras included; sorted.
    public var dependencies: [PackageName]

    public init(
        name: PackageName, version: Version, source: Chosen, requiresPython: String? = nil, extras: [ExtraName] = [],
        dependencies: [PackageName] = []
    ) {
        self.name = name
        self.version = version
        self.source = source
        self.requiresPython = requiresPython
        self.extras = extras
        self.dependencies = dependencies
    }

    /// The file of an index; `nil` for direct references.
    public var offered: OfferedFile? {
        switch source {
        case .wheel(let file), .sdist(let file): file
        case .direct: nil
        }
    }
}
