/// What a marker can ask for (PEP 508; `extras` and `dependency_groups` in lock files by PEP 751).
public enum MarkerVariable: String, Sendable, Hashable, CaseIterable {
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
    /// The extra that a requirement belongs to.
    case extra
    /// The extras chosen from a lock file.
    case extras
    /// The dependency groups chosen from a lock file.
    case dependencyGroups = "dependency_groups"

    /// Whether values of the variable are versions, and compared as such.
    var isVersion: Bool {
        switch self {
        case .implementationVersion, .platformRelease, .pythonFullVersion, .pythonVersion: true
        default: false
        }
    }

    /// Whether it tells what was chosen rather than what the environment is.
    var isAboutSelection: Bool {
        switch self {
        case .extra, .extras, .dependencyGroups: true
        default: false
        }
    }
}

extension MarkerVariable {
    /// The names from before PEP 508 that are still read.
    private static let spellings: [(name: StaticString, variable: MarkerVariable)] = [
        ("python_version", .pythonVersion),
        ("python_full_version", .pythonFullVersion),
        ("python_implementation", .platformPythonImplementation),
        ("os_name", .osName),
        ("os.name", .osName),
        ("sys_platform", .sysPlatform),
        ("sys.platform", .sysPlatform),
        ("platform_machine", .platformMachine),
        ("platform.machine", .platformMachine),
        ("platform_python_implementation", .platformPythonImplementation),
        ("platform.python_implementation", .platformPythonImplementation),
        ("platform_release", .platformRelease),
        ("platform_system", .platformSystem),
        ("platform_version", .platformVersion),
        ("platform.version", .platformVersion),
        ("implementation_name", .implementationName),
        ("implementation_version", .implementationVersion),
        ("extra", .extra),
        ("extras", .extras),
        ("dependency_groups", .dependencyGroups),
    ]

    /// The variable whose name comes next, which is stepped over.
    static func read(_ cursor: inout ByteCursor) -> MarkerVariable? {
        guard cursor.peek.isLetter else { return nil }
        for spelling in spellings where cursor.take(wholeWord: spelling.name) { return spelling.variable }
        return nil
    }
}
