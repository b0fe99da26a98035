public import PythonPackaging

/// What was chosen for one target.
public struct TargetAnswer: Sendable, Hashable {
    public var target: PythonTarget
    public var packages: [ResolvedPackage]

    public init(target: PythonTarget, packages: [ResolvedPackage]) {
        self.target = target
        self.packages = packages
    }
}
