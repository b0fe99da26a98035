import Diagnostics
import PythonPackaging
import Resolution

/// A target's Python is none of those that a project or script is for.
struct RequiredPython: DiagnosticError {
    let target: PythonTarget
    let required: String

    var diagnostic: Diagnostic {
        Diagnostic(
            .user, "what is asked for is for Python \(required), and this is for Python \(target.pythonVersion)",
            help: "choose another Python with --python, or change requires-python")
    }
}

extension ReadRequest {
    /// That the files are for the Pythons that are meant.
    func check(_ targets: [PythonTarget]) throws(RequiredPython) {
        guard let requiresPython else { return }
        for target in targets where !requiresPython.contains(target.pythonVersion, prereleases: true) {
            throw RequiredPython(target: target, required: requiresPython.description)
        }
    }
}
