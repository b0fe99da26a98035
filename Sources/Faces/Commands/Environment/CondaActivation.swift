import FoundationEssentials
import SystemPackage

/// What being in an environment of conda packages means besides its programs: the variables that conda sets, and the scripts that
/// packages have for it in `etc/conda/activate.d`.
struct CondaActivation {
    private let root: FilePath

    /// `nil` for an environment without conda packages.
    init?(of root: FilePath) {
        guard FileManager.default.fileExists(atPath: root.appending("conda-meta").string) else { return nil }
        self.root = root
    }

    var variables: [String: String] {
        ["CONDA_PREFIX": root.string, "CONDA_DEFAULT_ENV": root.string, "CONDA_SHLVL": "1"]
    }

    /// The scripts in the order of their names, as conda has it.
    var scripts: [String] {
        let folder = root.pushing("etc/conda/activate.d")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? []
        return names.filter { $0.hasSuffix(".sh") }.sorted().map { folder.appending($0).string }
    }

    /// A command that runs the scripts and then becomes another; that one itself where there are none.
    func words(_ words: [String]) -> [String] {
        let scripts = scripts
        if scripts.isEmpty { return words }
        // The number of scripts comes first, then they, then the command.
        let program = """
            count=$1; shift
            while [ "$count" -gt 0 ]; do . "$1"; shift; count=$((count - 1)); done
            exec "$@"
            """
        return ["/bin/sh", "-c", program, "sh", "\(scripts.count)"] + scripts + words
    }
}
