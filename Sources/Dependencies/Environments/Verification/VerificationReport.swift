public import Diagnostics
public import SystemPackage

/// What a verification of environments found.
public struct VerificationReport: Sendable {
    /// A file that is not what it was when it was installed.
    public struct Damage: Sendable, Hashable {
        /// Absolute.
        public var path: FilePath
        /// The project and its version; `nil` for what makes the environment one.
        public var package: String?
        public var problem: FileProblem
        /// Whether the right file is there now.
        public var isMended = false
    }

    /// Numbers of what was looked at. Files with several names are counted once for each.
    public internal(set) var environments = 0
    public internal(set) var wheels = 0
    public internal(set) var files = 0
    /// Of all files, in bytes.
    public internal(set) var bytes: Int64 = 0
    /// In the order of their paths.
    public internal(set) var damages: [Damage] = []
    /// Files in environments that no package has: put there by something else. They are left alone.
    public internal(set) var extras: [FilePath] = []
    /// Why something could not be mended.
    public internal(set) var obstacles: [EnvironmentError] = []

    /// Whether everything is right, now.
    public var isRight: Bool { damages.allSatisfy(\.isMended) && obstacles.isEmpty }
}

/// What is wrong with a file.
public enum FileProblem: Sendable, Hashable, CustomStringConvertible {
    case missing
    /// In bytes.
    case size(expected: UInt64, found: UInt64)
    /// Of the right size, with other bytes.
    case content
    /// Something else has its name: a folder, or a link.
    case kind
    /// A link that leads elsewhere.
    case target(expected: String, found: String)
    case notExecutable
    /// The operating system does not give it out; an `errno`.
    case unreadable(Int32)
    /// The list of what a wheel or an environment consists of contradicts its own checksum, or is not known.
    case listing

    /// Words that follow the path and a colon.
    public var description: String {
        switch self {
        case .missing: "is missing"
        case .size(let expected, let found): "has \(found) bytes instead of \(expected)"
        case .content: "has another content"
        case .kind: "is no file"
        case .target(let expected, let found): "leads to \(found) instead of \(expected)"
        case .notExecutable: "is not executable"
        case .unreadable(let code): "cannot be read: \(SystemMessage.text(code))"
        case .listing: "is damaged, or of another version of Penstock"
        }
    }
}

/// An environment is damaged and could not be mended.
public struct DamagedEnvironmentError: DiagnosticError {
    public var report: VerificationReport

    public init(report: VerificationReport) { self.report = report }

    public var diagnostic: Diagnostic {
        let damages = report.damages.filter { !$0.isMended }
        var details = damages.prefix(10).map { "\($0.path) \($0.problem)" }
        if damages.count > details.count { details.append("and \(damages.count - details.count) more") }
        return Diagnostic(
            .infrastructure,
            damages.count == 1
                ? "a file is damaged and could not be mended" : "\(damages.count) files are damaged and could not be mended",
            details: details, cause: report.obstacles.first,
            help: "make what hinders it go away, or remove the environment: it is made again when it is needed")
    }
}
