/// Reads the names that platforms have. `nil` is the answer to what is none.
enum PlatformNameReader {
    static func read(_ text: String) -> PlatformName? {
        let text = text.lowercased()
        // No name is longer, and nothing that is should be taken apart.
        guard text.utf8.count <= 80 else { return nil }
        return aliases[text] ?? canonical(text) ?? triple(text) ?? wheelTag(text)
    }

    // conda's subdirs, and the short words of uv.
    private static let aliases: [String: PlatformName] = {
        let macOS = PlatformName.defaultMacOS
        let linux = PlatformName.System.linux(PlatformName.defaultGlibc)
        return [
            "linux": .init(linux, "x86_64"), "macos": .init(macOS, "arm64"), "windows": .init(.windows, "x86_64"),
            "linux-64": .init(linux, "x86_64"), "linux-32": .init(linux, "i686"),
            "osx-64": .init(macOS, "x86_64"), "osx-arm64": .init(macOS, "arm64"),
            "win-64": .init(.windows, "x86_64"), "win-32": .init(.windows, "x86"),
            "win-arm64": .init(.windows, "arm64"),
        ]
    }()

    private static let linuxProcessors = [
        "x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64", "i686": "i686", "i386": "i686",
        "armv7l": "armv7l", "armv7": "armv7l", "ppc64le": "ppc64le", "powerpc64le": "ppc64le", "ppc64": "ppc64",
        "s390x": "s390x", "riscv64": "riscv64", "riscv64gc": "riscv64", "loongarch64": "loongarch64",
    ]
    private static let macProcessors = ["arm64": "arm64", "aarch64": "arm64", "x86_64": "x86_64"]
    private static let windowsProcessors = [
        "x86_64": "x86_64", "amd64": "x86_64", "arm64": "arm64", "aarch64": "arm64", "x86": "x86", "i686": "x86",
    ]

    /// `linux-x86_64`, `linux-x86_64-glibc-2.36`, `linux-x86_64-musl`, `macos-arm64-14.0`, `windows-x86_64`.
    private static func canonical(_ text: String) -> PlatformName? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 2 else { return nil }
        switch parts[0] {
        case "linux":
            guard let processor = linuxProcessors[parts[1]] else { return nil }
            return libC(Array(parts.dropFirst(2))).map { PlatformName(.linux($0), processor) }
        case "macos", "darwin", "osx":
            guard let processor = macProcessors[parts[1]], parts.count <= 3 else { return nil }
            guard parts.count == 3 else { return PlatformName(PlatformName.defaultMacOS, processor) }
            return macOS(parts[2], separator: ".", processor)
        case "windows", "win":
            guard parts.count == 2 else { return nil }
            return windowsProcessors[parts[1]].map { PlatformName(.windows, $0) }
        default: return nil
        }
    }

    private static func libC(_ parts: [String]) -> LinuxLibC? {
        switch (parts.first, parts.count) {
        case (nil, _), ("glibc", 1), ("gnu", 1): return PlatformName.defaultGlibc
        case ("musl", 1): return PlatformName.defaultMusl
        case ("other", 1): return .unknown
        case ("glibc", 2): return version(parts[1], separator: ".").map { .glibc($0, $1) }
        case ("musl", 2): return version(parts[1], separator: ".").map { .musl($0, $1) }
        default: return nil
        }
    }

    /// `x86_64-unknown-linux-gnu`, `aarch64-apple-darwin`, `x86_64-pc-windows-msvc`, `x86_64-manylinux_2_28`.
    private static func triple(_ text: String) -> PlatformName? {
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { return nil }
        switch parts[1] {
        case "unknown-linux-gnu": return linux(parts[0], PlatformName.defaultGlibc)
        case "unknown-linux-musl": return linux(parts[0], PlatformName.defaultMusl)
        case "apple-darwin": return macProcessors[parts[0]].map { PlatformName(PlatformName.defaultMacOS, $0) }
        case "pc-windows-msvc": return windowsProcessors[parts[0]].map { PlatformName(.windows, $0) }
        default: return tagged(parts[1]).flatMap { linux(parts[0], $0) }
        }
    }

    private static func linux(_ processor: String, _ libC: LinuxLibC) -> PlatformName? {
        linuxProcessors[processor].map { PlatformName(.linux(libC), $0) }
    }

    /// `manylinux_2_28`, `manylinux2014`, `musllinux_1_2`.
    private static func tagged(_ text: some StringProtocol) -> LinuxLibC? {
        switch text {
        case "manylinux1": return .glibc(2, 5)
        case "manylinux2010": return .glibc(2, 12)
        case "manylinux2014": return .glibc(2, 17)
        default: break
        }
        if text.hasPrefix("manylinux_") { return version(text.dropFirst(10), separator: "_").map { .glibc($0, $1) } }
        if text.hasPrefix("musllinux_") { return version(text.dropFirst(10), separator: "_").map { .musl($0, $1) } }
        return nil
    }

    /// The platform of a wheel's tag, as pip takes it: `manylinux_2_28_x86_64`, `macosx_14_0_arm64`, `win_amd64`.
    private static func wheelTag(_ text: String) -> PlatformName? {
        if text == "win32" { return PlatformName(.windows, "x86") }
        if text.hasPrefix("win_") { return windowsProcessors[String(text.dropFirst(4))].map { .init(.windows, $0) } }
        for (processor, name) in macProcessors where text.hasPrefix("macosx_") && text.hasSuffix("_\(processor)") {
            return macOS(text.dropFirst(7).dropLast(processor.count + 1), separator: "_", name)
        }
        for (processor, name) in linuxProcessors where text.hasSuffix("_\(processor)") {
            return tagged(text.dropLast(processor.count + 1)).map { PlatformName(.linux($0), name) }
        }
        return nil
    }

    private static func macOS(
        _ text: some StringProtocol, separator: Character, _ processor: String
    ) -> PlatformName? {
        let whole = text.contains(separator) ? String(text) : "\(text)\(separator)0"
        return version(whole, separator: separator).map { PlatformName(.macOS(major: $0, minor: $1), processor) }
    }

    /// Two numbers of at most three digits each.
    private static func version(_ text: some StringProtocol, separator: Character) -> (Int, Int)? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ (1...3).contains($0.utf8.count) }),
            parts.allSatisfy({ $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }),
            let major = Int(parts[0]), let minor = Int(parts[1])
        else { return nil }
        return (major, minor)
    }
}
