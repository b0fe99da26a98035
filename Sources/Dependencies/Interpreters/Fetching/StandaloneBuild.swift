public import Digests
public import PythonPackaging

/// A Python that can be fetched: an archive that unpacks to an installation which runs wherever it lies.
public struct StandaloneBuild: Sendable, Hashable {
    /// `cpython` or `pypy`.
    public var implementation = "cpython"
    public var version: Version
    public var isFreeThreaded = false
    public var platform: BuildPlatform
    /// Where the archive is: `https:`, `http:` or `file:`.
    public var url: String
    /// What the archive must have.
    public var sha256: SHA256Digest
    /// Of the archive, in bytes, if it is known.
    public var size: Int64?
    /// The release that it is from; of the same Python the later one is taken. Digits, mostly those of a day.
    public var release = ""
    /// How much the archive holds that is of no use here: the least is taken.
    var ballast = 0

    /// The name of its folder, as uv has it: `cpython-3.12.7-linux-x86_64-gnu`, `cpython-3.13.1+freethreaded-…`.
    public var name: String {
        "\(implementation)-\(version)\(isFreeThreaded ? "+freethreaded" : "")-\(platform)"
    }

    /// `CPython 3.13.1 free-threaded`.
    public var title: String {
        "\(implementation == "pypy" ? "PyPy" : "CPython") \(version)\(isFreeThreaded ? " free-threaded" : "")"
    }

    /// Whether to take this one rather than another one that suits as well: the final one before a preview, then the
    /// newer one, from the later release, in the smaller archive.
    func isBetter(than other: StandaloneBuild) -> Bool {
        if version.isPrerelease != other.version.isPrerelease { return other.version.isPrerelease }
        if version != other.version { return version > other.version }
        if release != other.release { return (release.utf8.count, release) > (other.release.utf8.count, other.release) }
        return ballast < other.ballast
    }
}

extension InterpreterRequest {
    /// Whether a Python that is not here yet would be one of those asked for.
    func accepts(_ build: StandaloneBuild) -> Bool {
        accepts(implementation: build.implementation, version: build.version, isFreeThreaded: build.isFreeThreaded)
    }
}
