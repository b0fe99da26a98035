import Lockfiles

/// A lock that was made, as `--json` prints it.
struct LockOutput: Encodable {
    var lock: String
    /// The steps that have it, if it is of a flow.
    var steps: [String]?
    var targets: [Target]
    var packages: Int
    /// Whether the file was written; it is left alone if it would be the same.
    var changed: Bool

    struct Target: Encodable {
        var platform: String
        var python: String
    }

    init(_ lock: PyLock, file: String, steps: [String]? = nil, since earlier: PyLock?) {
        self.lock = file
        self.steps = steps
        targets = (lock.origin?.targets ?? []).map { Target(platform: $0.platform, python: $0.python) }
        packages = lock.packages.count + (lock.conda?.packages.count ?? 0)
        changed = lock.text != earlier?.text
    }
}
