public import CondaPackaging
public import Diagnostics
public import Digests
public import Lockfiles
import PackageSources

/// Why an environment could not be built.
public enum EnvironmentError: DiagnosticError {
    /// The lock is not for the interpreter, or holds what cannot be installed.
    case lock(LockError)
    /// A wheel did not arrive as it was locked.
    case notFetched(wheel: String, cause: any Error)
    /// There is no wheel of a package, and none could be built.
    case notBuilt(package: String, cause: any Error)
    /// A wheel is not what it claims to be, or not what can be installed.
    case refused(wheel: String, WheelFault)
    /// Two packages cannot stand in one environment: one has a file where the other has a folder.
    case collision(path: String, packages: [String])
    /// A conda package could not be unpacked or linked, or its Python does not run.
    case conda(cause: any Error)
    /// This machine does not have what conda packages need of it.
    case machine([UnmetNeed])
    /// A variable `CONDA_OVERRIDE_…` says something that it cannot.
    case machineVariable(VirtualPackageOverrideError)
    /// The operating system refused; `code` is an `errno`.
    case system(operation: String, path: String, code: Int32)
    /// The cache cannot be used.
    case cache(cause: any Error)
    case cancelled

    public var diagnostic: Diagnostic {
        switch self {
        case .lock(let error): error.diagnostic
        case .notFetched(let wheel, let cause):
            Diagnostic(
                (cause as? any DiagnosticError)?.diagnostic.failure ?? .infrastructure,
                "\(wheel) could not be fetched", details: ["nothing was installed"], cause: cause,
                help: (cause as? any DiagnosticError)?.diagnostic.help)
        case .notBuilt(let package, let cause):
            (cause as? any DiagnosticError)?.diagnostic
                ?? Diagnostic(
                    .infrastructure, "\(package) could not be built", details: ["nothing was installed"], cause: cause)
        case .refused(let wheel, let fault):
            Diagnostic(
                .user, "\(wheel) is refused: \(fault.reason)", details: ["nothing was installed"],
                cause: fault.cause,
                help: "tell the project that made it, or choose another version of it")
        case .collision(let path, let packages):
            Diagnostic(
                .user, "\(packages.joined(separator: " and ")) cannot be in one environment",
                details: ["'\(path)' is a file of one and a folder of the other"])
        case .conda(let cause):
            (cause as? any DiagnosticError)?.diagnostic
                ?? Diagnostic(.infrastructure, "the conda packages could not be installed", cause: cause)
        case .machine(let needs):
            Diagnostic(
                .user, "the conda packages of the lock are not for this machine", details: needs.map(\.description) + ["nothing was installed"],
                help: "lock anew for this machine, or install on one that has it; if this one has it, say so: \(Self.override(needs))")
        case .machineVariable(let error):
            Diagnostic(.user, error.description, help: "correct it, or take it away")
        case .system(let operation, let path, let code):
            Diagnostic(
                .infrastructure, "cannot \(operation) \(path): \(SystemMessage.text(code))",
                help: SystemMessage.help(code))
        case .cache(let cause): Diagnostic(.infrastructure, "the cache cannot be used", cause: cause)
        case .cancelled:
            Diagnostic(.user, "building the environment was cancelled")
        }
    }
}

extension EnvironmentError {
    /// `CONDA_OVERRIDE_CUDA=12.4`
    private static func override(_ needs: [UnmetNeed]) -> String {
        guard let need = needs.first else { return "" }
        let name = need.name.description.drop { $0 == "_" }.uppercased()
        return "set CONDA_OVERRIDE_\(name) to the \(name == "ARCHSPEC" ? "name of its processor" : "version")"
    }

    /// What the cache says, in our words.
    init(_ error: PackageSourceError) {
        switch error {
        case .cancelled: self = .cancelled
        case .cache(let operation, let path, let code): self = .system(operation: operation, path: path, code: code)
        default: self = .cache(cause: error)
        }
    }
}

/// What is wrong with a wheel.
public enum WheelFault: Error, Sendable {
    /// The archive itself is refused.
    case archive(any Error)
    /// There is no folder `<name>-<version>.dist-info`, or more than one.
    case distInfo(found: [String])
    /// The metadata speaks of another project or version.
    case otherProject(found: String)
    /// A file of `.dist-info` is missing or cannot be read.
    case metadata(file: String, reason: String)
    /// The wheel is of a later format.
    case formatVersion(String)
    /// RECORD names a file that is not there.
    case absent(path: String)
    /// Some file systems take this file for another one.
    case clash(path: String, with: String)
    /// Two files go to one place.
    case samePlace(path: String)
    /// A `.data` folder whose name is not that of `.dist-info`.
    case dataFolder(String)
    /// A file of `.data` that would speak for another project.
    case foreignMetadata(path: String)
    /// RECORD does not mention this file.
    case unrecorded(path: String)
    /// The file is not the one that RECORD describes.
    case contradictsRecord(path: String)
    /// RECORD names a hash that is too weak or unknown.
    case hashAlgorithm(path: String, algorithm: String)
    /// A folder in `.data` that is no installation scheme.
    case scheme(String)
    /// A file would take the place of one that makes the environment what it is.
    case reserved(path: String)
    /// An entry point that is no script.
    case entryPoint(String)
    /// It lies on this machine and is not the one that was locked.
    case wrongDigest(expected: SHA256Digest, found: SHA256Digest)

    /// Words that follow "is refused:".
    public var reason: String {
        switch self {
        case .archive: "its archive is not sound"
        case .distInfo(let found):
            found.isEmpty
                ? "it has no .dist-info folder"
                : "it has several .dist-info folders: \(found.joined(separator: ", "))"
        case .otherProject(let found): "it holds \(found)"
        case .metadata(let file, let reason): "its \(file) \(reason)"
        case .formatVersion(let version): "it is of wheel format \(version), which is not known"
        case .absent(let path): "its RECORD names '\(path)', which is not there"
        case .clash(let path, let other): "'\(path)' and '\(other)' have one name where case does not count"
        case .samePlace(let path): "it has a second file for the place of '\(path)'"
        case .dataFolder(let name): "its folder '\(name)' is not called like its .dist-info folder"
        case .foreignMetadata(let path): "'\(path)' would be the metadata of another project"
        case .unrecorded(let path): "its RECORD does not mention '\(path)'"
        case .contradictsRecord(let path): "'\(path)' is not the file that its RECORD describes"
        case .hashAlgorithm(let path, let algorithm): "its RECORD uses the hash '\(algorithm)' for '\(path)'"
        case .scheme(let name): "it has files for '\(name)', which is no place in an environment"
        case .reserved(let path): "it would replace '\(path)' of the environment"
        case .entryPoint(let text): "its entry point '\(text)' is no script"
        case .wrongDigest(let expected, let found): "its SHA-256 is \(found), and the lock says \(expected)"
        }
    }

    var cause: (any Error)? {
        if case .archive(let error) = self { error } else { nil }
    }
}
