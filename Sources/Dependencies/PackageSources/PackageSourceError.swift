public import Diagnostics
public import Digests
public import PythonPackaging

/// Why a package index, one of its files, or the cache could not be used.
///
/// Addresses in it are redacted already.
public enum PackageSourceError: Error, Sendable {
    /// A configuration file or variable cannot be understood.
    case configuration(file: String, line: Int?, problem: String)
    /// An address is not one of `https://…` or `http://…`; `origin` is the option, variable or file that named it.
    case unusableAddress(String, origin: String)
    /// A package is pinned to an index that no option, variable or file describes.
    case unknownIndex(name: String, package: PackageName, origin: String)
    /// No index is configured and none could be found out.
    case noIndex(cause: (any Error)?)
    /// Neither `PENSTOCK_CACHE_DIR` nor `HOME` says where the cache is.
    case noCacheDirectory
    /// A file of the cache could not be read or written; `code` is an `errno`.
    case cache(operation: String, path: String, code: Int32)
    /// The network is switched off and this is not in the cache.
    case offline(url: String)
    /// No answer, or none that could be read to its end, after so many attempts.
    case unreachable(url: String, attempts: Int, reason: String)
    /// The server answered, but not with what was asked for.
    case status(url: String, code: Int, attempts: Int)
    /// The server wants (other) credentials: status 401, 403 or 407.
    case refused(url: String, code: Int, hadCredentials: Bool)
    /// The server sends its clients around without end, or to where they may not go.
    case redirect(url: String, reason: String)
    /// The answer is longer than such an answer can be.
    case tooLarge(url: String, limit: Int64)
    /// The page of a project cannot be understood.
    case page(url: String, reason: String)
    /// The metadata of a file cannot be understood.
    case metadata(file: String, url: String, reason: String)
    /// The bytes are not those that the index or the lock promised.
    case digestMismatch(url: String, expected: SHA256Digest, found: SHA256Digest)
    /// The number of bytes is not what the index or the lock promised.
    case sizeMismatch(url: String, expected: Int64, found: Int64)
    /// The file does not have a hash that the index or the lock promised; digits are hexadecimal.
    case hashMismatch(url: String, algorithm: String, expected: String, found: String)
    /// The file is promised to have hashes of which Penstock can check none.
    case uncheckableHash(url: String, algorithms: [String])
    /// A file or folder of this machine that an index, an option or an address names cannot be used.
    case localFile(path: String, reason: String)
    /// An index could not be asked about a project.
    indirect case index(PackageIndex, project: PackageName, cause: PackageSourceError)
    /// The surrounding task was cancelled, or the client was shut down.
    case cancelled
}

extension PackageSourceError {
    /// What went wrong, whichever index it was.
    public var root: PackageSourceError {
        if case .index(_, _, let cause) = self { cause.root } else { self }
    }
}

extension PackageSourceError: DiagnosticError {
    public var diagnostic: Diagnostic {
        switch self {
        case .configuration(let file, let line, let problem):
            Diagnostic(.user, "The configuration cannot be read: \(problem)", file: file, line: line)
        case .unusableAddress(let address, let origin):
            Diagnostic(
                .user, "'\(address)', which \(origin) names as a package index, is not an https, http or file address",
                help: "give the address of the index's simple API, such as https://packages.example/simple/")
        case .unknownIndex(let name, let package, let origin):
            Diagnostic(
                .user, "'\(package)' is to come from the index '\(name)' (says \(origin)), and no index has that name",
                help: "give the index a name: --index \(name)=https://packages.example/simple/, or [[tool.uv.index]] with name and url")
        case .noIndex(let cause):
            Diagnostic(
                .user, "No package index is configured", cause: cause,
                help: "set PENSTOCK_INDEX_URL, or index-url in pip's configuration")
        case .noCacheDirectory:
            Diagnostic(
                .user, "There is no place for the cache: HOME is not set", help: "set PENSTOCK_CACHE_DIR to a folder")
        case .cache(let operation, let path, let code):
            Diagnostic(
                .infrastructure, "Could not \(operation) in the cache: \(systemMessage(code))", file: path,
                help: "free space or correct its permissions, or set PENSTOCK_CACHE_DIR to another folder")
        case .offline(let url):
            Diagnostic(
                .user, "\(url) is not in the cache, and Penstock works offline",
                help: "run once with the network switched on")
        case .localFile(let path, let reason):
            Diagnostic(.user, "It cannot be read: \(reason)", file: path, help: "correct the path, or take it out")
        case .index(let index, let project, let cause): Self.diagnostic(index, project, cause)
        case .cancelled: Diagnostic(.infrastructure, "Fetching was cancelled")
        default: networkDiagnostic
        }
    }

