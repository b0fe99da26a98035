public import PackageSources
public import PythonPackaging

/// What texts and files ask for, put together.
public struct ReadRequest: Sendable, Hashable {
    public var request = ResolutionRequest([])
    /// URLs and folders whose package is not known yet; `named(by:)` turns them into requirements.
    public var unnamed: [UnnamedRequirement] = []
    /// What the files say about indexes. What a person says on the command line comes before it.
    public var indexOptions = IndexOptions()
    /// What the files say about building (`--no-binary`, `--only-binary`).
    public var builds = BuildPolicy()
    /// Which Pythons the files are for: all of their `requires-python` together.
    public var requiresPython: SpecifierSet?
    /// What the files ask of conda.
    public var conda = ReadCondaRequest()
    /// Whether a file says `--pre`.
    public var allowsPrereleases = false
    /// Whether a file says `--prefer-binary`.
    public var prefersWheels = false
    /// Whether every package has to come with a hash that a file names: `--require-hashes`, or a hash anywhere, as pip has it.
    public var requiresHashes = false
    /// What the person should know: things that were read and are not followed, each with its file and line.
    public var warnings: [String] = []

    public init() {}

    /// The request with names for all that it asks for.
    ///
    /// What no text names is fetched, and built where there is no other way to learn its name.
    public func named(by source: any PackageMetadataSource) async throws -> ResolutionRequest {
        var result = request
        for requirement in unnamed {
            guard let name = requirement.presumedName ?? (try? PackageName(parsing: "package")) else { continue }
            let distribution = try await source.distribution(of: requirement.reference, for: name)
            result.requirements.append(requirement.named(distribution.metadata.name))
        }
        return result
    }
}
