import Archives
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The Git checkout that a folder lies in, read from its files: no Git has to be installed.
package struct GitCheckout: Sendable {
    /// The folder that holds `.git`.
    package let worktree: FilePath
    /// The 40 or 64 digits of the commit; nothing before the first one.
    package let commit: String?
    /// Nothing when a commit rather than a branch is checked out.
    package let branch: String?
    /// The address of the remote that the branch follows, else of `origin`, without names and secrets.
    package let remote: String?
    /// `.git`, of this worktree.
    let folder: FilePath
    /// `.git` of the repository, where that has several worktrees.
    let commonFolder: FilePath

    /// Looks in a folder and those above it; `nil` when none is a checkout.
    package init?(around folder: FilePath) {
        guard let (worktree, git) = Self.find(around: folder) else { return nil }
        self.worktree = worktree
        self.folder = git
        if let common = Self.line(git.appending("commondir")) {
            commonFolder = git.pushing(FilePath(common)).lexicallyNormalized()
        } else {
            commonFolder = git
        }
        guard let head = Self.line(git.appending("HEAD")) else { return nil }
        let reference = head.hasPrefix("ref: ") ? String(head.dropFirst(5)) : nil
        branch = reference.map { $0.hasPrefix("refs/heads/") ? String($0.dropFirst(11)) : $0 }
        let places = [git, commonFolder]
        commit = reference.map { Self.commit($0, in: places) } ?? (Self.isDigest(head) ? head : nil)
        remote = Self.remote(of: branch, config: Self.text(commonFolder.appending("config")) ?? "")
    }

    /// A worktree's `.git` is a folder, or a file that says where that is.
    private static func find(around folder: FilePath) -> (worktree: FilePath, git: FilePath)? {
        var place = folder
        while true {
            let candidate = place.appending(".git")
            var status = stat()
            if stat(candidate.string, &status) == 0 {
                if status.st_mode & S_IFMT == S_IFDIR { return (place, candidate) }
                if let line = line(candidate), line.hasPrefix("gitdir: ") {
                    return (place, place.pushing(FilePath(String(line.dropFirst(8)))).lexicallyNormalized())
                }
            }
            guard place.removeLastComponent() else { return nil }
        }
    }

    // MARK: The commit

    private static func commit(_ reference: String, in places: [FilePath]) -> String? {
        var reference = reference
        // One reference may stand for another; not for long.
        for _ in 0..<5 {
            guard let line = places.compactMap({ Self.line($0.pushing(FilePath(reference))) }).first else {
                return places.compactMap { packed(reference, in: $0) }.first
            }
            if isDigest(line) { return line }
            guard line.hasPrefix("ref: ") else { return nil }
            reference = String(line.dropFirst(5))
        }
        return nil
    }

    /// A line of `packed-refs`: the digest, a space, the name.
    private static func packed(_ reference: String, in place: FilePath) -> String? {
        guard let text = text(place.appending("packed-refs")) else { return nil }
        for line in text.split(separator: "\n") where line.hasSuffix(" \(reference)") {
            let digest = line.prefix { $0 != " " }
            if isDigest(digest), line.count == digest.count + 1 + reference.count { return String(digest) }
        }
        return nil
    }

    private static func isDigest(_ text: some StringProtocol) -> Bool {
        (text.utf8.count == 40 || text.utf8.count == 64) && text.allSatisfy(\.isHexDigit)
    }

    // MARK: The remote

    private static func remote(of branch: String?, config: String) -> String? {
        let config = GitConfig(parsing: config)
        let followed = branch.flatMap { config.value("branch", $0, "remote") }
        return [followed, "origin"].compactMap { $0 }.lazy.compactMap { config.value("remote", $0, "url") }.first
            .map { GitRemoteAddress(typed: $0).withoutSecrets }
    }

    // MARK: Files

    private static func text(_ file: FilePath) -> String? {
        guard let bytes = try? WholeFile.read(file) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func line(_ file: FilePath) -> String? {
        text(file).map { String($0.prefix { $0 != "\n" && $0 != "\r\n" }) }
    }
}

/// A configuration file of Git, as far as remotes need it.
struct GitConfig {
    private var values: [[String]: String] = [:]

    init(parsing text: String) {
        var section: (name: String, part: String) = ("", "")
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.drop(while: \.isWhitespace)
            if line.hasPrefix("[") {
                let inside = line.dropFirst().prefix { $0 != "]" }
                let name = inside.prefix { !$0.isWhitespace }
                let quoted = inside.dropFirst(name.count).drop(while: \.isWhitespace)
                section = (name.lowercased(), Self.unquoted(quoted))
            } else if let equals = line.firstIndex(of: "="), !line.hasPrefix("#"), !line.hasPrefix(";") {
                let key = line[..<equals].filter { !$0.isWhitespace }.lowercased()
                values[[section.name, section.part, key]] = Self.value(line[line.index(after: equals)...])
            }
        }
    }

    func value(_ section: String, _ part: String, _ key: String) -> String? {
        values[[section, part, key]]
    }

    /// Quotes go, a backslash takes the next character as it is, a remark ends the value.
    private static func value(_ text: Substring) -> String {
        var (value, isQuoted, isEscaped) = ("", false, false)
        for character in text.drop(while: \.isWhitespace) {
            if isEscaped {
                value.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if !isQuoted, character == "#" || character == ";" {
                break
            } else {
                value.append(character)
            }
        }
        while value.last?.isWhitespace == true { value.removeLast() }
        return value
    }

    private static func unquoted(_ text: Substring) -> String { value(text) }
}

/// The address of a repository as somebody configured it.
struct GitRemoteAddress {
    let typed: String

    /// Without names, passwords, tokens and what follows a question mark: all of these may let strangers in. The name before
    /// an address of SSH is part of it and no secret.
    var withoutSecrets: String {
        guard let scheme = typed.firstRange(of: "://") else { return typed }
        let address = typed[scheme.upperBound...].prefix { $0 != "?" && $0 != "#" }
        let authority = address.prefix { $0 != "/" }
        guard let at = authority.lastIndex(of: "@") else { return String(typed[..<scheme.upperBound] + address) }
        let isSSH = typed[..<scheme.lowerBound].lowercased().hasSuffix("ssh")
        let user = isSSH ? authority[..<at].prefix { $0 != ":" } + "@" : ""
        return String(typed[..<scheme.upperBound] + user + address[address.index(after: at)...])
    }
}
