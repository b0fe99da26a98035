import SystemPackage

/// The variables of programs that run in an environment: the person's, without what would let other packages in.
struct IsolatedVariables {
    let values: [String: String]

    init(_ environment: [String: String], in root: FilePath) {
        var isolated = environment.filter { name, _ in
            !name.hasPrefix("PYTHON") && !name.hasPrefix("_PYTHON") && name != "__PYVENV_LAUNCHER__"
        }
        isolated["PYTHONNOUSERSITE"] = "1"
        isolated["VIRTUAL_ENV"] = root.string
        isolated["PATH"] = root.appending("bin").string + (environment["PATH"].map { ":" + $0 } ?? "")
        if let conda = CondaActivation(of: root) { isolated.merge(conda.variables) { $1 } }
        values = isolated
    }
}
