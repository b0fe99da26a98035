/// The system, processor and C library that a Python was built for, in the field's words: `linux-x86_64-gnu`,
/// `linux-aarch64-musl`, `macos-aarch64-none`.
public struct BuildPlatform: Sendable, Hashable {
    /// `linux` or `macos`.
    public let system: String
    /// `x86_64`, `aarch64`, `armv7`, …
    public let architecture: String
    /// `gnu`, `musl`, `gnueabihf`; `none` where there is no choice.
    public let library: String

    private init?(system: String, architecture: String, library: String) {
        let systems = ["linux": "linux", "macos": "macos", "darwin": "macos"]
        guard let system = systems[system], !architecture.isEmpty else { return nil }
        self.system = system
        self.architecture = ["arm64": "aarch64", "amd64": "x86_64"][architecture] ?? architecture
        self.library = system == "macos" ? "none" : library
    }

    /// The platform that this program runs on; Pythons for it can be run here.
    public static let current: BuildPlatform? = {
        #if arch(x86_64)
        let architecture = "x86_64"
        #elseif arch(arm64)
        let architecture = "aarch64"
        #elseif arch(arm)
        let architecture = "armv7"
        #else
        let architecture = ""
        #endif
        #if canImport(Darwin)
        return BuildPlatform(system: "macos", architecture: architecture, library: "none")
        #elseif canImport(Musl)
        return BuildPlatform(system: "linux", architecture: architecture, library: "musl")
        #else
        let library = architecture == "armv7" ? "gnueabihf" : "gnu"
        return BuildPlatform(system: "linux", architecture: architecture, library: library)
        #endif
    }()

    /// Reads `linux-x86_64-gnu`; for macOS the last part may be missing. `nil` for other systems, and for what is no
    /// platform.
    public init?(parsing text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { $0.lowercased() }
        guard parts.count == 3 || parts.count == 2 && parts[0] != "linux", parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        self.init(system: parts[0], architecture: parts[1], library: parts.count == 3 ? parts[2] : "none")
    }

    /// Reads the fields of a manifest as uv has it.
    init?(system: String, family: String, library: String) {
        self.init(system: system, architecture: family, library: library)
    }

    /// Takes a target triple (`x86_64-unknown-linux-gnu`, `aarch64-apple-darwin`) from the beginning of a list of words.
    ///
    /// `nil` for other systems; and for processors of a later level (`x86_64_v3`), which not every machine has.
    init?(takingTriple words: inout ArraySlice<Substring>) {
        guard words.count >= 3 else { return nil }
        let (architecture, system) = (words[words.startIndex], words[words.startIndex + 2])
        guard !architecture.contains("_v") else { return nil }
        words = words.dropFirst(3)
        var library = "none"
        if system == "linux" {
            guard let name = words.popFirst() else { return nil }
            library = String(name)
        }
        self.init(system: String(system), architecture: String(architecture), library: library)
    }
}

extension BuildPlatform: CustomStringConvertible {
    public var description: String { "\(system)-\(architecture)-\(library)" }
}
