package import Diagnostics

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Why something that Metaflow keeps cannot be read.
package struct MetaflowStoreError: DiagnosticError {
    package enum Fault: Sendable, Hashable {
        /// The operating system refused; the number is an `errno`.
        case system(Int32)
        /// It is not what Metaflow writes.
        case malformed
        /// A value is not there.
        case missing(sha: String)
        /// A value is not what was stored; the text says how it shows.
        case damaged(sha: String, String)
        /// A newer Metaflow has stored it in a way that is not known here.
        case newer(version: Int)
        /// It was stored elsewhere than on this machine.
        case elsewhere(String)
    }

    /// The file or folder.
    package var path: String
    package var fault: Fault

    package init(path: String, _ fault: Fault) {
        self.path = path
        self.fault = fault
    }

    package var diagnostic: Diagnostic {
        switch fault {
        case .system(let code):
            Diagnostic(.infrastructure, "\(path) cannot be read: \(String(cString: strerror(code)))")
        case .malformed:
            Diagnostic(.infrastructure, "\(path) is not what Metaflow writes", help: "restore the file from a backup")
        case .missing(let sha):
            Diagnostic(.infrastructure, "\(path) does not hold the value \(sha)", help: "restore the folder from a backup")
        case .damaged(let sha, let how):
            Diagnostic(.infrastructure, "\(path) is damaged: the value \(sha) \(how)", help: "restore the file from a backup")
        case .newer(let version):
            Diagnostic(
                .user, "\(path) was stored by a newer Metaflow (version \(version) of its format)",
                help: "read it with Metaflow, or update Penstock")
        case .elsewhere(let type):
            Diagnostic(
                .user, "the values of \(path) are not on this machine: they are in a datastore of type '\(type)'",
                help: "read them with Metaflow")
        }
    }
}
