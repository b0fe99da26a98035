public import Digests

/// Archives by their URLs, to be installed as they are: what `conda list --explicit` writes and `conda create --file` reads.
public struct ExplicitList: Sendable, Hashable {
    /// One archive.
    public struct Entry: Sendable, Hashable {
        /// Where the archive is. Absolute paths are read as `file:` URLs.
        public var url: String
        public var archive: ArchiveName
        public var md5: MD5Digest?
        public var sha256: SHA256Digest?

        public init(url: String, archive: ArchiveName, md5: MD5Digest? = nil, sha256: SHA256Digest? = nil) {
            self.url = url
            self.archive = archive
            self.md5 = md5
            self.sha256 = sha256
        }
    }

    /// The platform that the list is for, as a comment in it says.
    public var platform: Subdir?
    public var entries: [Entry]

    public init(platform: Subdir?, entries: [Entry]) {
        self.platform = platform
        self.entries = entries
    }
}

extension ExplicitList: CodedAsText {
    private static let marker = "@EXPLICIT"
    private static let platformComment = "# platform: "

    /// Reads the lines of a list, among which `@EXPLICIT` stands before the first URL.
    public init(parsing text: some StringProtocol) throws(ExplicitListError) {
        self.init(platform: nil, entries: [])
        var isMarked = false
        for (position, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = Self.trimmed(line)
            if line.hasPrefix(Self.platformComment) {
                platform = try? Subdir(parsing: line.dropFirst(Self.platformComment.count))
            } else if line == Self.marker {
                isMarked = true
            } else if !line.isEmpty, !line.hasPrefix("#") {
                guard isMarked else { throw ExplicitListError(line: position + 1, problem: .noMarker) }
                entries.append(try Self.entry(line, at: position + 1))
            }
        }
        guard isMarked else { throw ExplicitListError(line: 1, problem: .noMarker) }
    }

    public init(decoding text: String) throws { try self.init(parsing: text) }

    private static func trimmed(_ line: some StringProtocol) -> String { line.withBytes { $0.trimmed.text } }

    private static func entry(_ line: String, at number: Int) throws(ExplicitListError) -> Entry {
        func error(_ problem: ExplicitListError.Problem) -> ExplicitListError {
            ExplicitListError(line: number, problem: problem)
        }
        let mark = line.utf8.lastIndex(of: UInt8(ascii: "#"))
        let place = String(line[..<(mark ?? line.endIndex)])
        guard URLText.hasScheme(place) || place.hasPrefix("/"), !place.utf8.contains(UInt8(ascii: "#")),
            let archive = try? ArchiveName(parsing: name(place))
        else { throw error(.noURL(line)) }
        var entry = Entry(url: place.hasPrefix("/") ? URLText.file(place) : place, archive: archive)
        guard let mark else { return entry }
        let hash = line[line.utf8.index(after: mark)...]
        entry.md5 = MD5Digest(hex: hash)
        entry.sha256 = SHA256Digest(hex: hash.hasPrefix("sha256:") ? hash.dropFirst(7) : hash)
        guard entry.md5 != nil || entry.sha256 != nil else { throw error(.badHash(String(hash))) }
        return entry
    }

    /// The file's name; in URLs some characters of it can be encoded (`1%212.0`), in paths they cannot.
    private static func name(_ place: String) -> String {
        if place.hasPrefix("/") { return place.split(separator: "/").last.map(String.init) ?? "" }
        return URLText.decoded(URLText.lastPart(of: place))
    }

    /// The list as conda reads it; the better hash of each archive follows its URL.
    public var description: String {
        var lines: [String] = []
        if let platform { lines.append(Self.platformComment + platform.description) }
        lines.append(Self.marker)
        for entry in entries {
            let hash = entry.sha256.map { "#" + $0.hex } ?? entry.md5.map { "#" + $0.description } ?? ""
            lines.append(entry.url + hash)
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// Text that is no list of archives.
public struct ExplicitListError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Problem: Hashable, Sendable {
        /// No line `@EXPLICIT` stands before the first archive.
        case noMarker
        /// A line that is neither a URL nor an absolute path of an archive.
        case noURL(String)
        /// What follows `#` is neither an MD5 nor a SHA-256.
        case badHash(String)
    }

    /// The line, from 1.
    public let line: Int
    public let problem: Problem

    public var description: String { "line \(line): \(reason)" }

    private var reason: String {
        switch problem {
        case .noMarker: "a list of archives has a line '@EXPLICIT' before the first of them"
        case .noURL(let text): "\(URLText.redacted(text).quoted) is not the URL of a conda archive"
        case .badHash(let text): "\(text.quoted) is neither an MD5 nor a SHA-256"
        }
    }
}
