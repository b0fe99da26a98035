extension PythonTarget {
    /// The target that names stand for, on any machine.
    ///
    /// What only a running system knows is empty: `platform_release` and `platform_version`, as uv has it.
    public init(_ platform: PlatformName, python: TargetPython) {
        let version = python.version
        self.init(
            pythonVersion: version, markerEnvironment: MarkerEnvironment(platform, python),
            tags: .compatible(
                implementation: python.implementation == .pyPy ? .pyPy(major: 7, minor: 3) : .cPython,
                version: (Int(clamping: version.major), Int(clamping: version.minor)), abiFlags: python.abiFlags,
                platform: platform.platform))
    }

    /// CPython, on a platform by name: `linux-x86_64`, `macos-arm64-14.0`; see `PlatformName`.
    ///
    /// - Parameter python: 3.11 stands for 3.11.0.
    public init(platform: String, python: Version) throws(TargetNameError) {
        try self.init(platform: platform, python: python.description)
    }

    /// A Python by name on a platform by name: `3.11`, `3.12.4`, `3.13t`, `pypy3.10`; see `TargetPython`.
    public init(platform: String, python: String) throws(TargetNameError) {
        let name: PlatformName
        let version: TargetPython
        do { name = try PlatformName(parsing: platform) } catch { throw .platform(error) }
        do { version = try TargetPython(parsing: python) } catch { throw .python(error) }
        self.init(name, python: version)
    }
}

/// Names that are not those of a platform and a Python.
public enum TargetNameError: Error, Hashable, Sendable, CustomStringConvertible {
    case platform(PlatformNameError)
    case python(TargetPythonError)

    public var description: String {
        switch self {
        case .platform(let error): "\(error)"
        case .python(let error): "\(error)"
        }
    }
}

// MARK: - Names of targets

extension PythonTarget {
    /// `linux-x86_64-glibc-2.36`, `linux-x86_64-musl-1.2`, `macos-arm64-14.0`, `windows-x86_64`, and for others what
    /// markers call them.
    ///
    /// The version is that of the newest platform that wheels may be built for.
    public var platformName: String {
        for tag in tags.tags {
            guard let name = try? PlatformName(parsing: tag.platform) else { continue }
            return name.description
        }
        let machine = markerEnvironment.platformMachine
        if let name = try? PlatformName(parsing: "\(markerEnvironment.sysPlatform)-\(machine)-other") {
            return name.description
        }
        return "\(markerEnvironment.sysPlatform)-\(machine)"
    }

    /// Whether it is a build without the global lock (PEP 703).
    public var isFreeThreaded: Bool {
        let abi = tags.tags.first?.abi ?? ""
        return abi.hasPrefix("cp") && abi.dropFirst(2).contains("t")
    }

    /// `3.12.4`, `3.13.0t`, `pypy3.10.14`.
    public var pythonName: String {
        let name = markerEnvironment.implementationName
        return (name == "cpython" ? "" : name) + "\(pythonVersion)" + (isFreeThreaded ? "t" : "")
    }
}

extension TargetPython {
    /// CPython's `sys.abiflags`. Until 3.7 usual builds had `m`.
    fileprivate var abiFlags: String {
        if isFreeThreaded { return "t" }
        return implementation == .cPython && version.minor < 8 ? "m" : ""
    }
}

extension MarkerEnvironment {
    /// What markers ask for, as far as names tell it.
    fileprivate init(_ platform: PlatformName, _ python: TargetPython) {
        let isCPython = python.implementation == .cPython
        let (os, system, sys, machine) =
            switch platform.system {
            case .linux: ("posix", "Linux", "linux", platform.processor)
            case .macOS: ("posix", "Darwin", "darwin", platform.processor)
            case .windows: ("nt", "Windows", "win32", platform.windowsMachine)
            }
        // PyPy's own version is not told by Python's; all that are maintained are of its series 7.3.
        self.init(
            implementationName: python.implementation.rawValue,
            implementationVersion: isCPython ? python.version.description : "7.3.0", osName: os, platformMachine: machine,
            platformPythonImplementation: isCPython ? "CPython" : "PyPy", platformRelease: "", platformSystem: system,
            platformVersion: "", pythonFullVersion: python.version.description,
            pythonVersion: "\(python.version.major).\(python.version.minor)", sysPlatform: sys)
    }
}

extension PlatformName {
    /// What Python's `platform.machine()` says on Windows.
    fileprivate var windowsMachine: String { processor == "x86" ? "x86" : processor == "x86_64" ? "AMD64" : "ARM64" }
}
