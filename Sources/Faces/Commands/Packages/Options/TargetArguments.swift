import ArgumentParser

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
}
