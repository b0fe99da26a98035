/// A direct reference as it was read, with the name that it gives to the package.
public struct ReadReference: Hashable, Sendable {
    public var reference: DirectReference
    /// By `#egg=NAME`, or by the name of the file.
    public var name: PackageName?
    /// Those of `#egg=NAME[extra]`.
    public var extras: [ExtraName] = []

    /// Reads a URL or a path: what may follow `NAME @` in a requirement, or stand in its place.
    ///
    /// - `https:`, `http:` and `file:` URLs of archives, with `#sha256=…`, `subdirectory=` and `egg=`;
    /// - `git+https:`, `git+http:`, `git+ssh:`, `git+git:` and `git+file:` URLs, with `@revision` at the end of the path;
    /// - `file:` URLs and paths of folders and archives. A path is taken for an archive if it ends like one.
    ///
    /// - Parameters:
    ///   - folder: where relative paths begin; absolute. Without one they are refused.
    ///   - home: what `~` stands for.
    ///   - isEditable: whether `-e` stood before it.
    public init(
        parsing text: some StringProtocol, below folder: String? = nil, home: String? = nil, isEditable: Bool = false
    ) throws(DirectReferenceError) {
        let reader = DirectReferenceReader(
            text: String(text.stripped), folder: folder, home: home, isEditable: isEditable)
        self = try reader.read()
    }

    init(_ reference: DirectReference, fragment: ReferenceFragment = ReferenceFragment()) {
        self.reference = reference
        name = fragment.name
        extras = fragment.extras
        if name == nil, case .archive(let archive) = reference { name = archive.distribution?.name }
    }
}

extension DirectReference {
    /// Reads a URL or a path; see `ReadReference`.
    public init(parsing text: some StringProtocol, below folder: String? = nil) throws(DirectReferenceError) {
        self = try ReadReference(parsing: text, below: folder).reference
    }
}

private struct DirectReferenceReader {
    let text: String
    let folder: String?
    let home: String?
    let isEditable: Bool

    private static let otherSystems = ["hg": "Mercurial", "svn": "Subversion", "bzr": "Bazaar"]

