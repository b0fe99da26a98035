public import Digests
public import PythonPackaging

/// A lock: every package of an environment, with the exact files (PEP 751).
public struct PyLock: Sendable, Hashable {
    /// The version of the format that is written, and whose minor successors are read.
    public static let formatVersion = "1.0"

    /// Markers of the environments that the lock is for; empty where the lock does not say.
    public var environments: [String]
    /// The Pythons that the lock is for, as a specifier set.
    public var requiresPython: String?
    /// The tool that made it.
    public var createdBy: String
    /// In the order of their names.
    public var packages: [LockedPackage]
    /// What Penstock adds.
    public var origin: LockOrigin?

    public init(
        environments: [String] = [], requiresPython: String? = nil, createdBy: String = "penstock",
        packages: [LockedPackage], origin: LockOrigin? = nil
    ) {
        self.environments = environments
        self.requiresPython = requiresPython
        self.createdBy = createdBy
        self.packages = packages
        self.origin = origin
    }

    /// The SHA-256 of what an environment gets from this lock: names, versions and the hashes of the files. Locks that
    /// differ only in how they came about have the same digest.
    public var digest: SHA256Digest {
        var hasher = SHA256Hasher()
        for package in packages.sorted(by: { $0.name < $1.name }) {
            for wheel in package.wheels.sorted(by: { $0.filename < $1.filename }) {
                hasher.update(Array("\(package.name) \(package.version) \(wheel.filename) \(wheel.sha256)\n".utf8))
            }
        }
        return hasher.finalize()
    }
}

/// A package of a lock.
public struct LockedPackage: Sendable, Hashable {
    public var name: PackageName
    public var version: Version
    /// The Pythons that it is for, as its metadata has it.
    public var requiresPython: String?
    /// Where it is installed; everywhere without one.
    public var marker: String?
    /// The other packages of the lock that it needs.
    public var dependencies: [PackageName]
    /// The index that offers it, without credentials.
    public var index: String?
    public var wheels: [LockedWheel]

    public init(
        name: PackageName, version: Version, requiresPython: String? = nil, marker: String? = nil,
        dependencies: [PackageName] = [], index: String? = nil, wheels: [LockedWheel]
    ) {
        self.name = name
        self.version = version
        self.requiresPython = requiresPython
        self.marker = marker
        self.dependencies = dependencies
        self.index = index
        self.wheels = wheels
    }
}

/// A wheel of a lock.
public struct LockedWheel: Sendable, Hashable {
    public var filename: String
    /// Where it is, without credentials.
    public var url: String
    public var sha256: SHA256Digest
    /// In bytes.
    public var size: Int64?
    /// When it was uploaded: an RFC 3339 moment in UTC, as the index had it.
    public var uploadTime: String?

    public init(filename: String, url: String, sha256: SHA256Digest, size: Int64? = nil, uploadTime: String? = nil) {
        self.filename = filename
        self.url = url
        self.sha256 = sha256
        self.size = size
        self.uploadTime = uploadTime
    }
}

/// How a lock came about: its `[tool.penstock]` table.
public struct LockOrigin: Sendable, Hashable {
    /// The requirements that the lock answers, as they were written.
    public var requirements: [String]
    /// The exact Python it was resolved for.
    public var python: String
    /// The platform it was resolved for, as `linux-x86_64-glibc-2.36`.
    public var platform: String

    public init(requirements: [String], python: String, platform: String) {
        self.requirements = requirements
        self.python = python
        self.platform = platform
    }
}
