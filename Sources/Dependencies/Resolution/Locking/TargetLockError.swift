public import Diagnostics
public import PythonPackaging

/// Why the answers for several targets do not go into one lock.
public enum TargetLockError: DiagnosticError, Hashable {
    /// Two targets got different things of a package, and no marker can tell them apart.
    case indistinguishable(package: PackageName, first: TargetChoice, second: TargetChoice, difference: Difference)

    /// A target, and what was chosen of a package for it.
    public struct TargetChoice: Sendable, Hashable {
        /// `Python 3.12.0 on linux-x86_64-glibc-2.28`
        public let target: String
        /// A version, or what else there is to say of the source; `nil` for a target that does not need the package.
        public let choice: String?

        fileprivate var words: String { "\(target) gets \(choice ?? "none of it")" }
    }

    /// In what two targets differ that markers know nothing of.
    public enum Difference: Sendable, Hashable {
        case cLibrary, cLibraryVersion, systemVersion, patchVersion, globalLock, wheels

        var words: String {
            switch self {
            case .cLibrary: "the C library"
            case .cLibraryVersion: "the version of the C library"
            case .systemVersion: "the version of the system"
            case .patchVersion: "the patch number of Python"
            case .globalLock: "having a global interpreter lock"
            case .wheels: "the wheels that they can install"
            }
        }
    }

    /// Whether both targets have the package.
    var isAboutVersions: Bool {
        switch self {
        case .indistinguishable(_, let first, let second, _): first.choice != nil && second.choice != nil
        }
    }

    public var diagnostic: Diagnostic {
        switch self {
        case .indistinguishable(let package, let first, let second, let difference):
            Diagnostic(
                .user, "One lock cannot serve two of its targets, since they get different choices of \(package)",
                details: [
                    first.words, second.words,
                    "they differ only in \(difference.words), which no marker of a lock can ask for",
                ],
                help: "ask for a version of \(package) that has files for both, "
                    + "or lock one of the targets in a file of its own, pylock.NAME.toml")
        }
    }
}

extension TargetLockError.Difference {
    init(_ first: PythonTarget, _ second: PythonTarget) {
        if first.isFreeThreaded != second.isFreeThreaded {
            self = .globalLock
        } else if first.platformName == second.platformName {
            self = first.pythonVersion == second.pythonVersion ? .wheels : .patchVersion
        } else {
            let names = (try? PlatformName(parsing: first.platformName), try? PlatformName(parsing: second.platformName))
            switch (names.0?.system, names.1?.system) {
            case (.linux(.glibc), .linux(.glibc)), (.linux(.musl), .linux(.musl)): self = .cLibraryVersion
            case (.linux, .linux): self = .cLibrary
            case (.macOS, .macOS): self = .systemVersion
            default: self = .wheels
            }
        }
    }
}
