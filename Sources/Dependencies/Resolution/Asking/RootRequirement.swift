public import Digests
public import PythonPackaging

/// One thing that a person asks for, with the words in which they did.
public struct RootRequirement: Sendable, Hashable {
    /// For a direct reference, `source` is its canonical text, without credentials.
    public let requirement: Requirement
    /// As the person wrote it, for explanations: `pandas>=2`, or `'pandas': '>=2'`. Without credentials.
    public let spelled: String
    /// Who asks; the person who typed the command where nothing is said.
    public var asker: Asker?
    /// Where the package comes from if not from an index, with credentials where there are any.
    public var reference: DirectReference?
    /// The only files that will do, where the person named any (`--hash`).
    public var hashes: Set<SHA256Digest> = []

    /// Takes a requirement as it is; `spelled` defaults to its canonical text.
    ///
    /// - Parameter folder: where relative paths begin; without one they are refused.
    public init(
        _ requirement: Requirement, spelled: String? = nil, asker: Asker? = nil, below folder: String? = nil
    ) throws(RootRequirementError) {
        let spelled = spelled ?? requirement.description
        guard case .url(let url) = requirement.source else {
            self.init(requirement, spelled: spelled, asker: asker, reference: nil)
            return
        }
        let read: ReadReference
        do {
            read = try ReadReference(parsing: url, below: folder)
        } catch {
            throw RootRequirementError(spelled: spelled, .reference(error), asker: asker)
        }
        try self.init(requirement, from: read, spelled: spelled, asker: asker)
    }

    /// Reads a requirement of PEP 508, or a URL or path that names its package by itself:
    /// `pandas[excel]>=2; python_version >= "3.9"`, `p @ git+https://…`, `./dist/p-1.0-py3-none-any.whl`.
    ///
    /// - Parameter folder: where relative paths begin; without one they are refused.
    /// - Throws: `.unnamed` where the name of the package cannot be told from the text; see `RequestReader`.
    public init(parsing text: String, asker: Asker? = nil, below folder: String? = nil) throws(RootRequirementError) {
        switch try RequirementText(text, asker: asker, folder: folder).read() {
        case .named(let root): self = root
        case .unnamed(let unnamed): throw RootRequirementError(spelled: unnamed.spelled, .unnamed, asker: asker)
        }
    }

    /// A requirement whose reference was read.
    init(
        _ requirement: Requirement, from read: ReadReference, spelled: String, asker: Asker?
    ) throws(RootRequirementError) {
        var requirement = requirement
        requirement.source = .url(read.reference.description)
        if case .archive(let archive) = read.reference, let distribution = archive.distribution,
            case .wheel(let wheel) = distribution, wheel.name != requirement.name
        {
            throw RootRequirementError(spelled: spelled, .otherName(wheel.name), asker: asker)
        }
        self.init(requirement, spelled: spelled, asker: asker, reference: read.reference)
    }

    init(_ requirement: Requirement, spelled: String, asker: Asker?, reference: DirectReference?) {
        self.requirement = requirement
        self.spelled = DirectReference.redacting(spelled)
        self.asker = asker
        self.reference = reference
    }
}
