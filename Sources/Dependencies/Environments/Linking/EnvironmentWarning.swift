import CondaPrefixes

/// Something that is odd about an environment although it was built.
public enum EnvironmentWarning: Sendable, Hashable, CustomStringConvertible {
    /// Several packages have this file with different content; the last one's is there.
    case sharedPath(path: String, packages: [String])
    /// Two conda packages have this file; the other's is kept aside, below `__clobbers__`.
    case condaClobber(path: String, owner: String, other: String)
    /// Scripts that conda packages run when they are installed were not run.
    case linkScripts(packages: [String])
    /// What conda packages need is there only because variables say so.
    case machine(needs: [String])

    public var description: String {
        switch self {
        case .condaClobber(let path, let owner, let other):
            "\(owner) and \(other) both have a file '\(path)'; the one of \(owner) is used"
        case .linkScripts(let packages):
            "scripts that \(packages.joined(separator: ", ")) would run on being installed were not run; "
                + "PENSTOCK_CONDA_LINK_SCRIPTS=run runs them"
        case .machine(let needs):
            "\(needs.joined(separator: "; ")); installed all the same, since CONDA_OVERRIDE_… says so"
        case .sharedPath(let path, let packages):
            "\(packages.joined(separator: ", ")) all have a file '\(path)', with different content; "
                + "the one of \(packages.last ?? "the last") is used"
        }
    }
}

extension EnvironmentWarning {
    /// What is odd about how conda packages were linked.
    ///
    /// - Parameter linkScripts: what became of the scripts.
    static func all(of report: PrefixReport, linkScripts: LinkScriptPolicy) -> [EnvironmentWarning] {
        var warnings = report.clobbered.map { EnvironmentWarning.condaClobber(path: $0.path, owner: $0.owner, other: $0.other) }
        if linkScripts == .refuse, !report.refusedScripts.isEmpty { warnings.append(.linkScripts(packages: report.refusedScripts)) }
        return warnings
    }
}