    func read() throws(DirectReferenceError) -> ReadReference {
        if text.isEmpty { throw error(.empty) }
        if text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) { throw error(.controlCharacter) }
        if let instead = repositoryURL(for: text) { throw error(.repositoryAddress(instead: instead)) }
        guard let parts = URLParts(text) else { return try path(text) }
        if let plus = parts.scheme.utf8.firstIndex(of: UInt8(ascii: "+")) {
            let system = String(parts.scheme[..<plus])
            if system == "git" { return try repository() }
            if let name = Self.otherSystems[system] { throw error(.otherSystem(name)) }
            throw error(.scheme(parts.scheme))
        }
        switch parts.scheme {
        case "http", "https": return try archive(parts)
        case "file": return try file(parts)
        case "ssh", "git": throw error(.repositoryAddress(instead: "git+\(text)"))
        default:
            if let name = Self.otherSystems[parts.scheme] { throw error(.otherSystem(name)) }
            throw error(.scheme(parts.scheme))
        }
    }

    /// `git@host:path`, as `git clone` takes it and no URL is.
    private func repositoryURL(for text: String) -> String? {
        let address = text.hasPrefix("git+") ? text.dropFirst(4) : text[...]
        guard !address.contains("://"), let colon = address.firstIndex(of: ":") else { return nil }
        let host = address[..<colon]
        guard host.contains("@"), !host.contains("/") else { return nil }
        return "git+ssh://\(host)/\(address[address.index(after: colon)...].drop { $0 == "/" })"
    }

    // MARK: - URLs

    private func archive(_ parts: URLParts) throws(DirectReferenceError) -> ReadReference {
        if isEditable { throw error(.notEditable) }
        guard let host = parts.host, !host.isEmpty else { throw error(.noHost) }
        if parts.path.hasSuffix(".git") { throw error(.repositoryAddress(instead: "git+\(DirectReference.redacting(text))")) }
        guard !parts.lastPathSegment.isEmpty || parts.query != nil else { throw error(.noFile) }
        let fragment = try fragment(parts)
        return ReadReference(
            .archive(
                DirectArchive(
                    url: Self.withoutSpaces(parts.text), hashes: fragment.hashes, subdirectory: fragment.subdirectory)),
            fragment: fragment)
    }

    private func repository() throws(DirectReferenceError) -> ReadReference {
        guard var parts = URLParts(String(text.dropFirst(4))) else { throw error(.noHost) }
        guard ["https", "http", "ssh", "git", "file"].contains(parts.scheme) else { throw error(.scheme("git+\(parts.scheme)")) }
        let host = parts.host ?? ""
        guard !host.isEmpty || parts.scheme == "file" else { throw error(.noHost) }
        if let start = [parts.userInfo ?? "", host].first(where: { $0.hasPrefix("-") }) { throw error(.optionLike(start)) }
        var revision: String?
        if let at = parts.path.utf8.lastIndex(of: UInt8(ascii: "@")) {
            let name = PercentCoding.decoded(String(parts.path[parts.path.utf8.index(after: at)...]))
            if name.isEmpty { throw error(.emptyRevision) }
            if name.hasPrefix("-") { throw error(.optionLike(name)) }
            if name.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) { throw error(.controlCharacter) }
            revision = name
            parts.path = String(parts.path[..<at])
        }
        let fragment = try fragment(parts)
        if parts.scheme == "file" { parts = try localURL(parts) }
        return ReadReference(
            .repository(
                DirectRepository(
                    url: Self.withoutSpaces(parts.text), revision: revision, subdirectory: fragment.subdirectory)),
            fragment: fragment)
    }

    /// The same with `//` and an absolute path.
    private func localURL(_ parts: URLParts) throws(DirectReferenceError) -> URLParts {
        if let host = parts.host, !host.isEmpty, host != "localhost" { throw error(.otherHost(host)) }
        let path = try absolute(PercentCoding.decoded(parts.path))
        guard let local = URLParts("file://" + PercentCoding.encoded(path)) else { throw error(.noFile) }
        return local
    }

    private func file(_ parts: URLParts) throws(DirectReferenceError) -> ReadReference {
        if let host = parts.host, !host.isEmpty, host != "localhost" { throw error(.otherHost(host)) }
        return try local(path: PercentCoding.decoded(parts.path), fragment: try fragment(parts))
    }

    // MARK: - Paths

    private func path(_ text: String) throws(DirectReferenceError) -> ReadReference {
        try local(path: text, fragment: ReferenceFragment())
    }

    private func local(path: String, fragment: ReferenceFragment) throws(DirectReferenceError) -> ReadReference {
        if path.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) { throw error(.controlCharacter) }
        guard !path.isEmpty else { throw error(.noFile) }
        let place = try absolute(path)
        if ArchiveExtension.ends(place), !path.hasSuffix("/") {
            if isEditable { throw error(.notEditable) }
            return ReadReference(
                .archive(
                    DirectArchive(
                        url: "file://" + PercentCoding.encoded(place), hashes: fragment.hashes,
                        subdirectory: fragment.subdirectory)), fragment: fragment)
        }
        if let algorithm = fragment.hashes.keys.sorted().first { throw error(.fragment(algorithm)) }
        let project = fragment.subdirectory.map { LexicalPath.normalized("\(place)/\($0)") } ?? place
        return ReadReference(.directory(DirectDirectory(path: project, isEditable: isEditable)), fragment: fragment)
    }

    private func absolute(_ path: String) throws(DirectReferenceError) -> String {
        if path.hasPrefix("/") { return LexicalPath.normalized(path) }
        if let home, path == "~" || path.hasPrefix("~/") { return LexicalPath.normalized(home + path.dropFirst()) }
        guard let folder else { throw error(.relativePath) }
        return LexicalPath.normalized("\(folder)/\(path)")
    }

    // MARK: - Parts

    private func fragment(_ parts: URLParts) throws(DirectReferenceError) -> ReferenceFragment {
        do {
            return try ReferenceFragment(parsing: parts.fragment ?? "")
        } catch {
            throw self.error(error)
        }
    }

    private func error(_ problem: DirectReferenceError.Problem) -> DirectReferenceError {
        DirectReferenceError(text, problem)
    }

    /// Blanks cannot stand in a requirement's URL.
    private static func withoutSpaces(_ url: String) -> String {
        url.contains(" ") ? url.split(separator: " ", omittingEmptySubsequences: false).joined(separator: "%20") : url
    }
}
