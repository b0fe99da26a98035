import Interpreters
import PythonPackaging
import SystemPackage

/// What makes a folder a virtual environment (PEP 405), before anything is installed in it.
struct EnvironmentFrame: Sendable {
    var interpreter: Interpreter

    /// Makes the folders, the links to the interpreter and `pyvenv.cfg`.
    func make(in root: borrowing Folder) throws(EnvironmentError) {
        let layout = interpreter.layout
        try root.make(layout.scripts)
        try root.make(layout.pureLibrary)
        for link in links { try root.symlink(link.path, to: link.target) }
        try root.write(Array(configuration.utf8), to: Self.configurationName)
    }

    static let configurationName = "pyvenv.cfg"

    /// The links, by their paths relative to the root.
    var links: [(path: String, target: String)] {
        let scripts = interpreter.layout.scripts
        var links = [("\(scripts)/python", interpreter.baseExecutable.string)]
        links += otherNames.map { ("\(scripts)/\($0)", "python") }
        if let alias = interpreter.layout.libraryAlias { links.append((alias, "lib")) }
        return links
    }

    private var otherNames: [String] {
        let version = interpreter.version
        let series = "\(version.major).\(version.minor)\(interpreter.isFreeThreaded ? "t" : "")"
        let own = interpreter.implementation == "pypy" ? ["pypy", "pypy3"] : []
        return ["python3", "python\(series)"] + own
    }

    // The step sees what is in its lock and nothing of the system's packages.
    var configuration: String {
        """
        home = \(interpreter.baseExecutable.removingLastComponent())
        implementation = \(interpreter.markerEnvironment.platformPythonImplementation)
        version = \(interpreter.markerEnvironment.pythonFullVersion)
        include-system-site-packages = false

        """
    }
}
