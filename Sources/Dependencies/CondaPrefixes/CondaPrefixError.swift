public import Archives
public import Diagnostics
public import PackageSources

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A conda package that cannot be unpacked or installed.
public enum CondaPrefixError: DiagnosticError {
    /// The archive is refused.
    case archive(ArchiveError)
    /// A file of the package's `info` is missing or has no meaning.
    case information(package: String, file: String, reason: String)
    /// The path that is written over the placeholder is too long for a binary file.
    case prefixTooLong(package: String, file: String, prefix: String, longest: Int)
    /// A path that leads out of the prefix, or that is no path.
    case unsafePath(package: String, path: String)
    /// A file of the package would stand where the environment keeps what it knows of its packages.
    case reservedPath(package: String, path: String)
    /// Two packages of one name go into an environment.
    case sameName(package: String, other: String)
    /// A file that the package says it has is not in it.
    case missingFile(package: String, path: String)
    /// What the package says is a file is a folder.
    case noFile(package: String, path: String)
    /// A program of macOS whose content was changed could not be signed; `code` is what `codesign` ended with.
    case notSigned(package: String, file: String, code: Int32)
    /// A script that the package runs when it is linked failed.
    case scriptFailed(package: String, script: String, reason: String)
    /// A Python package goes into an environment without Python.
    case noPython(package: String)
    /// The operating system refused; `code` is an `errno`.
    case system(operation: String, path: String, code: Int32)
    case cache(PackageSourceError)
    case cancelled

    public var diagnostic: Diagnostic {
        switch self {
        case .archive(let error): error.diagnostic
        case .information(let package, let file, let reason):
            Diagnostic(
                .user, "the conda package \(package) is not sound: \(file) \(reason)",
                help: "choose another build of the package, or tell its makers")
        case .prefixTooLong(let package, let file, let prefix, let longest):
            Diagnostic(
                .user, "\(file) of \(package) has room for a path of \(longest) bytes, and the environment's is longer: \(prefix)",
                help: "move the cache to a shorter path: set PENSTOCK_CACHE_DIR")
        case .unsafePath(let package, let path):
            Diagnostic(
                .user, "the conda package \(package) is not sound: its path '\(path)' leads out of the environment",
                help: "an honest package does not look like this; do not install it unless you know where it comes from")
        case .reservedPath(let package, let path):
            Diagnostic(
                .user, "the conda package \(package) is not sound: its file '\(path)' is one that every environment has of its own",
                help: "an honest package does not look like this; do not install it unless you know where it comes from")
        case .sameName(let package, let other):
            Diagnostic(
                .user, "\(other) and \(package) are two conda packages of one name, and an environment can have one of them",
                help: "leave one of them out")
        case .missingFile(let package, let path):
            Diagnostic(
                .user, "the conda package \(package) is not sound: it says that it has '\(path)', and has not",
                help: "choose another build of the package, or tell its makers")
        case .noFile(let package, let path):
            Diagnostic(
                .user, "the conda package \(package) is not sound: it says that '\(path)' is a file, and it is a folder",
                help: "choose another build of the package, or tell its makers")
        case .notSigned(let package, let file, let code):
            Diagnostic(
                .infrastructure, "\(file) of \(package) could not be signed, and macOS would not start it: codesign ended with \(code)",
                help: "see what it says: codesign --sign - --force --preserve-metadata=entitlements FILE")
        case .scriptFailed(let package, let script, let reason):
            Diagnostic(
                .user, "\(package) was linked, and its script '\(script)' failed: \(reason)",
                help: "leave the scripts of packages out with PENSTOCK_CONDA_LINK_SCRIPTS=refuse")
        case .noPython(let package):
            Diagnostic(.user, "\(package) is a Python package, and there is no Python among the conda packages", help: "ask for python too")
        case .system(let operation, let path, let code):
            Diagnostic(.infrastructure, "\(operation) \(path): \(String(cString: strerror(code)))")
        case .cache(let error): error.diagnostic
        case .cancelled: Diagnostic(.infrastructure, "installing the conda packages was cancelled")
        }
    }
}
