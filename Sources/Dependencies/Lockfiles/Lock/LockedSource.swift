/// Where a locked package comes from.
public enum LockedSource: Sendable, Hashable {
    /// Files of an index, or like those of one; at least one.
    case distributions(sdist: LockedSdist?, wheels: [LockedWheel])
    case versionControl(LockedRepository)
    case directory(LockedDirectory)
    case archive(LockedArchive)

    /// What the source is, to say of a package without wheels.
    var words: String {
        switch self {
        case .distributions: "it has a source distribution only"
        case .versionControl(let repository): "it comes from a \(repository.type) repository"
        case .directory(let directory): "it is the directory '\(directory.path)'"
        case .archive: "it is an archive of sources"
        }
    }

    /// Whether it may change while the lock stays, so that an entry must not tell a version (PEP 751, `packages.version`).
    public var isTree: Bool {
        if case .directory = self { true } else { false }
    }

    /// The same with the wheels in the order of their names.
    var inOrder: LockedSource {
        guard case .distributions(let sdist, let wheels) = self else { return self }
        return .distributions(
            sdist: sdist, wheels: wheels.sorted { $0.filename.utf8.lexicographicallyPrecedes($1.filename.utf8) })
    }
}

/// A commit of a repository.
public struct LockedRepository: Sendable, Hashable {
    /// The version control system: `git`, `hg`, `bzr`, `svn`.
    public var type: String
    public var url: String?
    public var path: String?
    /// The branch or tag that was asked for.
    public var requestedRevision: String?
    public var commitID: String
    /// The folder of the package within the repository.
    public var subdirectory: String?

    public init(
        type: String, url: String?, path: String? = nil, requestedRevision: String? = nil, commitID: String,
        subdirectory: String? = nil
    ) {
        self.type = type
        self.url = url.map(LockedURL.withoutCredentials)
        self.path = path
        self.requestedRevision = requestedRevision
        self.commitID = commitID
        self.subdirectory = subdirectory
    }
}

/// A folder of the machine, which may change.
public struct LockedDirectory: Sendable, Hashable {
    /// Absolute, or relative to the lock's own folder.
    public var path: String
    /// Whether changes to the folder take effect without installing it again.
    public var isEditable: Bool?
    public var subdirectory: String?

    public init(path: String, isEditable: Bool? = nil, subdirectory: String? = nil) {
        self.path = path
        self.isEditable = isEditable
        self.subdirectory = subdirectory
    }
}

/// An archive with a source tree.
public struct LockedArchive: Sendable, Hashable {
    public var file: LockedFile
    public var subdirectory: String?

    public init(file: LockedFile, subdirectory: String? = nil) {
        self.file = file
        self.subdirectory = subdirectory
    }
}
