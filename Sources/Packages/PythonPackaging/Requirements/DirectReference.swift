/// Where a distribution comes from when it does not come from an index (PEP 440, direct references; PEP 610).
public enum DirectReference: Hashable, Sendable {
    case archive(DirectArchive)
    case repository(DirectRepository)
    case directory(DirectDirectory)
}

/// A wheel or source distribution at a URL or in a file.
public struct DirectArchive: Hashable, Sendable {
    /// `http:`, `https:` or `file:`, without a fragment.
    public var url: String
    /// Hashes that the fragment names (`#sha256=…`), by the name of the algorithm, in hexadecimal digits.
    public var hashes: [String: String]
    /// The folder of the project within a source archive.
    public var subdirectory: String?

    public init(url: String, hashes: [String: String] = [:], subdirectory: String? = nil) {
        self.url = url
        self.hashes = hashes
        self.subdirectory = subdirectory
    }
}

/// A commit of a Git repository.
public struct DirectRepository: Hashable, Sendable {
    /// As `git clone` takes it: without `git+`, revision and fragment.
    public var url: String
    /// A branch, tag or commit; the repository's main branch where nothing is said.
    public var revision: String?
    /// The folder of the project within the repository.
    public var subdirectory: String?

    public init(url: String, revision: String? = nil, subdirectory: String? = nil) {
        self.url = url
        self.revision = revision
        self.subdirectory = subdirectory
    }
}

/// A project in a folder of this machine.
public struct DirectDirectory: Hashable, Sendable {
    /// Absolute.
    public var path: String
    /// Whether changes to the folder take effect without installing it again.
    public var isEditable: Bool

    public init(path: String, isEditable: Bool = false) {
        self.path = path
        self.isEditable = isEditable
    }
}
