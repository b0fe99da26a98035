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
    /// As the metadata has it, otherwise as the index does.
    public var requiresPython: String?
    /// The extras that were asked for, sorted.
    public var extras: [ExtraName]
    /// What it asks for on the target, with its extras, overrides in the place of what they override.
    public var requirements: [Requirement]

    public init(
        name: PackageName, version: Version, source: Chosen, requiresPython: String? = nil, extras: [ExtraName] = [],
        requirements: [Requirement] = []
    ) {
        self.name = name
        self.version = version
        self.source = source
        self.extras = extras
        self.requirements = requirements
        self.requiresPython = requiresPython
        self.requiresPython = requiresPython ?? offered?.file.requiresPython
    }

    /// The file of an index; `nil` for direct references.
    public var offered: OfferedFile? {
        switch source {
        case .wheel(let file), .sdist(let file): file
        case .direct: nil
        }
    }

    mutating func replaceFile(by file: IndexFile) {
        switch source {
        case .wheel(let offered): source = .wheel(OfferedFile(file, index: offered.index))
        case .sdist(let offered): source = .sdist(OfferedFile(file, index: offered.index))
        case .direct: break
        }
    }

    /// The other packages that it needs on the target, by name; sorted.
    public var dependencies: [PackageName] {
        Set(requirements.map(\.name)).subtracting([name]).sorted()
    }
}
