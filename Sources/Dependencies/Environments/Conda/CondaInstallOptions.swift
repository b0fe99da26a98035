public import Diagnostics

/// What becomes of the scripts that conda packages run when they are installed (`post-link`).
public enum LinkScriptPolicy: String, Sendable, Hashable, Codable, CaseIterable {
    /// They run, after their package was linked and before the folder becomes an environment. They are programs of the
    /// channel, and can do what the person can.
    case run
    /// They do not run, and their packages are named.
    case refuse
}

/// How conda packages are installed, as far as the person decides it.
public struct CondaInstallOptions: Sendable, Hashable {
    /// Default: refuse.
    public var linkScripts = LinkScriptPolicy.refuse
    /// Variables `CONDA_OVERRIDE_…`, which change what the machine is taken to have; default: none.
    public var overrides: [String: String] = [:]

    public init() {}

    /// What the variables of the process say: `PENSTOCK_CONDA_LINK_SCRIPTS` and `CONDA_OVERRIDE_…`.
    ///
    /// - Parameter linkScripts: what the command line says, which goes before the variable.
    /// - Throws: For a word that is no policy.
    public init(
        environment: [String: String], linkScripts: LinkScriptPolicy? = nil
    ) throws(LinkScriptPolicyError) {
        // The search path is for the program of the driver that tells of devices.
        overrides = environment.filter { $0.key.hasPrefix("CONDA_OVERRIDE_") || $0.key == "PATH" }
        let word = environment[Self.variable] ?? ""
        if let linkScripts {
            self.linkScripts = linkScripts
        } else if !word.isEmpty {
            guard let policy = LinkScriptPolicy(rawValue: word) else { throw LinkScriptPolicyError(value: word) }
            self.linkScripts = policy
        }
    }

    static let variable = "PENSTOCK_CONDA_LINK_SCRIPTS"
}

/// `PENSTOCK_CONDA_LINK_SCRIPTS` says something that it cannot.
public struct LinkScriptPolicyError: DiagnosticError, Hashable {
    public let value: String

    public var diagnostic: Diagnostic {
        Diagnostic(
            .user, "\(CondaInstallOptions.variable) is '\(value)', which is neither 'run' nor 'refuse'",
            help: "correct it, or take it away: then scripts of conda packages are not run")
    }
}
