import Diagnostics
import FoundationEssentials
import Lockfiles
import PythonPackaging
import SystemPackage

/// An environment as Jupyter's notebooks offer it (the kernelspec of jupyter_client).
struct JupyterKernel {
    /// How notebooks show it.
    let title: String
    let root: FilePath
    let python: FilePath

    /// The file `kernel.json`.
    private struct Specification: Encodable {
        var argv: [String]
        var displayName: String
        var language = "python"
        var env: [String: String]
        var metadata = ["debugger": true]

        enum CodingKeys: String, CodingKey {
            case argv, language, env, metadata
            case displayName = "display_name"
        }
    }

    /// That the environment will be able to be one.
    static func check(_ lock: PyLock, added: [String]) throws {
        let isAdded = added.contains { $0.lowercased().hasPrefix("ipykernel") }
        guard isAdded || lock.packages.contains(where: { $0.name.description == "ipykernel" }) else { throw NoKernelPackage() }
    }

    /// Puts it where Jupyter looks for kernels of this person; gives its folder. Blocks.
    func register(environment: [String: String]) throws -> FilePath {
        let folder = Self.dataFolder(environment).appending("kernels").appending(name)
        // The variables of the notebook server must not let other packages in.
        let specification = Specification(
            argv: [python.string, "-m", "ipykernel_launcher", "-f", "{connection_file}"], displayName: title,
            env: [
                "VIRTUAL_ENV": root.string, "PATH": root.appending("bin").string + ":${PATH}", "PYTHONNOUSERSITE": "1",
                "PYTHONPATH": "",
            ])
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(specification), as: UTF8.self) + "\n"
        do {
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        } catch {
            throw FileError.cannotWrite(path: folder.string, reason: "the folder cannot be made")
        }
        try OutputFile(folder.appending("kernel.json").string).write(text.utf8)
        return folder
    }

    /// Letters, digits and `. _ -` only, in lower case.
    private var name: String {
        let letters = title.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "-" }
        return "penstock-" + String(letters)
    }

    /// `JUPYTER_DATA_DIR`, else where jupyter_core has it on this system.
    private static func dataFolder(_ environment: [String: String]) -> FilePath {
        if let folder = environment["JUPYTER_DATA_DIR"], !folder.isEmpty { return FilePath(AbsolutePath(folder).text) }
        #if os(macOS)
        return FilePath(HomeFolder.expand("~/Library/Jupyter", environment))
        #else
        let data = environment["XDG_DATA_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "~/.local/share"
        return FilePath(HomeFolder.expand(data, environment)).appending("jupyter")
        #endif
    }
}

/// A kernel needs a package that the environment does not have.
private struct NoKernelPackage: DiagnosticError {
    var diagnostic: Diagnostic {
        Diagnostic(
            .user, "the environment has no ipykernel, which Jupyter needs to run Python in it",
            help: "add --with ipykernel: it is put beside the packages of the lock, which stay as they are")
    }
}
