/// The facts about an interpreter and its platform that markers ask for (PEP 508).
///
/// Coded with the names of PEP 508 as keys, so that an interpreter can be asked for it in JSON.
public struct MarkerEnvironment: Sendable, Hashable, Codable {
    /// `cpython`, `pypy`.
    public var implementationName: String
    /// The implementation's own version: `3.12.4`, `7.3.15`.
    public var implementationVersion: String
    /// `posix`, `nt`.
    public var osName: String
    /// `x86_64`, `aarch64`, `arm64`, `AMD64`.
    public var platformMachine: String
    /// `CPython`, `PyPy`.
    public var platformPythonImplementation: String
    /// The system's release: `6.1.0-18-amd64`.
    public var platformRelease: String
    /// `Linux`, `Darwin`, `Windows`.
    public var platformSystem: String
    /// The system's version text.
    public var platformVersion: String
    /// `3.12.4`.
    public var pythonFullVersion: String
    /// `3.12`.
    public var pythonVersion: String
    /// `linux`, `darwin`, `win32`.
    public var sysPlatform: String

    public init(
        implementationName: String, implementationVersion: String, osName: String, platformMachine: String,
        platformPythonImplementation: String, platformRelease: String, platformSystem: String, platformVersion: String,
        pythonFullVersion: String, pythonVersion: String, sysPlatform: String
    ) {
        self.implementationName = implementationName
        self.implementationVersion = implementationVersion
        self.osName = osName
        self.platformMachine = platformMachine
        self.platformPythonImplementation = platformPythonImplementation
        self.platformRelease = platformRelease
        self.platformSystem = platformSystem
        self.platformVersion = platformVersion
        self.pythonFullVersion = pythonFullVersion
        self.pythonVersion = pythonVersion
        self.sysPlatform = sysPlatform
    }

    enum CodingKeys: String, CodingKey {
        case implementationName = "implementation_name"
        case implementationVersion = "implementation_version"
        case osName = "os_name"
        case platformMachine = "platform_machine"
        case platformPythonImplementation = "platform_python_implementation"
        case platformRelease = "platform_release"
        case platformSystem = "platform_system"
        case platformVersion = "platform_version"
        case pythonFullVersion = "python_full_version"
        case pythonVersion = "python_version"
        case sysPlatform = "sys_platform"
    }

    /// The value of `variable`; `nil` for what is not a fact of the environment, such as `extra`.
    public subscript(variable: MarkerVariable) -> String? {
        switch variable {
        case .implementationName: implementationName
        case .implementationVersion: implementationVersion
        case .osName: osName
        case .platformMachine: platformMachine
        case .platformPythonImplementation: platformPythonImplementation
        case .platformRelease: platformRelease
        case .platformSystem: platformSystem
        case .platformVersion: platformVersion
        // A build from an untagged checkout calls itself "3.14.0+", which is no version (PEP 440).
        case .pythonFullVersion: pythonFullVersion.hasSuffix("+") ? pythonFullVersion + "local" : pythonFullVersion
        case .pythonVersion: pythonVersion
        case .sysPlatform: sysPlatform
        case .extra, .extras, .dependencyGroups: nil
        }
    }
}
