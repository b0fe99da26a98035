public import Lockfiles
public import PythonPackaging

/// The packages of both worlds for a target.
public struct JointAnswer: Sendable, Hashable {
    public var target: JointTarget
    /// The platform with the Python that was chosen; `nil` where conda packages alone were asked for, and none brings Python.
    public var python: PythonTarget?
    /// In the order of their names.
    public var packages: [ResolvedPackage]
    /// In the order of their names.
    public var conda: [LockedCondaPackage]

    public init(target: JointTarget, python: PythonTarget?, packages: [ResolvedPackage], conda: [LockedCondaPackage]) {
        self.target = target
        self.python = python
        self.packages = packages
        self.conda = conda
    }
}
