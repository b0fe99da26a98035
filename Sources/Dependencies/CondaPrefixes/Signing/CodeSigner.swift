import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Signs programs anew whose content was changed: macOS ends one at its start whose signature does not fit.
///
/// The signature names nobody ("ad hoc"), as that of the linker does which packages are built with; what the program is
/// entitled to is kept.
struct CodeSigner: Sendable {
    /// `codesign`, which belongs to macOS.
    let program: FilePath

    /// The one of this system; `nil` where programs need no signature.
    static var own: CodeSigner? {
        #if os(macOS)
        CodeSigner(program: "/usr/bin/codesign")
        #else
        nil
        #endif
    }

    /// Signs a file. Blocks.
    func sign(_ file: FilePath, of package: String) throws(CondaPrefixError) {
        // A shell, since it is short to say that nothing is to be printed.
        let words = [
            "/bin/sh", "-c", "exec \"$@\" >/dev/null 2>&1", "sh", program.string, "--sign", "-", "--force",
            "--preserve-metadata=entitlements", file.string,
        ]
        let code = Self.run(words)
        guard code == 0 else { throw .notSigned(package: package, file: file.string, code: code) }
    }

    /// Runs a program to its end, and returns what it ended with; 127 where it could not be started.
    private static func run(_ words: [String]) -> Int32 {
        var arguments = words.map { strdup($0) } + [nil]
        var environment = [strdup("PATH=/usr/bin:/bin"), nil]
        defer { for text in arguments + environment { free(text) } }
        var process: pid_t = 0
        guard posix_spawn(&process, words[0], nil, nil, &arguments, &environment) == 0 else { return 127 }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { return 127 }
        }
        // As the shell tells it: a signal counts from 128.
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }
}
