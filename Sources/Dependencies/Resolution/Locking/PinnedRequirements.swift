public import Diagnostics
internal import PythonPackaging

/// A `requirements.txt` that says everything: each package with its version and the hashes of its files.
///
/// It names no URLs. Resolving `request` finds the files on the indexes, by name and hash, and gives the lock.
public struct PinnedRequirements: Sendable, Hashable {
    /// What was read, with the versions as preferences.
    public let request: ResolutionRequest

    /// - Throws: Where a requirement has no exact version, or no hash.
    public init(_ request: ResolutionRequest) throws(PinnedRequirementsError) {
        let loose = request.requirements.filter { $0.reference == nil && $0.pinnedVersion == nil }
        guard loose.isEmpty else { throw .notPinned(loose.map(\.spelled)) }
        let unhashed = request.requirements.filter { $0.needsHash && $0.hashes.isEmpty }
        guard unhashed.isEmpty else { throw .withoutHash(unhashed.map(\.spelled)) }
        var request = request
        for (name, roots) in Dictionary(grouping: request.requirements, by: \.requirement.name) {
            let versions = Set(roots.compactMap(\.pinnedVersion))
            if versions.count == 1 { request.preferences[name] = versions.first }
        }
        self.request = request
    }
}

/// Why requirements do not make up a lock by themselves. Each names them as they were written.
public enum PinnedRequirementsError: DiagnosticError, Hashable {
    case notPinned([String])
    case withoutHash([String])

    public var diagnostic: Diagnostic {
        switch self {
        case .notPinned(let requirements):
            Diagnostic(
                .user, "The requirements are not all pinned to one version", details: requirements,
                help: "write 'name==version', or resolve them: penstock lock -r FILE")
        case .withoutHash(let requirements):
            Diagnostic(
                .user, "Some of the requirements have no hash", details: requirements,
                help: "add '--hash=sha256:…' to each, or resolve them: penstock lock -r FILE")
        }
    }
}

extension RootRequirement {
    /// The version of `==` or `===`, if that is all it asks for.
    fileprivate var pinnedVersion: Version? {
        let specifiers = requirement.specifiers.specifiers
        guard specifiers.count == 1, let only = specifiers.first, !only.isPrefix,
            only.operator == .equal || only.operator == .identical
        else { return nil }
        return only.version
    }

    /// Repositories and folders have none.
    fileprivate var needsHash: Bool {
        switch reference {
        case nil: true
        case .archive(let archive): archive.hashes.isEmpty
        case .repository, .directory: false
        }
    }
}
