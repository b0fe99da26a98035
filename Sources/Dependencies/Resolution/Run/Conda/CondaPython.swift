internal import CondaPackaging
internal import Diagnostics
internal import PythonPackaging

/// The Python that conda packages bring, as markers and wheels see it.
struct CondaPython: Sendable, Hashable {
    let version: Version
    /// Whether it is a build without the global lock (PEP 703).
    let isFreeThreaded: Bool

    /// - Throws: For what is no CPython of version 3.
    init(_ record: RepodataRecord) throws(CondaPythonError) {
        let parts = record.build.split(separator: "_")
        guard !parts.contains(where: { $0.hasPrefix("pypy") || $0.hasPrefix("graalpy") }) else {
            throw CondaPythonError(version: record.version.description, build: record.build)
        }
        guard let version = try? Version(parsing: record.version.spelling), version.major == 3 else {
            throw CondaPythonError(version: record.version.description, build: record.build)
        }
        self.version = version
        let folder = record.pythonSitePackagesPath?.split(separator: "/").first { $0.hasPrefix("python3.") }
        isFreeThreaded = folder?.last == "t" || parts.contains { $0.hasPrefix("cp3") && $0.last == "t" }
    }

    /// Whether the other one is of the same series and kind, so that the same wheels run in it.
    func accepts(_ other: Self) -> Bool { series == other.series && isFreeThreaded == other.isFreeThreaded }

    /// `3.13`
    var series: String { "\(version.major).\(version.minor)" }

    func target(on platform: PlatformName) throws(CondaPythonError) -> PythonTarget {
        do {
            return PythonTarget(platform, python: try TargetPython(version, isFreeThreaded: isFreeThreaded))
        } catch {
            throw CondaPythonError(version: version.description, build: nil)
        }
    }
}

/// A Python of conda that no wheels can be chosen for.
struct CondaPythonError: DiagnosticError, Hashable {
    let version: String
    let build: String?

    var diagnostic: Diagnostic {
        Diagnostic(
            .user, "Python \(version)\(build.map { " (build \($0))" } ?? "") of conda is no CPython 3, and wheels are chosen for that alone",
            help: "ask for a CPython: python='3.12'")
    }
}
