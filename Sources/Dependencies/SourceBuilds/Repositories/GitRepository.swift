import Digests
import Lockfiles
import SystemPackage

/// The address of a Git repository, checked.
package struct GitRepository: Sendable, Hashable {
    /// As Git is given it, with credentials perhaps.
    package let url: String
    /// Fit for locks and messages: without credentials.
    package let shown: String

    /// What tells repositories apart, whoever asks.
    var identity: String { shown }

    /// The protocols that are followed. `ext::` and the like run programs.
    private static let schemes = ["https", "http", "ssh", "git", "file"]

    var isLocal: Bool { url.hasPrefix("file:") }

    /// - Parameter url: an address as `git clone` takes it, or an absolute path; `git+` may stand before it.
    package init(_ url: String) throws(SourceBuildError) {
        var address = url.hasPrefix("git+") ? String(url.dropFirst(4)) : url
        if address.hasPrefix("/") { address = "file://\(address)" }
        shown = LockedRepository(type: "git", url: address, commitID: "").url ?? ""
        self.url = address
        guard let separator = address.firstRange(of: "://") else {
            throw failure(.address("it has no scheme; write git+https://… or git+ssh://…"))
        }
        let scheme = address[..<separator.lowerBound].lowercased()
        for system in ["hg", "svn", "bzr"] where scheme == system || scheme.hasPrefix("\(system)+") {
            throw failure(.unsupported(system))
        }
        guard Self.schemes.contains(scheme) else {
            throw failure(.address("'\(scheme)' is none of \(Self.schemes.joined(separator: ", "))"))
        }
        let rest = address[separator.upperBound...]
        // Behind `ssh://` a name that begins with a dash would be an option of ssh.
        let host = rest.split(separator: "@").last ?? rest
        guard !rest.isEmpty, !rest.hasPrefix("-"), !host.hasPrefix("-"), !address.utf8.contains(where: { $0 < 0x20 }) else {
            throw failure(.address("it is malformed"))
        }
    }

    func failure(_ problem: RepositoryFailure.Problem) -> SourceBuildError {
        .repository(RepositoryFailure(url: shown, problem: problem))
    }

    /// A text of Git's without the credentials of the address.
    package func redacting(_ text: String) -> String {
        guard url != shown else { return text }
        var result = text.replacing(url, with: shown)
        if let start = url.firstRange(of: "://"), let at = url[start.upperBound...].firstIndex(of: "@") {
            let secret = String(url[start.upperBound..<at])
            result = result.replacing(secret, with: "****")
            for part in secret.split(separator: ":").dropFirst() where part.count > 3 {
                result = result.replacing(String(part), with: "****")
            }
        }
        return result
    }
}

/// A commit of a repository, by its full name.
struct GitCommit: Sendable, Hashable {
    var repository: GitRepository
    /// 40 or 64 hexadecimal digits.
    var id: String
    /// The branch, tag or commit that was asked for.
    var requested: String?
}

/// What can be a branch, a tag or a commit.
package struct GitRevision: Sendable, Hashable {
    package let text: String

    /// `nil` for what can be none (git check-ref-format), and for what Git would take as an option or an expression.
    package init?(_ text: String) {
        let forbidden = Set(" ~^:?*[\\".utf8)
        guard !text.isEmpty, text.utf8.count <= 250, !text.hasPrefix("-"), !text.hasPrefix("/"), !text.hasSuffix("/"),
            !text.hasSuffix("."), !text.hasSuffix(".lock"), !text.contains(".."), !text.contains("//"), !text.contains("@{"),
            text != "@", text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f && !forbidden.contains($0) })
        else { return nil }
        self.text = text
    }

    private var isHexadecimal: Bool { text.utf8.allSatisfy { Self.digits.contains($0) } }
    private static let digits = Set("0123456789abcdefABCDEF".utf8)

    /// Whether it names a commit in full.
    package var isFullCommit: Bool { isHexadecimal && (text.utf8.count == 40 || text.utf8.count == 64) }

    /// Whether it may be the beginning of a commit's name.
    var mayBeShortCommit: Bool { isHexadecimal && text.utf8.count >= 4 }
}
