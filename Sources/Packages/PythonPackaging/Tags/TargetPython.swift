/// A Python to resolve for that need not be on this machine: `3.11`, `3.12.4`, `3.13t`, `pypy3.10`.
public struct TargetPython: Sendable, Hashable {
    public enum Implementation: String, Sendable, Hashable {
        case cPython = "cpython"
        case pyPy = "pypy"
    }

    public let implementation: Implementation
    /// With a patch number: 3.11 is 3.11.0, as for uv.
    public let version: Version
    /// Whether it is a build without the global lock (PEP 703). Only CPython 3.13 and newer has those.
    public let isFreeThreaded: Bool

    /// - Throws: Where there is no such Python: another major version than 3, no minor version, or numbers that none has.
    public init(
        _ version: Version, implementation: Implementation = .cPython, isFreeThreaded: Bool = false
    ) throws(TargetPythonError) {
        let name = TargetPython.name(version, implementation, isFreeThreaded)
        guard version.major == 3, version.epoch == 0 else { throw .init(text: name, problem: .notPython3) }
        guard version.description.contains(".") else { throw .init(text: name, problem: .noMinorVersion) }
        guard version.minor <= 999, !version.description.contains("+") else { throw .init(text: name, problem: .malformed) }
        guard !isFreeThreaded || (version.minor >= 13 && implementation == .cPython) else {
            throw .init(text: name, problem: .noFreeThreadedBuild)
        }
        self.implementation = implementation
        self.isFreeThreaded = isFreeThreaded
        self.version = Self.withPatch(version)
    }

    /// 3.11.0 for 3.11, and 3.14.0rc1 for 3.14rc1.
    private static func withPatch(_ version: Version) -> Version {
        let text = version.description
        let series = "\(version.major).\(version.minor)"
        guard text.hasPrefix(series), text.dropFirst(series.count).first != "." else { return version }
        return (try? Version(parsing: "\(series).0\(text.dropFirst(series.count))")) ?? version
    }

    private static func name(_ version: Version, _ implementation: Implementation, _ isFreeThreaded: Bool) -> String {
        (implementation == .cPython ? "" : implementation.rawValue) + "\(version)" + (isFreeThreaded ? "t" : "")
    }
}

extension TargetPython: TextCoded {
    /// Reads what `--python` takes as far as it names one Python: no range, no file.
    public init(parsing text: some StringProtocol) throws(TargetPythonError) {
        var rest = Substring(text.lowercased())
        var implementation = Implementation.cPython
        for (prefix, named) in [("cpython", Implementation.cPython), ("python", .cPython), ("pypy", .pyPy)] {
            guard rest.hasPrefix(prefix) else { continue }
            implementation = named
            rest = rest.dropFirst(prefix.count)
            if rest.first == "@" || rest.first == "-" { rest = rest.dropFirst() }
            break
        }
        let isFreeThreaded = rest.last == "t" && rest.dropLast().last?.isNumber == true
        if isFreeThreaded { rest = rest.dropLast() }
        if rest.hasSuffix(".*") { rest = rest.dropLast(2) }
        guard let version = try? Version(parsing: rest) else { throw .init(text: String(text), problem: .malformed) }
        do {
            try self.init(version, implementation: implementation, isFreeThreaded: isFreeThreaded)
        } catch {
            throw .init(text: String(text), problem: error.problem)
        }
    }

    public init(decoding text: String) throws { try self.init(parsing: text) }

    /// `3.12.4`, `3.13.0t`, `pypy3.10.0`.
    public var description: String { Self.name(version, implementation, isFreeThreaded) }
}

/// Words that name no Python to resolve for.
public struct TargetPythonError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Problem: Hashable, Sendable {
        case malformed
        case notPython3
        case noMinorVersion
        /// PyPy, or a CPython before 3.13.
        case noFreeThreadedBuild
    }

    /// What was read.
    public let text: String
    public let problem: Problem

    public var description: String {
        switch problem {
        case .malformed: "\(text.quoted) is no Python: expected a version such as 3.12, 3.12.4, 3.13t or pypy3.10"
        case .notPython3: "\(text.quoted) is not a Python 3"
        case .noMinorVersion: "\(text.quoted) names no minor version: say which, such as 3.12"
        case .noFreeThreadedBuild: "\(text.quoted) does not exist: free-threaded builds begin with CPython 3.13"
        }
    }
}
