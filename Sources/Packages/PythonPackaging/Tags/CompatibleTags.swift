/// What kind of Python an interpreter is, as far as wheels tell them apart.
public enum PythonImplementation: Hashable, Sendable {
    case cPython
    /// With PyPy's own version, which names its binary interface: 7 and 3.
    case pyPy(major: Int, minor: Int)
    /// Another one, by the prefix of its tags and the name of its binary interface (`graalpy`, `graalpy_240_311_native`).
    case other(prefix: String, abi: String)
}

extension TagList {
    /// The tags that an interpreter accepts, in the order in which pip prefers them.
    ///
    /// - Parameters:
    ///   - version: Python's major and minor version.
    ///   - abiFlags: CPython's `sys.abiflags`: `t` for a free-threaded build, `d` for one with debugging.
    public static func compatible(
        implementation: PythonImplementation, version: (major: Int, minor: Int), abiFlags: String = "",
        platform: PythonPlatform
    ) -> TagList {
        // The predecessors are listed one by one: a version that somebody made up must not fill the memory.
        let builder = TagBuilder(major: version.major, minor: min(version.minor, 999), platforms: platform.tags)
        let (own, anyName) =
            switch implementation {
            case .cPython:
                (builder.cPython(abiFlags: abiFlags), "cp\(builder.digits)")
            case .pyPy(let major, let minor):
                (builder.generic(prefix: "pp", abi: "pypy\(builder.digits)_pp\(major)\(minor)"), "pp\(version.major)")
            case .other(let prefix, let abi):
                (builder.generic(prefix: prefix, abi: abi), "\(prefix)\(builder.digits)")
            }
        return TagList(own + builder.anyImplementation(ownName: anyName))
    }
}

/// Lists tags for one Python version and platform.
private struct TagBuilder {
    let major: Int
    let minor: Int
    let platforms: [String]

    var digits: String { "\(major)\(minor)" }

    /// CPython: its own binary interface, the stable one, none; then the stable interface of its predecessors.
    func cPython(abiFlags: String) -> [WheelTag] {
        let own = "cp\(digits)"
        let isFreeThreaded = abiFlags.contains("t")
        var tags = (["\(own)\(abiFlags)"] + alternativeABIs(own, abiFlags: abiFlags)).flatMap { tagged(own, $0) }
        // PEP 384 and, for free-threaded builds, PEP 803. Neither accepts the other's wheels.
        let stable = isFreeThreaded ? "abi3t" : "abi3"
        let hasStable = (major, minor) >= (3, 2)
        if hasStable { tags += tagged(own, stable) }
        tags += tagged(own, "none")
        guard hasStable, minor > 2 else { return tags }
        for older in stride(from: minor - 1, through: 2, by: -1) { tags += tagged("cp\(major)\(older)", stable) }
        return tags
    }

    /// Since 3.8 a debug build also loads what is built for a release build.
    private func alternativeABIs(_ own: String, abiFlags: String) -> [String] {
        guard (major, minor) >= (3, 8), abiFlags.contains("d") else { return [] }
        return ["\(own)\(abiFlags.filter { $0 != "d" })"]
    }

    func generic(prefix: String, abi: String) -> [WheelTag] {
        tagged("\(prefix)\(digits)", abi) + (abi == "none" ? [] : tagged("\(prefix)\(digits)", "none"))
    }

    /// What every implementation accepts: no binary interface, this platform or any.
    func anyImplementation(ownName: String) -> [WheelTag] {
        let older = stride(from: minor - 1, through: 0, by: -1).map { "py\(major)\($0)" }
        let pythons = ["py\(digits)", "py\(major)"] + older
        let withPlatform = pythons.flatMap { tagged($0, "none") }
        let withoutPlatform = ([ownName] + pythons).map {
            WheelTag(lowercasedPython: $0, abi: "none", platform: "any")
        }
        return withPlatform + withoutPlatform
    }

    private func tagged(_ python: String, _ abi: String) -> [WheelTag] {
        platforms.map { WheelTag(lowercasedPython: python, abi: abi, platform: $0) }
    }
}
