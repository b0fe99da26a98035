import ArgumentParser

/// The platforms that a lock is for.
struct PlatformsArguments: ParsableArguments {
    @Option(
        name: .customLong("platform"),
        help: ArgumentHelp(
            """
            A platform that the lock is for: linux-x86_64, linux-aarch64, linux-x86_64-musl, macos-arm64, …; may be given \
            several times.
            """, valueName: "platform"))
    var platforms: [String] = []
}

/// The Pythons and platforms that a lock is for: each Python on each platform.
struct TargetsArguments: ParsableArguments {
    @Option(
        name: .customLong("python"),
        help: ArgumentHelp(
            "A Python that the lock is for, as 3.11 or 3.11.7; may be given several times. For a flow, the one that runs it.",
            valueName: "python"))
    var pythons: [String] = []

    @OptionGroup var other: PlatformsArguments

    var platforms: [String] { other.platforms }
}

/// The Python and the platform that packages are meant for.
struct TargetArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The Python that is meant: 3.11, 3.11.7, '>=3.10,<3.13', or the path of one. It need not be on this machine.",
            valueName: "python"))
    var python: String?

    @Option(
        help: ArgumentHelp(
            "The platform that is meant, if not this machine's: linux-x86_64, linux-aarch64, linux-x86_64-musl, macos-arm64, …",
            valueName: "platform"))
    var platform: String?

    var pythons: [String] { [python].compactMap(\.self) }
    var platforms: [String] { [platform].compactMap(\.self) }
}
