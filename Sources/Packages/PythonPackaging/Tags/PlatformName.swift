/// A platform by name, as a person or a lock says it: `linux-x86_64`, `linux-x86_64-musl-1.2`, `macos-arm64-14.0`.
///
/// The canonical form is system, processor and, where it decides which wheels run, the version of the C library or of
/// the system. Also read are the names that other tools have for the same: conda's (`linux-64`, `osx-arm64`), those of
/// uv and Rust (`x86_64-unknown-linux-gnu`, `x86_64-manylinux_2_28`, `macos`), and platform tags of wheels.
public struct PlatformName: Sendable, Hashable {
    public enum System: Sendable, Hashable {
        case linux(LinuxLibC)
        case macOS(major: Int, minor: Int)
        case windows
    }

    public let system: System
    /// `x86_64`, `arm64` on macOS and Windows, `aarch64` on Linux, and others that wheels are built for.
    public let processor: String

    /// A platform whose processor has the name that the canonical form gives it.
    init(_ system: System, _ processor: String) {
        self.system = system
        self.processor = processor
    }
}

extension PlatformName {
    /// The C library that is assumed where none is named: that of the wheels that are most built (`manylinux_2_28`).
    public static let defaultGlibc = LinuxLibC.glibc(2, 28)
    /// The musl that is assumed where no version is named.
    public static let defaultMusl = LinuxLibC.musl(1, 2)
    /// The macOS that is assumed where no version is named.
    static let defaultMacOS = System.macOS(major: 13, minor: 0)

    /// The names to tell a person whose platform is not known.
    public static let examples = [
        "linux-x86_64", "linux-aarch64", "linux-x86_64-musl", "linux-aarch64-musl", "macos-arm64", "macos-x86_64",
        "windows-x86_64",
    ]

    /// The platform as wheels tell it apart.
    public var platform: PythonPlatform {
        switch system {
        case .linux(let libC): .linux(arch: processor, libc: libC)
        case .macOS(let major, let minor): .macOS(major: major, minor: minor, arch: processor)
        case .windows: .windows(arch: ["x86_64": "amd64", "x86": "win32"][processor] ?? processor)
        }
    }
}

extension PlatformName: TextCoded {
    public init(parsing text: some StringProtocol) throws(PlatformNameError) {
        guard let name = PlatformNameReader.read(String(text)) else { throw PlatformNameError(text: String(text)) }
        self = name
    }

    public init(decoding text: String) throws { try self.init(parsing: text) }

    /// The canonical name, with versions.
    public var description: String {
        switch system {
        case .linux(.glibc(let major, let minor)): "linux-\(processor)-glibc-\(major).\(minor)"
        case .linux(.musl(let major, let minor)): "linux-\(processor)-musl-\(major).\(minor)"
        case .linux(.unknown): "linux-\(processor)-other"
        case .macOS(let major, let minor): "macos-\(processor)-\(major).\(minor)"
        case .windows: "windows-\(processor)"
        }
    }
}

/// A name that is no platform's.
public struct PlatformNameError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was read.
    public let text: String

    public var description: String {
        "\(text.quoted) is no platform; known are \(PlatformName.examples.joined(separator: ", ")), "
            + "with a version if need be: linux-x86_64-glibc-2.36, macos-arm64-14.0"
    }
}
