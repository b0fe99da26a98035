import Interpreters
import PythonPackaging
import SystemPackage

/// What makes a folder a virtual environment (PEP 405), before anything is installed in it.
struct EnvironmentFrame: Sendable {
    var interpreter: Interpreter

    /// Makes the folders, the links to the interpreter and `pyvenv.cfg`.
    func make(in root: borrowing Folder) throws(EnvironmentError) {
        let layout = interpreter.layout
        let scripts = try root.folder(layout.scripts)
        try root.make(layout.pureLibrary)
        try scripts.symlink("python", to: interpreter.baseExecutable.string)
        for name in otherNames { try scripts.symlink(name, to: "python") }
        if let alias = layout.libraryAlias { try root.symlink(alias, to: "lib") }
        try root.write(Array(configuration.utf8), to: "pyvenv.cfg")
    }

    private var otherNames: [String] {
        let version = interpreter.version
        let series = "\(version.major).\(version.minor)\(interpreter.isFreeThreaded ? "t" : "")"
        let own = interpreter.implementation == "pypy" ? ["pypy", "pypy3"] : []
        return ["python3", "python\(series)"] + own
    }

    // The step sees what is in its lock and nothing of the system's packages.
    private var configuration: String {
        """
        home = \(interpreter.baseExecutable.removingLastComponent())
        implementation = \(interpreter.markerEnvironment.platformPythonImplementation)
        version = \(interpreter.markerEnvironment.pythonFullVersion)
        include-system-site-packages = false

        """
    }
}
