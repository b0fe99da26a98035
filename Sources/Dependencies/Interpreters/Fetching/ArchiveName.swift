package import PythonPackaging

/// What the name of an archive of the python-build-standalone project tells.
///
///     cpython-3.12.7+20241016-x86_64-unknown-linux-gnu-install_only_stripped.tar.gz
///     cpython-3.13.1+20250115-aarch64-apple-darwin-freethreaded+pgo+lto-full.tar.zst
package struct ArchiveName {
    package let version: Version
    package let release: String
    package let platform: BuildPlatform
    package let isFreeThreaded: Bool
    /// See `StandaloneBuild`.
    package let ballast: Int

    /// `nil` for other files, other systems, and builds for debugging or without shared libraries, which cannot load the
    /// modules of wheels.
    package init?(parsing name: some StringProtocol) {
        guard let stem = Self.stem(of: name) else { return nil }
        var words = stem.split(separator: "-", omittingEmptySubsequences: false)[...]
        guard words.popFirst() == "cpython", let head = words.popFirst() else { return nil }
        let versions = head.split(separator: "+")
        guard versions.count >= 2, let first = versions.first, let last = versions.last,
            let version = try? Version(parsing: first), let platform = BuildPlatform(takingTriple: &words),
            let contents = words.popLast()
        else { return nil }
        let options = words.flatMap { $0.split(separator: "+") }
        guard !options.contains("debug"), !options.contains("static"),
            let ballast = Self.ballast(String(contents), options: options)
        else { return nil }
        self.version = version
        self.release = String(last)
        self.platform = platform
        self.ballast = ballast
        isFreeThreaded = options.contains("freethreaded")
    }

    private static func stem(of name: some StringProtocol) -> String? {
        for ending in [".tar.gz", ".tar.zst"] where name.hasSuffix(ending) { return String(name.dropLast(ending.count)) }
        return nil
    }

    private static func ballast(_ contents: String, options: [Substring]) -> Int? {
        switch contents {
        case "install_only_stripped": 0
        case "install_only": 1
        // With objects and static libraries; the better optimised the better.
        case "full": 4 - (options.contains("pgo") ? 1 : 0) - (options.contains("lto") ? 1 : 0)
        default: nil
        }
    }
}
