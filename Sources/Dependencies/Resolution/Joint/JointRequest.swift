public import CondaPackaging
public import CondaSolving
public import PythonPackaging

/// What is asked of conda and of package indexes together.
public struct JointRequest: Sendable {
    public var pypi: ResolutionRequest
    /// Python is among its packages, or is brought in by them.
    public var conda: CondaRequest
    /// Which Python projects conda packages have, as far as the person says it.
    public var names = ProjectNameMapping()
    public var preference = WorldPreference()

    public init(pypi: ResolutionRequest, conda: CondaRequest) {
        self.pypi = pypi
        self.conda = conda
    }
}

/// Where a package comes from.
public enum PackageWorld: String, Sendable, Hashable, CaseIterable {
    case conda, pypi
}

/// Which world a Python project is taken from first where both have it.
public struct WorldPreference: Sendable, Hashable {
    /// Of projects that nothing else is said of. Default: conda where a package was asked for that has the project, else the
    /// index.
    public var usual: PackageWorld?
    public var ofProjects: [PackageName: PackageWorld]

    public init(usual: PackageWorld? = nil, ofProjects: [PackageName: PackageWorld] = [:]) {
        self.usual = usual
        self.ofProjects = ofProjects
    }

    /// What was said of a project; `nil` for nothing.
    func world(of project: PackageName) -> PackageWorld? { ofProjects[project] ?? usual }
}

/// A platform that packages of both worlds are chosen for.
public struct JointTarget: Sendable, Hashable {
    public var conda: CondaTarget
    public var platform: PlatformName
    /// What is asked of conda on this target only, beside what the request says: the Python that it is for, packages of its platform.
    public var requirements: [CondaRequirement]
    /// Records that are taken where they will do, before those of the request: what an earlier lock has for the platform.
    public var preferences: [CondaName: [CondaOptions.Preference]]

    public init(
        _ conda: CondaTarget, platform: PlatformName, requirements: [CondaRequirement] = [],
        preferences: [CondaName: [CondaOptions.Preference]] = [:]
    ) {
        self.conda = conda
        self.platform = platform
        self.requirements = requirements
        self.preferences = preferences
    }
}