    private var networkDiagnostic: Diagnostic {
        switch self {
        case .unreachable(let url, let attempts, let reason):
            Diagnostic(
                .infrastructure, "\(url) could not be fetched (\(Self.tries(attempts))): \(reason)",
                help: "check the network, the address of the index, and proxy and certificate settings")
        case .status(let url, let code, let attempts):
            Diagnostic(
                code >= 500 || code == 429 ? .infrastructure : .user,
                "\(url) could not be fetched (\(Self.tries(attempts))): the server answered \(code)\(Self.phrase(code))",
                help: code == 404
                    ? "check the address of the index" : "try again later, or check the address of the index")
        case .refused(let url, let code, let hadCredentials):
            Diagnostic(
                .user,
                "\(url) could not be fetched: the server answered \(code)\(Self.phrase(code))"
                    + (hadCredentials ? " to the configured credentials" : " and no credentials are configured for it"),
                help: "check user and password in the index's address or in ~/.netrc")
        case .redirect(let url, let reason):
            Diagnostic(.infrastructure, "\(url) could not be fetched: \(reason)", help: "check the address of the index")
        case .tooLarge(let url, let limit):
            Diagnostic(.infrastructure, "\(url) is longer than \(limit) bytes and was not read to its end")
        case .page(let url, let reason):
            Diagnostic(
                .infrastructure, "\(url) is not a page of a package index: \(reason)",
                help: "check that the address is that of a simple API")
        case .metadata(let file, let url, let reason):
            Diagnostic(.user, "The metadata of \(file) cannot be used: \(reason)", details: ["from \(url)"])
        case .digestMismatch(let url, let expected, let found):
            Diagnostic(
                .user, "\(url) does not have the promised SHA-256 and was not used",
                details: ["expected \(expected)", "found    \(found)"],
                help: "the file was changed on its server or on its way; do not go on before you know why")
        case .hashMismatch(let url, let algorithm, let expected, let found):
            Diagnostic(
                .user, "\(url) does not have the promised \(algorithm) hash and was not used",
                details: ["expected \(expected)", "found    \(found)"],
                help: "the file was changed on its server or on its way; do not go on before you know why")
        case .uncheckableHash(let url, let algorithms):
            Diagnostic(
                .user, "\(url) cannot be checked: none of its hashes (\(algorithms.joined(separator: ", "))) is of a known kind",
                help: "give its sha256")
        case .sizeMismatch(let url, let expected, let found):
            Diagnostic(
                .user, "\(url) does not have the promised size and was not used",
                details: ["expected \(expected) bytes", "found    \(found) bytes"],
                help: "the file was changed on its server or on its way; do not go on before you know why")
        default: Diagnostic(.bug, "\(self)")
        }
    }

    /// What the cause says, and for whom and by whose wish the index was asked.
    private static func diagnostic(
        _ index: PackageIndex, _ project: PackageName, _ cause: PackageSourceError
    ) -> Diagnostic {
        var diagnostic = cause.diagnostic
        let name = index.name.map { "'\($0)', " } ?? ""
        diagnostic.details.append("asked for '\(project)'; the index (\(name)\(index.address.redacted)) comes from \(index.origin)")
        return diagnostic
    }

    private static func tries(_ count: Int) -> String { count == 1 ? "1 attempt" : "\(count) attempts" }

    private static func phrase(_ code: Int) -> String {
        switch code {
        case 401: " (not logged in)"
        case 403: " (forbidden)"
        case 404: " (not found)"
        case 407: " (the proxy wants credentials)"
        case 429: " (too many requests)"
        case 500...599: " (the server has a problem)"
        default: ""
        }
    }
}
