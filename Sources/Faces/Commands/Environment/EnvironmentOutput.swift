import Digests
import Environments
import Lockfiles
import SystemPackage

/// An environment of the cache as `--json` prints it.
struct EnvironmentOutput: Encodable {
    struct Size: Encodable {
        /// What removing the environment frees, in bytes.
        var own: Int64
        /// Bytes of files that other environments or the cache have as well.
        var shared: Int64
        var files: Int

        init(_ size: TreeSize) {
            (own, shared, files) = (size.own, size.shared, size.files)
        }
    }

    var environment: String
    /// The names that people have given to its lock.
    var names: [String]
    var path: String
    var digest: String?
    var lockDigest: String?
    var interpreter: EnvironmentOrigin.Python?
    var packages: Int?
    /// What became of the scripts that conda packages run when they are installed; absent where there are none.
    var linkScripts: EnvironmentOrigin.LinkScripts?
    var created: String?
    var lastUsed: String
    /// Whether a process uses it at this moment.
    var inUse: Bool
    var size: Size?

    init(_ stored: StoredEnvironment, names: [String], isHeld: Bool, size: TreeSize?) {
        environment = stored.name
        self.names = names
        path = stored.path.string
        digest = stored.digest?.hex
        lockDigest = stored.origin?.lockDigest?.hex
        interpreter = stored.origin?.python
        packages = stored.origin.map { $0.wheels.count + $0.conda.count }
        linkScripts = stored.origin?.linkScripts
        created = stored.origin.map { "\($0.created)" }
        lastUsed = "\(stored.lastUsed)"
        inUse = isHeld
        self.size = size.map { Size($0) }
    }
}

extension EnvironmentOrigin.LinkScripts {
    /// `those of gtk-3.24-h1_0 were run`; `nil` where no package has any.
    var words: String? {
        if packages.isEmpty { return nil }
        return "those of \(packages.joined(separator: ", ")) were \(policy == .run ? "run" : "not run")"
    }
}

extension EnvironmentOrigin.Python {
    /// `3.11.7`, `pypy 3.10.14`, `3.13.0 free-threaded`
    var words: String {
        (implementation == "cpython" ? "" : "\(implementation) ") + version + (isFreeThreaded ? " free-threaded" : "")
    }
}
