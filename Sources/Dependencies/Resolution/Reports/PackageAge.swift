public import PythonPackaging

/// How a locked package stands beside what the indexes have now.
public struct PackageAge: Sendable, Hashable {
    public var name: PackageName
    public var locked: Version
    /// What would be taken now, given what is asked for; `nil` where nothing would, or it could not be found out.
    public var allowed: Version?
    /// The newest that the index has: a pre-release only where one is locked, and no version that was taken back.
    public var newest: Version?
    /// Whether the locked version was taken back (PEP 592), or the index has it no more.
    public var withdrawal: Withdrawal?

    public enum Withdrawal: Sendable, Hashable {
        /// With the reason, where one is given.
        case yanked(String?)
        case gone
    }

    /// Whether there is something to tell: another version, or a withdrawal.
    public var isNews: Bool {
        withdrawal != nil || [allowed, newest].contains { version in version.map { $0 != locked } ?? false }
    }
}

extension PackageAge {
    /// - Parameter listing: what the index has; `nil` if it does not know the project.
    init(_ name: PackageName, locked: Version, allowed: Version?, listing: (any VersionListing)?) {
        self.name = name
        self.locked = locked
        self.allowed = allowed
        guard let listing else {
            withdrawal = .gone
            return
        }
        newest = listing.versions.indices.first { position in
            (locked.isPrerelease || !listing.versions[position].isPrerelease) && !listing.isYanked(at: position)
        }.map { listing.versions[$0] }
        guard let position = listing.versions.firstIndex(of: locked) else {
            withdrawal = .gone
            return
        }
        if listing.isYanked(at: position) { withdrawal = .yanked(listing.yankReason(at: position)) }
    }
}

extension VersionListing {
    /// Whether every file of a version was taken back.
    fileprivate func isYanked(at position: Int) -> Bool {
        let files = files(at: position)
        return !files.isEmpty && files.allSatisfy(\.file.isYanked)
    }

    fileprivate func yankReason(at position: Int) -> String? {
        for offered in files(at: position) {
            if case .yes(let reason?) = offered.file.yanked, !reason.isEmpty { return reason }
        }
        return nil
    }
}
