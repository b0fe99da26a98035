public import PythonPackaging

/// What is installed of a `uv.lock`.
public struct UVSelection: Sendable, Hashable {
    /// The projects that are wanted. Default: the one in the folder of the lock, or else all members.
    public var projects: [PackageName]?
    /// Extras of these projects.
    public var extras: Set<ExtraName> = []
    /// Their dependency groups. Default: none, not even `dev`.
    public var groups: Set<PackageName> = []
    /// Whether the projects themselves are installed, or only what they need. Default: they are.
    public var includesProjects = true

    public init() {}
}

extension UVLock {
    /// What uv would install on a target, as a lock for that target: of every package the wheel that fits best, or else its
    /// source distribution.
    ///
    /// - Parameter file: The lock as messages shall call it.
    /// - Throws: Where the lock is not for the target, names a package that it does not have, or has no file that fits.
    public func packages(
        for target: PythonTarget, selecting selection: UVSelection = .init(), file: String
    ) throws(LockError) -> PyLock {
        var walk = UVGraphWalk(lock: self, target: target, selection: selection, file: file)
        return PyLock(packages: try walk.packages())
    }
}
