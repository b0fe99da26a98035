public import PythonPackaging
public import SystemPackage

/// Which Python a person asks for.
///
/// | spelling | meaning |
/// |---|---|
/// | `3`, `3.11`, `3.11.*` | the newest found of that series |
/// | `3.9.13`, `3.15.0rc1` | exactly that version |
/// | `>=3.9,<3.12`, `~=3.11.4` | the launching interpreter if it fits, else the newest found that does |
/// | `3.13t` | a free-threaded build; without the `t` a build with the global lock |
/// | `pypy3.10`, `cpython3.12`, `python3.12` | that implementation; CPython where none is named |
/// | `/opt/python/bin/python3`, `./venv` | that interpreter, or the one in that folder |
public struct InterpreterRequest: Sendable, Hashable {
    /// What the version, or the file, has to be.
    public enum Wanted: Sendable, Hashable {
        /// Any version of the implementation.
        case anyVersion
        /// The release components that were named: `[3]` or `[3, 11]`.
        case series([UInt64])
        case exactly(Version)
        case range(SpecifierSet)
        /// A Python binary, or a folder with `bin/python` in it.
        case file(FilePath)
    }

    public let wanted: Wanted
    /// Lower-case name of the implementation: `cpython` or `pypy`.
    public let implementation: String
    public let isFreeThreaded: Bool
    /// The words of the person, for messages.
    public let spelling: String

    /// Reads a request; surrounding white space does not count.
    public init(parsing text: some StringProtocol) throws(InterpreterError) {
        let spelling = Self.trimmed(text)
        self.spelling = spelling
        if spelling.utf8.contains(UInt8(ascii: "/")) || spelling == "." || spelling == ".." {
            wanted = .file(FilePath(spelling))
            implementation = "cpython"
            isFreeThreaded = false
            return
        }
        var rest = Substring(spelling)
        implementation = Self.takeImplementation(from: &rest)
        isFreeThreaded = Self.takeFreeThreaded(from: &rest)
        guard let wanted = Self.wanted(by: String(rest)), !spelling.isEmpty else {
            throw .unreadableRequest(spelling)
        }
        self.wanted = wanted
    }

    /// Any CPython.
    static let any = InterpreterRequest(wanted: .anyVersion, spelling: "")

    private init(wanted: Wanted, spelling: String) {
        self.wanted = wanted
        implementation = "cpython"
        isFreeThreaded = false
        self.spelling = spelling
    }

    /// Asks for one file, or for the interpreter in one folder.
    public init(file: FilePath) {
        wanted = .file(file)
        implementation = "cpython"
        isFreeThreaded = false
        spelling = file.string
    }
}

extension InterpreterRequest {
    /// Whether an interpreter is one of those asked for. Says nothing about a request for a file.
    public func accepts(_ interpreter: Interpreter) -> Bool {
        accepts(
            implementation: interpreter.implementation, version: interpreter.version,
            isFreeThreaded: interpreter.isFreeThreaded)
    }

    /// Whether such a Python is one of those asked for.
    func accepts(implementation: String, version: Version, isFreeThreaded: Bool) -> Bool {
        guard implementation == self.implementation, isFreeThreaded == self.isFreeThreaded else { return false }
        switch wanted {
        case .anyVersion: return true
        case .series(let release):
            return release.enumerated().allSatisfy { version.releaseComponent($0.offset) == $0.element }
        case .exactly(let exact): return version == exact
        case .range(let specifiers): return specifiers.contains(version, prereleases: true)
        case .file: return false
        }
    }

    /// Whether a Python of series `major.minor` can be one of those asked for; lets most candidates go unasked.
    func mayAccept(major: UInt64, minor: UInt64) -> Bool {
        switch wanted {
        case .anyVersion, .range, .file: true
        case .series(let release):
            release[0] == major && (release.count < 2 || release[1] == minor)
        case .exactly(let exact): exact.major == major && exact.minor == minor
        }
    }
}

extension InterpreterRequest {
    private static func trimmed(_ text: some StringProtocol) -> String {
        let isSpace: (Character) -> Bool = { $0.isWhitespace }
        var rest = Substring(text).drop(while: isSpace)
        while let last = rest.last, isSpace(last) { rest.removeLast() }
        return String(rest)
    }

    private static func takeImplementation(from rest: inout Substring) -> String {
        for (name, implementation) in [("cpython", "cpython"), ("python", "cpython"), ("pypy", "pypy")] {
            if rest.lowercased().hasPrefix(name) {
                rest = rest.dropFirst(name.count)
                if rest.first == "@" || rest.first == "-" { rest = rest.dropFirst() }
                return implementation
            }
        }
        return "cpython"
    }

    private static func takeFreeThreaded(from rest: inout Substring) -> Bool {
        guard rest.last == "t", rest.dropLast().last?.isNumber == true else { return false }
        rest = rest.dropLast()
        return true
    }

    private static func wanted(by text: String) -> Wanted? {
        if text.isEmpty { return .anyVersion }
        if let series = series(text) { return .series(series) }
        if let version = try? Version(parsing: text) { return .exactly(version) }
        if let specifiers = try? SpecifierSet(parsing: text) { return .range(specifiers) }
        return nil
    }

    // `3`, `3.11`, and either of them followed by `.*`.
    private static func series(_ text: String) -> [UInt64]? {
        let core = text.hasSuffix(".*") ? text.dropLast(2) : Substring(text)
        let pieces = core.split(separator: ".", omittingEmptySubsequences: false)
        guard pieces.count <= 2 else { return nil }
        let numbers = pieces.compactMap { piece in
            piece.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? UInt64(piece) : nil
        }
        return numbers.count == pieces.count ? numbers : nil
    }
}

extension InterpreterRequest: CustomStringConvertible {
    /// The words of the person.
    public var description: String { spelling }
}
