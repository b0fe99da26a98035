public import CondaChannels
public import CondaPackaging
public import PythonPackaging

/// What is asked of conda and of package indexes together.
public struct JointRequest: Sendable {
    /// Each about one name; Python is among them, or is brought in by the others.
    public var conda: [CondaRequirement]
    public var pypi: ResolutionRequest
    /// The first one first.
    public var channels: [CondaChannel]
    public var priority: ChannelSettings.Priority
    /// Whether conda's package is tried first where both worlds have a project and nothing else is said. Default: only where it
    /// was asked for as a conda package.
    public var prefersConda: Bool?
    /// The same for single projects.
    public var preferences: [PackageName: Bool] = [:]
    /// Versions and builds that are taken where they will do: those of an earlier lock.
    public var earlier: [CondaName: (version: CondaVersion, build: String)] = [:]

    public init(
        conda: [CondaRequirement], pypi: ResolutionRequest, channels: [CondaChannel], priority: ChannelSettings.Priority = .strict
    ) {
        self.conda = conda
        self.pypi = pypi
        self.channels = channels
        self.priority = priority
    }
}

/// A platform that conda packages are chosen for.
public struct JointTarget: Sendable, Hashable {
    public var subdir: Subdir
    public var virtualPackages: [VirtualPackage]
    /// As `PlatformName` writes it, for wheels: `linux-x86_64-glibc-2.36`.
    public var platform: String

    public init(subdir: Subdir, virtualPackages: [VirtualPackage], platform: String) {
        self.subdir = subdir
        self.virtualPackages = virtualPackages
        self.platform = platform
    }
}

/// The packages of both worlds for a platform.
public struct JointAnswer: Sendable {
    /// The platform with the Python that was chosen.
    public var target: PythonTarget
    public var packages: [ResolvedPackage]
    /// In the order of their names.
    public var conda: [ChosenCondaPackage]

    public init(target: PythonTarget, packages: [ResolvedPackage], conda: [ChosenCondaPackage]) {
        self.target = target
        self.packages = packages
        self.conda = conda
    }
}

/// A conda package that was chosen, and the Python projects in it.
public struct ChosenCondaPackage: Sendable, Hashable {
    public var record: RepodataRecord
    public var url: String
    /// The base URL of the channel, without credentials.
    public var channel: String
    public var provides: [ProvidedDistribution]

    public init(record: RepodataRecord, url: String, channel: String, provides: [ProvidedDistribution] = []) {
        self.record = record
        self.url = url
        self.channel = channel
        self.provides = provides
    }
}
