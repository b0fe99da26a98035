public import PythonPackaging
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension Interpreter {
    /// An interpreter by its answers alone, without running it; `nil` if they are not enough.
    package init?(answers: [String: String], executable: FilePath) {
        guard case .described(let description) = Description(answers: answers).verdict() else { return nil }
        self.init(answers: description, executable: executable, binary: executable, virtualEnvironment: nil)
    }

    /// Puts together what a binary said about itself and where it was found; `nil` if its platform is not known.
    init?(answers: Description, executable: FilePath, binary: FilePath, virtualEnvironment: FilePath?) {
        guard let version = try? Version(parsing: answers["version"]), let platform = answers.pythonPlatform else {
            return nil
        }
        self.executable = executable
        baseExecutable = binary
        self.virtualEnvironment = virtualEnvironment
        self.version = version
        implementation = answers["implementation"]
        isFreeThreaded = answers.flag("free-threaded")
        isDebugBuild = answers.flag("debug")
        self.platform = platform
        markerEnvironment = answers.markerEnvironment(series: "\(version.major).\(version.minor)")
        layout = answers.layout(series: "\(version.major).\(version.minor)")
        self.answers = answers
    }

    /// What a resolution for this interpreter is for. Lists its thousand wheel tags anew at every call.
    public var target: PythonTarget {
        let tags = TagList.compatible(
            implementation: answers.pythonImplementation, version: (Int(clamping: version.major), Int(clamping: version.minor)),
            abiFlags: abiFlags, platform: platform)
        return PythonTarget(pythonVersion: version, markerEnvironment: markerEnvironment, tags: tags)
    }
}

extension Description {
    /// The system and C library that the binary was built for.
    var pythonPlatform: PythonPlatform? {
        switch self["sys-platform"] {
        case "linux": .linux(arch: linuxArchitecture, libc: linuxLibrary)
        case "darwin":
            numbers(in: self["macos-version"]).map { .macOS(major: $0, minor: $1, arch: self["machine"]) }
        default: nil
        }
    }

    // A 32-bit Python on a 64-bit kernel runs 32-bit wheels, whatever `uname` says.
    private var linuxArchitecture: String {
        guard self["pointer-bits"] == "32" else { return self["machine"] }
        switch self["machine"] {
        case "x86_64": return "i686"
        case "aarch64": return "armv8l"
        case let other: return other
        }
    }

    private var linuxLibrary: LinuxLibC {
        guard let (major, minor) = numbers(in: self["libc-version"]) else { return .unknown }
        switch self["libc"] {
        case "glibc": return .glibc(major, minor)
        case "musl": return .musl(major, minor)
        default: return .unknown
        }
    }

    var pythonImplementation: PythonImplementation {
        switch self["implementation"] {
        case "cpython": return .cPython
        case "pypy":
            let (major, minor) = numbers(in: self["implementation-version"]) ?? (7, 3)
            return .pyPy(major: major, minor: minor)
        case let name:
            return .other(prefix: name, abi: self["soabi"].replacing("-", with: "_").replacing(".", with: "_"))
        }
    }

    /// The variables of PEP 508. Those of the running kernel are asked now, since it changes while the binary stays.
    func markerEnvironment(series: String) -> MarkerEnvironment {
        let kernel = Kernel()
        return MarkerEnvironment(
            implementationName: self["implementation"], implementationVersion: self["implementation-version"],
            osName: self["os-name"], platformMachine: self["machine"],
            platformPythonImplementation: self["implementation-title"], platformRelease: kernel.release,
            platformSystem: self["system"], platformVersion: kernel.version, pythonFullVersion: self["full-version"],
            pythonVersion: series, sysPlatform: self["sys-platform"])
    }

    func layout(series: String) -> EnvironmentLayout {
        let pure = self["layout.purelib"]
        let hasAlias = self["pointer-bits"] == "64" && self["os-name"] == "posix" && self["sys-platform"] != "darwin"
        return EnvironmentLayout(
            pureLibrary: pure, platformLibrary: self["layout.platlib"].isEmpty ? pure : self["layout.platlib"],
            scripts: self["layout.scripts"], headers: "include/site/python\(series)",
            libraryAlias: hasAlias ? "lib64" : nil)
    }

    private func numbers(in text: String) -> (Int, Int)? {
        let pieces = text.split(separator: ".").prefix(2).map { Int($0) }
        // What precedes them is listed one by one: numbers that somebody made up must not fill the memory.
        guard pieces.count == 2, let major = pieces[0], let minor = pieces[1], (0...999).contains(major),
            (0...999).contains(minor)
        else { return nil }
        return (major, minor)
    }
}

/// What `uname` says about the running kernel.
private struct Kernel {
    let release: String
    let version: String

    init() {
        var names = utsname()
        guard uname(&names) == 0 else {
            release = ""
            version = ""
            return
        }
        release = Self.text(&names.release)
        version = Self.text(&names.version)
    }

    private static func text<Field>(_ field: inout Field) -> String {
        withUnsafeBytes(of: &field) { bytes in String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
