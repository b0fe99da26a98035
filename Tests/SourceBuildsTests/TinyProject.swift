import Archives
import Digests
import PythonPackaging
import SystemPackage
import TestSupport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A project of a few lines with a build backend of its own in it, so that no build needs a network.
struct TinyProject {
    var name: String
    var version: String
    /// Contents by path.
    var files: [String: String] = [:]
    var requires: [String] = []
    /// What its wheel asks for.
    var requiresDist: [String] = []
    /// Python that is run when the backend is loaded, behind the definitions of its hooks.
    var twist = ""
    /// Lines of `[project]`.
    var projectTable = ""

    init(_ name: String, _ version: String = "1.0") {
        self.name = name
        self.version = version
    }

    var stem: String { "\(name)-\(version)" }

    /// Everything that is in its folder.
    var allFiles: [String: String] {
        var all = files
        let needs = requires.map { "\"\($0)\"" }.joined(separator: ", ")
        all["pyproject.toml", default: ""] += """
            \(projectTable)
            [build-system]
            requires = [\(needs)]
            build-backend = "backend"
            backend-path = ["."]

            """
        all["backend.py"] = Self.backend(name, version, requiresDist) + twist
        all["\(name).py"] = "value = '\(version)'\n"
        return all
    }

    /// Writes the files into a folder that is made.
    func write(to folder: FilePath) throws {
        for (path, content) in allFiles { try Self.write(content, to: folder.pushing(FilePath(path))) }
    }

    static func write(_ content: String, to path: FilePath) throws {
        var folder = FilePath("/")
        for part in path.removingLastComponent().components {
            folder.append(part)
            mkdir(folder.string, 0o755)
        }
        let file = try FileDescriptor.open(path, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        try file.closeAfter { _ = try file.writeAll(Array(content.utf8)) }
    }

    /// A `.tar.gz` with one folder at its top.
    func sdist(packageInfo: String? = nil) throws -> [UInt8] {
        var tar = TarWriter()
        for (path, content) in allFiles { try tar.addFile(try EntryPath(parsing: "\(stem)/\(path)"), Array(content.utf8)) }
        if let packageInfo { try tar.addFile(try EntryPath(parsing: "\(stem)/PKG-INFO"), Array(packageInfo.utf8)) }
        return Gzip.compress(tar.finish())
    }

    private static func backend(_ name: String, _ version: String, _ requires: [String]) -> String {
        let lines = requires.map { "Requires-Dist: \($0)\\n" }.joined()
        return #"""
            import base64, hashlib, os, sys, zipfile

            NAME, VERSION = "\#(name)", "\#(version)"
            INFO = NAME + "-" + VERSION + ".dist-info"
            METADATA = "Metadata-Version: 2.1\nName: " + NAME + "\nVersion: " + VERSION + "\n\#(lines)"
            COUNT = os.environ.get("COUNT_BUILDS")


            def note(what):
                print("hook", what)
                if COUNT:
                    with open(COUNT, "a") as file:
                        file.write(what + "\n")


            def write_wheel(folder, files, name=None):
                files = dict(files)
                files[INFO + "/METADATA"] = METADATA
                files[INFO + "/WHEEL"] = "Wheel-Version: 1.0\nGenerator: tiny\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
                record = ""
                name = name or NAME + "-" + VERSION + "-py3-none-any.whl"
                with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
                    for path, content in files.items():
                        content = content.encode()
                        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
                        record += "%s,sha256=%s,%d\n" % (path, digest, len(content))
                        wheel.writestr(path, content)
                    wheel.writestr(INFO + "/RECORD", record + INFO + "/RECORD,,\n")
                return name


            def modules():
                return {path: open(path).read() for path in os.listdir(".") if path == NAME + ".py"}


            def get_requires_for_build_wheel(config_settings=None):
                return []


            def prepare_metadata_for_build_wheel(folder, config_settings=None):
                note("metadata")
                os.mkdir(os.path.join(folder, INFO))
                with open(os.path.join(folder, INFO, "METADATA"), "w") as file:
                    file.write(METADATA)
                return INFO


            def build_wheel(folder, config_settings=None, metadata_directory=None):
                note("wheel")
                return write_wheel(folder, modules())


            def build_editable(folder, config_settings=None, metadata_directory=None):
                note("editable")
                return write_wheel(folder, {"__editable__." + NAME + ".pth": os.getcwd() + "\n"})


            """#
    }
}
