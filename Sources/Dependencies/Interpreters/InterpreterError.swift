public import Diagnostics
public import SystemPackage

/// Why there is no interpreter, or no answer from one.
public enum InterpreterError: DiagnosticError {
    /// The words name neither a version nor a file.
    case unreadableRequest(String)
    /// None of the Pythons of this machine is what was asked for.
    case noneSuitable(wanted: String, seen: [Sighting])
    /// None of them is, and none was fetched.
    case notFetched(wanted: String, seen: [Sighting], cause: PythonFetchError)
    /// None of them is, and a supply that is configured has none either, or could not get it; nor was one fetched.
    case notSupplied(wanted: String, seen: [Sighting], cause: any Error, fetching: PythonFetchError?)
    /// The file that was named, or that launched the flow, cannot be used.
    case unusable(FilePath, reason: String)
    /// No pip of this machine says which index it uses; the reasons, one for each that was asked.
    case noDefaultIndex(reasons: [String])

    /// A Python that was looked at and passed over.
    public struct Sighting: Hashable, Sendable {
        public var path: FilePath
        /// "3.11.7", "2.7.18 (too old…)", or why it gave no answer.
        public var finding: String

        public init(path: FilePath, finding: String) {
            self.path = path
            self.finding = finding
        }
    }

    private static let advice = """
        install it, put the folder it is in into PENSTOCK_PYTHON_PATH, or give the path of an interpreter in place of the \
        version
        """

    private static func told(_ seen: [Sighting]) -> [String] {
        seen.isEmpty
            ? ["no Python at all is on the search path, in pyenv, among those of uv, or in /usr/bin"]
            : ["these were found:"] + seen.map { "  \($0.finding)  \($0.path)" }
    }

    private static func notSupplied(
        _ wanted: String, _ seen: [Sighting], _ cause: any Error, _ fetching: PythonFetchError?
    ) -> Diagnostic {
        let told = (cause as? any DiagnosticError)?.diagnostic
        let name = wanted.isEmpty ? "usable Python" : "Python \(wanted)"
        return Diagnostic(
            told?.failure ?? .infrastructure, "no \(name) was found, and none could be had from a conda channel",
            details: Self.told(seen) + (fetching.map { ["nor was one fetched: \($0.diagnostic.headline)"] } ?? []), cause: cause,
            help: [told?.help, Self.advice].compactMap { $0 }.joined(separator: "\n"))
    }

    public var diagnostic: Diagnostic {
        switch self {
        case .unreadableRequest(let text):
            Diagnostic(
                .user, "'\(text)' does not say which Python is wanted",
                help: "write a version like 3.11 or 3.11.7, a range like '>=3.10,<3.13', or the path of an interpreter")
        case .noneSuitable(let wanted, let seen):
            Diagnostic(
                .user, wanted.isEmpty ? "no usable Python was found" : "no Python \(wanted) was found",
                details: Self.told(seen), help: Self.advice)
        case .notFetched(let wanted, let seen, let cause):
            Diagnostic(
                cause.diagnostic.failure, "no \(wanted.isEmpty ? "usable Python" : "Python \(wanted)") was found, and none was fetched", details: Self.told(seen), cause: cause,
                help: [cause.diagnostic.help, Self.advice].compactMap { $0 }.joined(separator: "\n"))
        case .notSupplied(let wanted, let seen, let cause, let fetching):
            Self.notSupplied(wanted, seen, cause, fetching)
        case .unusable(let path, let reason):
            Diagnostic(
                .user, "the Python \(path) cannot be used: \(reason)",
                help: "name another interpreter, by its path or by a version like 3.11")
        case .noDefaultIndex(let reasons):
            Diagnostic(
                .user, "no package index is configured, and no pip could be asked for its default", details: reasons,
                help: "name an index: set PENSTOCK_INDEX_URL, PIP_INDEX_URL or UV_DEFAULT_INDEX, or index-url in pip.conf")
        }
    }
}
