public import Digests
public import PythonPackaging

/// A URL or path that a person asks for, and that does not say which package it is.
///
/// The name of the package is known once its metadata is; `ReadRequest.named(by:)` finds it out.
public struct UnnamedRequirement: Sendable, Hashable {
    public var reference: DirectReference
    public var extras: [ExtraName]
    public var marker: Marker?
    /// As the person wrote it, without credentials.
    public var spelled: String
    public var asker: Asker?
    /// The only files that will do, where the person named any (`--hash`).
    public var hashes: Set<SHA256Digest> = []

    /// The requirement, once the name is known.
    public func named(_ name: PackageName) -> RootRequirement {
        let requirement = Requirement(
            name: name, extras: extras, source: .url(reference.description), marker: marker)
        var root = RootRequirement(requirement, spelled: spelled, asker: asker, reference: reference)
        root.hashes = hashes
        return root
    }

    /// A name that the package may have, for messages: the last part of the path that can be one.
    public var presumedName: PackageName? {
        let path =
            switch reference {
            case .archive(let archive): archive.filename
            case .repository(let repository): repository.subdirectory ?? repository.url
            case .directory(let directory): directory.path
            }
        let last = path.split(separator: "/").last ?? ""
        let stem = last.hasSuffix(".git") ? last.dropLast(4) : last
        return try? PackageName(parsing: stem)
    }
}

/// A requirement as it was read, with or without the name of its package.
enum AskedRequirement: Sendable, Hashable {
    case named(RootRequirement)
    case unnamed(UnnamedRequirement)
}
