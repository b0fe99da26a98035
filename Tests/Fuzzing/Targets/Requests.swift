@testable import Interpreters
@testable import Resolution
import SystemPackage

extension FuzzTarget {
    static let requests: [FuzzTarget] = [
        FuzzTarget(
            name: "requirements-file",
            seeds: { ["-r other.txt\nname>=1 --hash=sha256:00 \\\n  --hash=sha256:11 # c\n-e ./x[y] ; os_name == 'nt'\n--index-url https://h/\n${VAR}\n".seed] },
            words: ["--hash=sha256:", "--extra-index-url ", "-c ", "--no-binary ", "\\\n", "${"]
        ) { _ = try? RequirementsFile($0.text, environment: ["VAR": "value"]) },
        FuzzTarget(
            name: "script",
            seeds: { ["x = 1\n# /// script\n# dependencies = [\"a\"]\n# ///\n".seed] }, words: ["# /// script\n", "# ///\n"]
        ) { _ = try? ScriptMetadata(in: $0.text) },
        FuzzTarget(name: "interpreter-request", seeds: { ["3.13t".seed, ">=3.9,<3.12".seed, "pypy3.10".seed, "cpython@3.12.1".seed, "/usr/bin/python3".seed] }) {
            guard let request = try? InterpreterRequest(parsing: $0.text) else { return }
            _ = "\(request)"
        },
        FuzzTarget(name: "interpreter-answers", seeds: { [described.seed] }, words: ["version ", "libc-version ", "layout.scripts ", "free-threaded 1"], run: readAnswers),
    ]

    private static let described = """
        version 3.11.4
        executable /bin/sh
        implementation cpython
        implementation-version 3.11.4
        implementation-title CPython
        full-version 3.11.4
        abi-flags x
        free-threaded 0
        debug 0
        prefix /usr
        pointer-bits 64
        os-name posix
        sys-platform linux
        system Linux
        machine x86_64
        libc glibc
        libc-version 2.36
        layout.purelib lib/python3.11/site-packages
        layout.platlib lib64/python3.11/site-packages
        layout.scripts bin
        """

    /// What a binary said about itself.
    @Sendable private static func readAnswers(_ bytes: [UInt8]) {
        var answers: [String: String] = [:]
        for line in bytes.parts(by: 0x0a) {
            let parts = line.text.split(separator: " ", maxSplits: 1)
            if let key = parts.first { answers[String(key)] = parts.count > 1 ? String(parts[1]) : "" }
        }
        _ = Description(answers: answers).verdict()
        guard let interpreter = Interpreter(answers: answers, executable: "/bin/sh") else { return }
        _ = (interpreter.layout, interpreter.markerEnvironment, interpreter.isFreeThreaded)
    }
}
