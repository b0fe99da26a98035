import Glibc

/// A program that takes the place of this one.
struct Program {
    /// The name or path of the program, and its arguments.
    var words: [String]
    var environment: [String: String]

    /// Why the program did not begin.
    struct Failure {
        var reason: String
        /// As shells have it: 127 where there is no such program, otherwise 126.
        var exitCode: Int32
    }

    /// Returns only if that fails. A name without a slash is looked for on the `PATH` of `environment`.
    func become() -> Failure {
        guard let name = words.first, !name.isEmpty else { return Failure(reason: "no program was named", exitCode: 127) }
        guard let path = name.contains("/") ? name : Self.find(name, environment) else {
            return Failure(reason: "there is no such program on the PATH", exitCode: 127)
        }
        signal(SIGPIPE, SIG_DFL)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") }
        variables.append(nil)
        execve(path, arguments, variables)
        let code = errno
        for pointer in arguments + variables { free(pointer) }
        return Failure(reason: String(cString: strerror(code)), exitCode: code == ENOENT ? 127 : 126)
    }

    /// The path of a program on the `PATH`.
    static func find(_ name: String, _ environment: [String: String]) -> String? {
        (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").lazy.map { "\($0)/\(name)" }.first { isExecutable($0) }
    }

    static func isExecutable(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR && access(path, X_OK) == 0
    }
}
