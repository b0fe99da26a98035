/// The operating system and processor that an interpreter runs on, as far as wheels tell them apart.
public enum PythonPlatform: Hashable, Sendable {
    /// - Parameter arch: As `uname -m` says: `x86_64`, `aarch64`, `armv7l`.
    case linux(arch: String, libc: LinuxLibC)
    /// - Parameter arch: `arm64` or `x86_64`.
    case macOS(major: Int, minor: Int, arch: String)
    /// - Parameter arch: `amd64`, `win32` or `arm64`.
    case windows(arch: String)
    /// A platform known by its tags alone, most preferred first.
    case other([String])
}

/// The C library of a Linux system, with the version that decides which wheels run.
public enum LinuxLibC: Hashable, Sendable {
    case glibc(Int, Int)
    case musl(Int, Int)
    /// Neither is known; only wheels built for this very system will do.
    case unknown
}

extension PythonPlatform {
    /// The platform tags that the platform can run, most preferred first.
    public var tags: [String] {
        switch self {
        case .linux(let arch, let libc): Self.linuxTags(arch: arch, libc)
        case .macOS(let major, let minor, let arch): Self.macOSTags(major, minor, arch: arch)
        case .windows(let arch): [arch == "win32" || arch == "x86" ? "win32" : "win_\(arch)"]
        case .other(let tags): tags
        }
    }
}

// MARK: - Linux

extension PythonPlatform {
    /// The old names of three baselines (PEP 513, 571, 599).
    private static let legacyNames = [17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"]

    private static func linuxTags(arch: String, _ libc: LinuxLibC) -> [String] {
        // A 64-bit ARM kernel with a 32-bit user land also runs what is built for the older name.
        let archs = arch == "armv8l" ? ["armv8l", "armv7l"] : [arch]
        let shared = archs.flatMap { arch in
            switch libc {
            case .glibc(let major, let minor): manylinuxTags(arch: arch, major, minor)
            case .musl(let major, let minor):
                stride(from: minor, through: 0, by: -1).map { "musllinux_\(major)_\($0)_\(arch)" }
            case .unknown: [String]()
            }
        }
        return shared + archs.map { "linux_\($0)" }
    }

    /// PEP 600. Baselines begin with glibc 2.5 on x86 and 2.17 elsewhere.
    private static func manylinuxTags(arch: String, _ major: Int, _ minor: Int) -> [String] {
        let supported: Set = [
            "x86_64", "i686", "aarch64", "armv7l", "ppc64", "ppc64le", "s390x", "loongarch64", "riscv64",
        ]
        // There is no glibc 3; which 2.x it would follow is not known.
        guard major == 2, supported.contains(arch) else { return [] }
        let oldest = arch == "x86_64" || arch == "i686" ? 5 : 17
        return stride(from: minor, through: oldest, by: -1).flatMap { minor in
            ["manylinux_2_\(minor)_\(arch)"] + (legacyNames[minor].map { ["\($0)_\(arch)"] } ?? [])
        }
    }
}

// MARK: - macOS

extension PythonPlatform {
    private static func macOSTags(_ major: Int, _ minor: Int, arch: String) -> [String] {
        if major < 11 {
            guard major == 10, minor >= 0 else { return [] }
            return stride(from: minor, through: 0, by: -1).flatMap { minor in
                macOSFormats(10, minor, arch: arch).map { "macosx_10_\(minor)_\($0)" }
            }
        }
        // From macOS 11 on the major version counts; 10.x is what came before, of which ARM runs universal2 alone.
        let recent = stride(from: major, through: 11, by: -1).flatMap { major in
            macOSFormats(major, 0, arch: arch).map { "macosx_\(major)_0_\($0)" }
        }
        let old = stride(from: 16, through: 4, by: -1).flatMap { minor in
            (arch == "x86_64" ? macOSFormats(10, minor, arch: arch) : ["universal2"]).map { "macosx_10_\(minor)_\($0)" }
        }
        return recent + old
    }

    /// The binary formats that a processor runs under a release of the system.
    private static func macOSFormats(_ major: Int, _ minor: Int, arch: String) -> [String] {
        switch arch {
        case "x86_64":
            (major, minor) < (10, 4) ? [] : ["x86_64", "intel", "fat64", "fat3", "universal2", "universal"]
        case "i386":
            (major, minor) < (10, 4) ? [] : ["i386", "intel", "fat3", "fat", "universal"]
        case "arm64": ["arm64", "universal2"]
        default: [arch]
        }
    }
}
