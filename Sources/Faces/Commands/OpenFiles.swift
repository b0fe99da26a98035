import Diagnostics
import Glibc

/// How many files this process may have open at a time.
enum OpenFiles {
    /// As much as Linux allows by default; more would be news to the programs that tasks start.
    private static let usual: rlim_t = 1024
    /// Connections, event loops and pipes need some before the first package is there.
    private static let least: rlim_t = 64

    /// Sees to it that there are enough: raises the limit as far as the system lets us.
    ///
    /// - Throws: `TooFewOpenFiles` where that is not far enough to begin.
    static func allowEnough() throws(TooFewOpenFiles) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < usual else { return }
        limit.rlim_cur = min(usual, limit.rlim_max)
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        if limit.rlim_cur < least { throw TooFewOpenFiles(allowed: UInt64(limit.rlim_cur), needed: UInt64(least)) }
    }
}

/// The system allows too few open files to do anything.
struct TooFewOpenFiles: DiagnosticError {
    let allowed: UInt64
    let needed: UInt64

    var diagnostic: Diagnostic {
        Diagnostic(
            .infrastructure, "a process may have no more than \(allowed) files open here; \(needed) are needed",
            help: "allow more open files (ulimit -n)")
    }
}
