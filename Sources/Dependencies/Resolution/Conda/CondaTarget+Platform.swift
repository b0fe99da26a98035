public import CondaPackaging
public import PythonPackaging

extension CondaTarget {
    /// A platform with what its name tells of it, and what is assumed where it tells nothing: the C library or macOS of the name,
    /// Linux 5.10, the least processor, no CUDA.
    ///
    /// - Parameters:
    ///   - facts: what is known of the machine, where it is this one; it goes before the assumptions.
    ///   - environment: variables `CONDA_OVERRIDE_…`, which go before everything.
    /// - Throws: `CondaPlatformError` where conda has no such platform, `VirtualPackageOverrideError`.
    public init(_ name: PlatformName, facts: SystemFacts? = nil, environment: [String: String] = [:]) throws {
        guard let subdir = Subdir(name) else { throw CondaPlatformError(platform: name.description) }
        var known = facts ?? SystemFacts()
        switch name.system {
        case .linux(let library):
            if case .glibc(let major, let minor) = library { known.glibc = try CondaVersion(parsing: "\(major).\(minor)") }
            if known.linux == nil { known.linux = try CondaVersion(parsing: "5.10") }
        case .macOS(let major, let minor): known.macOS = try CondaVersion(parsing: "\(major).\(minor)")
        case .windows: break
        }
        try known.apply(overridesIn: environment)
        self.init(subdir: subdir, virtualPackages: known.virtualPackages(on: subdir))
    }
}

/// A platform that conda has no packages for.
public struct CondaPlatformError: Error, Hashable, Sendable, CustomStringConvertible {
    public let platform: String

    public var description: String { "conda has no packages for \(platform)" }
}

extension Subdir {
    /// The platform's name in channels; `nil` where they have none.
    public init?(_ platform: PlatformName) {
        let text: String?
        switch platform.system {
        case .linux:
            text = ["x86_64": "linux-64", "aarch64": "linux-aarch64", "ppc64le": "linux-ppc64le", "s390x": "linux-s390x", "riscv64": "linux-riscv64"][platform.processor]
        case .macOS: text = ["x86_64": "osx-64", "arm64": "osx-arm64"][platform.processor]
        case .windows: text = ["x86_64": "win-64", "arm64": "win-arm64", "x86": "win-32"][platform.processor]
        }
        guard let text, let subdir = try? Subdir(parsing: text) else { return nil }
        self = subdir
    }
}
