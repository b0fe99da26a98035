public import Digests

/// What is in a package: `info/paths.json` (CEP 34), or `info/files` and its companions in older packages.
public struct PackagePaths: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        case hardLink = "hardlink"
        case softLink = "softlink"
        case directory
    }

    /// How a prefix that is written into a file has to be replaced.
    public enum FileMode: String, Sendable, Hashable {
        case text
        /// The new prefix must not be longer; it is padded with NUL bytes.
        case binary
    }

    public struct Entry: Sendable, Hashable {
        /// Relative to the package, with `/` between components.
        public var path: String
        public var kind: Kind
        public var sha256: SHA256Digest?
        /// In bytes.
        public var size: UInt64?
        /// The prefix that was written into the file when the package was built.
        public var placeholder: String?
        public var fileMode: FileMode?
        /// The file must be copied, since somebody writes to it.
        public var noLink: Bool

        public init(
            path: String, kind: Kind = .hardLink, sha256: SHA256Digest? = nil, size: UInt64? = nil,
            placeholder: String? = nil, fileMode: FileMode? = nil, noLink: Bool = false
        ) {
            self.path = path
            self.kind = kind
            self.sha256 = sha256
            self.size = size
            self.placeholder = placeholder
            self.fileMode = fileMode
            self.noLink = noLink
        }
    }

    public var entries: [Entry]

    public init(entries: [Entry]) { self.entries = entries }

    /// Reads `info/paths.json`.
    public init(json bytes: UnsafeBufferPointer<UInt8>) throws(RepodataError) {
        entries = []
        var scanner = JSONScanner(bytes)
        var items = try scanner.beginObject()
        while let key = try scanner.nextKey(&items) {
            if key.equals("paths", in: bytes) { try readEntries(&scanner) } else { try scanner.skipValue() }
        }
        guard scanner.isAtEnd() else { throw scanner.error(.expected(.end)) }
    }

    private mutating func readEntries(_ scanner: inout JSONScanner) throws(RepodataError) {
        var items = try scanner.beginArray()
        while try scanner.nextElement(&items) { entries.append(try Self.readEntry(&scanner)) }
    }

    private static func readEntry(_ scanner: inout JSONScanner) throws(RepodataError) -> Entry {
        let bytes = scanner.bytes
        let start = scanner.position
        var entry = Entry(path: "")
        var items = try scanner.beginObject()
        while let key = try scanner.nextKey(&items) {
            if key.equals("_path", in: bytes) {
                entry.path = try scanner.readString()
            } else if key.equals("path_type", in: bytes) {
                let place = scanner.position
                guard let kind = Kind(rawValue: try scanner.readString()) else { throw scanner.error(.expected(.pathType), at: place) }
                entry.kind = kind
            } else if key.equals("sha256", in: bytes) {
                entry.sha256 = try scanner.readDigest()
            } else if key.equals("size_in_bytes", in: bytes) {
                entry.size = try scanner.readIntegerOrNull()
            } else if key.equals("prefix_placeholder", in: bytes) {
                entry.placeholder = try scanner.readStringOrNull()
            } else if key.equals("file_mode", in: bytes) {
                entry.fileMode = try scanner.readStringOrNull().flatMap(FileMode.init)
            } else if key.equals("no_link", in: bytes), scanner.nextKind() == .yes {
                entry.noLink = true
                try scanner.skipValue()
            } else {
                try scanner.skipValue()
            }
        }
        guard !entry.path.isEmpty else { throw scanner.error(.missingField("_path"), at: start) }
        return entry
    }

    // MARK: - Older packages

    /// The lines of `info/files`, with what `info/has_prefix` and `info/no_link` say of them.
    ///
    /// A line of `has_prefix` is a path, or a placeholder, a mode and a path; each can stand between quotes.
    public init(files: String, hasPrefix: String?, noLink: String?) {
        var replaced: [String: (placeholder: String, mode: FileMode)] = [:]
        for line in Self.lines(hasPrefix ?? "") {
            let words = Self.words(line)
            if words.count == 3, let mode = FileMode(rawValue: words[1]) {
                replaced[words[2]] = (words[0], mode)
            } else if let path = words.first {
                replaced[path] = (Self.oldPlaceholder, .text)
            }
        }
        let copied = Set(Self.lines(noLink ?? ""))
        entries = Self.lines(files).map { path in
            Entry(
                path: path, placeholder: replaced[path]?.placeholder, fileMode: replaced[path]?.mode, noLink: copied.contains(path))
        }
    }

    /// What stood for the prefix in packages that did not say what does. In two pieces, so that no tool replaces it here.
    private static let oldPlaceholder = "/opt/anaconda1anaconda2" + "anaconda3"

    private static func lines(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).map { String($0) }.filter { !$0.isEmpty }
    }

    private static func words(_ line: String) -> [String] {
        var words: [String] = []
        var rest = Substring(line)
        while let first = rest.first {
            if first == " " {
                rest = rest.dropFirst()
            } else if first == "\"" || first == "'" {
                let word = rest.dropFirst().prefix { $0 != first }
                words.append(String(word))
                rest = rest.dropFirst(word.count + 2)
            } else {
                let word = rest.prefix { $0 != " " }
                words.append(String(word))
                rest = rest.dropFirst(word.count)
            }
        }
        return words
    }
}
