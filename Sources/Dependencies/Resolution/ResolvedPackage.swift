public import PythonPackaging

/// A version that was chosen, with the wheel to install.
public struct ResolvedPackage: Sendable, Hashable {
    public let name: PackageName
    public let version: Version
    public let wheel: IndexFile
    /// The index that offers the wheel, without credentials.
    public let index: String
    /// As the wheel's metadata has it.
    public let requiresPython: String?
    /// The extras that were asked for, sorted.
    public let extras: [ExtraName]
    /// What it needs of the other chosen packages on the target, extras included; sorted.
    public let dependencies: [PackageName]
}
