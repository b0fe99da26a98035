/// A property of the machine in the form of a package, which other packages can depend on (CEP 30).
public struct VirtualPackage: Sendable, Hashable, Codable {
    public var name: CondaName
    public var version: CondaVersion
    public var build: String

    public init(_ name: CondaName, version: CondaVersion, build: String = "0") {
        self.name = name
        self.version = version
        self.build = build
    }
}

extension VirtualPackage: CustomStringConvertible {
    /// `__glibc=2.36=0`.
    public var description: String { "\(name)=\(version)=\(build)" }

    /// Reads `__name`, `__name=version` or `__name=version=build`, as a configuration gives them; version and build are 0
    /// where they are missing.
    public init(parsing text: some StringProtocol) throws(VirtualPackageError) {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count <= 3, let name = parts.first.flatMap({ try? CondaName(parsing: $0) }), name.isVirtual,
            let version = try? CondaVersion(parsing: parts.count > 1 ? parts[1] : "0"), parts.count < 3 || !parts[2].isEmpty
        else { throw VirtualPackageError(text: String(text)) }
        self.init(name, version: version, build: parts.count > 2 ? String(parts[2]) : "0")
    }
}

/// Text that is no virtual package.
public struct VirtualPackageError: Error, Hashable, Sendable, CustomStringConvertible {
    public let text: String

    public var description: String {
        "\(text.quoted) is not a virtual package: those are written as '__glibc=2.28' or '__archspec=1=x86_64_v3'"
    }
}
