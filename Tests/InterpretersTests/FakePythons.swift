import FoundationEssentials
import Interpreters
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A folder of shell scripts that describe themselves as Pythons and count how often they are run.
final class FakePythons: Sendable {
    let root: FilePath

    init() throws {
        var template = Array("/tmp/penstock-interpreters-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil, let real = realpath(template, nil) else { throw POSIXError(.EIO) }
        defer { free(real) }
        root = FilePath(String(cString: real))
    }

    deinit { try? FileManager.default.removeItem(atPath: root.string) }

    func path(_ relative: String) -> FilePath { root.pushing(FilePath(relative)) }

    /// What a usual CPython answers, with some answers of one's own.
    struct Answers {
        var version: String
        var implementation = "cpython"
        var freeThreaded = false
        var debug = false
        var index: String? = "https://index.example/simple"
    }

    /// Puts a fake at a path below `root`.
    @discardableResult
    func add(_ relative: String, _ answers: Answers) throws -> FilePath {
        let path = path(relative)
        let series = answers.version.split(separator: ".").prefix(2).joined(separator: ".")
        let description: [String: String] = [
            "version": answers.version, "executable": path.string, "implementation": answers.implementation,
            "implementation-version": answers.implementation == "pypy" ? "7.3.17" : answers.version,
            "implementation-title": answers.implementation == "pypy" ? "PyPy" : "CPython",
            "full-version": answers.version, "abi-flags": answers.freeThreaded ? "t" : "",
            "free-threaded": answers.freeThreaded ? "1" : "0", "debug": answers.debug ? "1" : "0",
            "prefix": path.removingLastComponent().removingLastComponent().string, "pointer-bits": "64",
            "os-name": "posix", "sys-platform": "linux", "system": "Linux", "machine": "x86_64", "libc": "glibc",
            "libc-version": "2.36", "layout.purelib": "lib/python\(series)/site-packages",
            "layout.platlib": "lib/python\(series)/site-packages", "layout.scripts": "bin",
        ]
        let index = answers.index.map { ["index": $0] } ?? ["reason": "it has neither pip nor ensurepip"]
        try add(
            relative,
            script: """
                /bin/cat <<'END'
                noise of a wrapper
                penstock-describes:\(try Self.json(description))
                penstock-index:\(try Self.json(index))
                END
                """)
        return path
    }

    /// Puts a program at a path below `root`; every run adds a line to the file `runs`.
    func add(_ relative: String, script: String) throws {
        let path = path(relative)
        try FileManager.default.createDirectory(
            atPath: path.removingLastComponent().string, withIntermediateDirectories: true)
        let text = "#!/bin/sh\necho run >> '\(root.string)/runs'\n\(script)\n"
        try Data(text.utf8).write(to: URL(filePath: path.string))
        chmod(path.string, 0o755)
    }

    /// How many times any fake was run.
    var runs: Int {
        guard let text = try? String(contentsOfFile: path("runs").string, encoding: .utf8) else { return 0 }
        return text.split(separator: "\n").count
    }

    /// A finder that sees only this folder: its `bin` is the search path, its `home` the home.
    func finder(
        launching: String? = nil, patience: Duration = .seconds(30), _ variables: [String: String] = [:]
    ) -> InterpreterFinder {
        var environment = ["PATH": "\(root)/bin", "HOME": "\(root)/home"]
        environment.merge(variables) { $1 }
        return InterpreterFinder(
            environment: environment, cacheFolder: path("cache"), launching: launching.map(path), patience: patience,
            distributionFolders: [])
    }

    private static func json(_ value: [String: String]) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }
}
