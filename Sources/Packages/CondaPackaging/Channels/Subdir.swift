/// The folder of a channel that holds the packages of one platform (CEP 26): `linux-64`, or `noarch` for all of them.
public struct Subdir: Sendable, Hashable {
    public let description: String

    private init(known text: String) { description = text }

    public static let noarch = Subdir(known: "noarch")
    public static let linux64 = Subdir(known: "linux-64")
    public static let linuxAArch64 = Subdir(known: "linux-aarch64")
    public static let linuxPPC64LE = Subdir(known: "linux-ppc64le")
    public static let linuxS390X = Subdir(known: "linux-s390x")
    public static let osx64 = Subdir(known: "osx-64")
    public static let osxARM64 = Subdir(known: "osx-arm64")
    public static let win64 = Subdir(known: "win-64")

    /// The platforms that channels have; a channel's last part is told from a subdir by this list.
    public static let known: [Subdir] = [
        "noarch", "linux-32", "linux-64", "linux-aarch64", "linux-armv6l", "linux-armv7l", "linux-loongarch64", "linux-ppc64",
        "linux-ppc64le", "linux-riscv32", "linux-riscv64", "linux-s390x", "osx-64", "osx-arm64", "win-32", "win-64",
        "win-arm64", "freebsd-64", "emscripten-wasm32", "wasi-wasm32", "zos-z",
    ].map(Subdir.init(known:))

    /// Reads `noarch` or `os-architecture`, lower-case letters and digits, at most 32 characters.
    public init(parsing text: some StringProtocol) throws(SubdirError) {
        guard text.withBytes(Self.isSubdir) else { throw SubdirError(text: String(text)) }
        description = String(text)
    }

    static func isSubdir(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        if bytes.equals("noarch") { return true }
        guard bytes.count <= 32, let dash = bytes.firstIndex(of: UInt8(ascii: "-")), dash > 0, dash + 1 < bytes.count else {
            return false
        }
        for place in 0..<bytes.count where place != dash {
            guard bytes[place].isAlphanumeric, bytes[place].lowercased == bytes[place] else { return false }
        }
        return true
    }

    /// `linux`, `osx`, `win`…; empty for `noarch`.
    public var operatingSystem: Substring { self == .noarch ? "" : description.prefix { $0 != "-" } }

    /// `64`, `aarch64`, `arm64`…; empty for `noarch`.
    public var architecture: Substring { self == .noarch ? "" : description.drop { $0 != "-" }.dropFirst() }

    /// The architecture as records of packages have it in `arch`: `x86_64` for `64`, `x86` for `32`, else the same.
    public var machine: Substring {
        switch architecture {
        case "64": "x86_64"
        case "32": "x86"
        default: architecture
        }
    }

    public var isLinux: Bool { operatingSystem == "linux" }
    public var isMacOS: Bool { operatingSystem == "osx" }
    public var isWindows: Bool { operatingSystem == "win" }

    /// Whether paths are written with `/` and programs are found as on Unix (CEP 30, `__unix`).
    public var isUnix: Bool { ["linux", "osx", "freebsd", "emscripten"].contains(operatingSystem) }
}

extension Subdir: Comparable, CodedAsText {
    public init(decoding text: String) throws { try self.init(parsing: text) }

    public static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}

/// Text that is no subdir of a channel.
public struct SubdirError: Error, Hashable, Sendable, CustomStringConvertible {
    public let text: String

    public var description: String {
        "\(text.quoted) is not a platform of conda: those are 'noarch', or a system and an architecture such as 'linux-64'"
    }
}
