public import PythonPackaging

/// Which of several indexes may answer for a project.
public enum IndexStrategy: String, Sendable, Hashable, CaseIterable {
    /// The first index that knows the project answers for it alone: a stranger's package of the same name on a later
    /// index is never seen.
    case firstIndex = "first-index"
    /// All indexes answer; every version of an earlier one is preferred to any version of a later one.
    case unsafeFirstMatch = "unsafe-first-match"
    /// All indexes answer, and the best version wins wherever it comes from, as in pip.
    case unsafeBestMatch = "unsafe-best-match"
}

/// Which answers in the cache are validated even where they are fresh.
public enum RefreshPolicy: Sendable, Hashable {
    case none
    case all
    case packages(Set<PackageName>)

    public func covers(_ project: PackageName) -> Bool {
        switch self {
        case .none: false
        case .all: true
        case .packages(let names): names.contains(project)
        }
    }
}

/// Where passwords come from that stand in no address, variable or netrc file.
public enum KeyringProvider: String, Sendable, Hashable, CaseIterable {
    case disabled
    /// The command `keyring`, found through `PATH`.
    case subprocess
}

/// A package that is to come from one index and no other.
public struct IndexPin: Sendable, Hashable {
    public var package: PackageName
    /// The name of a configured index, or an address.
    public var index: String
    /// Where the pin holds; `nil` for everywhere.
    public var marker: Marker?

    public init(package: PackageName, index: String, marker: Marker? = nil) {
        self.package = package
        self.index = index
        self.marker = marker
    }
}
