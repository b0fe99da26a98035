/// What is known of a machine that virtual packages tell of. Whoever looks at the machine fills it in.
public struct SystemFacts: Sendable, Hashable {
    /// The version of the GNU C library; `nil` where there is none.
    public var glibc: CondaVersion?
    /// The version of the Linux kernel, numbers only.
    public var linux: CondaVersion?
    /// The version of macOS, major and minor.
    public var macOS: CondaVersion?
    /// The version of Windows, with its build.
    public var windows: CondaVersion?
    /// The newest CUDA that the driver can run; `nil` where there is no driver.
    public var cuda: CondaVersion?
    /// The least compute capability of the CUDA devices (CEP 46).
    public var cudaArchitecture: CondaVersion?
    /// The processor's microarchitecture by the names of archspec: `zen3`, `x86_64_v3`.
    public var microarchitecture: String?
    /// Whether packages are told of the processor at all.
    public var tellsMicroarchitecture = true

    public init() {}
}

extension SystemFacts {
    /// The virtual packages of a machine of this platform with these facts (CEP 30, CEP 46), in the order of their names.
    ///
    /// What the platform must have, but is not known, has version 0: nothing that asks for a version is installed then.
    public func virtualPackages(on platform: Subdir) -> [VirtualPackage] {
        let none = CondaVersion.zero
        var packages = tellsMicroarchitecture ? [archspec(on: platform)] : []
        func add(_ name: String, _ version: CondaVersion?) {
            if let version { packages.append(VirtualPackage(CondaName(unchecked: name), version: version)) }
        }
        add("__cuda", cuda)
        add("__cuda_arch", cuda == nil ? nil : cudaArchitecture)
        if platform.isLinux {
            add("__glibc", glibc)
            add("__linux", linux ?? none)
        }
        if platform.isMacOS { add("__osx", macOS ?? none) }
        if platform.isUnix { add("__unix", none) }
        if platform.isWindows { add("__win", windows ?? none) }
        return packages
    }

    private func archspec(on platform: Subdir) -> VirtualPackage {
        let name = CondaName(unchecked: "__archspec")
        if let microarchitecture { return VirtualPackage(name, version: .one, build: microarchitecture) }
        return VirtualPackage(name, version: .one, build: Self.microarchitecture(of: platform))
    }

    /// The least that a processor of the platform is (CEP 30, appendix A).
    static func microarchitecture(of platform: Subdir) -> String {
        switch platform.architecture {
        case "32": "x86"
        case "64": "x86_64"
        case "arm64": "aarch64"
        case let other: String(other)
        }
    }
}

// MARK: - Overrides

extension SystemFacts {
    /// Changes the facts as the variables `CONDA_OVERRIDE_…` say; an empty value means that there is no such thing.
    ///
    /// Known are `GLIBC`, `LINUX`, `OSX`, `WIN`, `CUDA`, `CUDA_ARCH` and `ARCHSPEC`. `UNIX` has no effect (CEP 30).
    /// - Parameter environment: The variables by their whole name.
    public mutating func apply(overridesIn environment: [String: String]) throws(VirtualPackageOverrideError) {
        try override(\.glibc, "CONDA_OVERRIDE_GLIBC", in: environment)
        try override(\.linux, "CONDA_OVERRIDE_LINUX", in: environment)
        try override(\.macOS, "CONDA_OVERRIDE_OSX", in: environment)
        try override(\.windows, "CONDA_OVERRIDE_WIN", in: environment)
        try override(\.cuda, "CONDA_OVERRIDE_CUDA", in: environment)
        try override(\.cudaArchitecture, "CONDA_OVERRIDE_CUDA_ARCH", in: environment)
        let variable = "CONDA_OVERRIDE_ARCHSPEC"
        guard let text = environment[variable] else { return }
        tellsMicroarchitecture = !text.isEmpty
        guard tellsMicroarchitecture else { return }
        guard text.utf8.allSatisfy(\.isBuildPart) else { throw .init(variable: variable, value: text) }
        microarchitecture = text
    }

    private mutating func override(
        _ fact: WritableKeyPath<SystemFacts, CondaVersion?>, _ variable: String, in environment: [String: String]
    ) throws(VirtualPackageOverrideError) {
        guard let text = environment[variable] else { return }
        if text.isEmpty {
            self[keyPath: fact] = nil
        } else {
            guard let version = try? CondaVersion(parsing: text) else {
                throw VirtualPackageOverrideError(variable: variable, value: text)
            }
            self[keyPath: fact] = version
        }
    }
}

extension UInt8 {
    /// Whether the byte can be part of a build string (CEP 26).
    var isBuildPart: Bool {
        isAlphanumeric || self == UInt8(ascii: "_") || self == UInt8(ascii: ".") || self == UInt8(ascii: "+")
    }
}

/// An environment variable that overrides a virtual package with something that it cannot be.
public struct VirtualPackageOverrideError: Error, Hashable, Sendable, CustomStringConvertible {
    public let variable: String
    public let value: String

    public var description: String {
        let wanted = variable.hasSuffix("ARCHSPEC") ? "the name of a microarchitecture" : "a version"
        return "\(variable) is \(value.quoted), which is not \(wanted)"
    }
}

extension CondaVersion {
    static let zero = CondaVersion(short: "0")
    static let one = CondaVersion(short: "1")

    /// For a text that is a version.
    private init(short text: String) {
        var writer = VersionKeyWriter()
        text.withBytes { bytes in
            var reader = VersionReader(bytes)
            try? reader.read(into: &writer)
        }
        self.init(key: writer.key, spelling: text)
    }
}
