/// Where a distribution comes from when it does not come from an index (PEP 440, direct references; PEP 610).
///
/// `description` is the canonical text for a requirement, with `****` in the place of credentials; they are only in the
/// `url` of the case's value.
public enum DirectReference: Hashable, Sendable {
    case archive(DirectArchive)
    case repository(DirectRepository)
    case directory(DirectDirectory)
}

/// A wheel or source distribution at a URL or in a file.
public struct DirectArchive: Hashable, Sendable {
    /// `http:`, `https:` or `file:`, without a fragment. It may hold credentials: not for messages or locks.
    public var url: String
    /// Hashes that the fragment names (`#sha256=…`), by the name of the algorithm, in hexadecimal digits.
    public var hashes: [String: String]
    /// The folder of the project within a source archive.
    public var subdirectory: String?

    public init(url: String, hashes: [String: String] = [:], subdirectory: String? = nil) {
        self.url = url
        self.hashes = hashes
        self.subdirectory = subdirectory
    }

    /// The name of the file, with `%2B` and the like decoded; empty where the URL names none.
    public var filename: String { URLParts(url).map { PercentCoding.decoded($0.lastPathSegment) } ?? "" }

    /// What the name says, if it is that of a wheel or a source distribution.
    public var distribution: DistributionFilename? { try? DistributionFilename(parsing: filename) }

    /// The absolute path of the file for a `file:` URL.
    public var localPath: String? {
        guard let parts = URLParts(url), parts.scheme == "file" else { return nil }
        return PercentCoding.decoded(parts.path)
    }
}

/// A commit of a Git repository.
public struct DirectRepository: Hashable, Sendable {
    /// As `git clone` takes it: without `git+`, revision and fragment. It may hold credentials: not for messages or locks.
    public var url: String
    /// A branch, tag or commit; the repository's main branch where nothing is said. It never begins with `-`.
    public var revision: String?
    /// The folder of the project within the repository.
    public var subdirectory: String?

    public init(url: String, revision: String? = nil, subdirectory: String? = nil) {
        self.url = url
        self.revision = revision
        self.subdirectory = subdirectory
    }
}

/// A project in a folder of this machine.
public struct DirectDirectory: Hashable, Sendable {
    /// Absolute.
    public var path: String
    /// Whether changes to the folder take effect without installing it again.
    public var isEditable: Bool

    public init(path: String, isEditable: Bool = false) {
        self.path = path
        self.isEditable = isEditable
    }
}

extension DirectReference: CustomStringConvertible, CustomDebugStringConvertible {
    public var description: String {
        switch self {
        case .archive(let archive): archive.description
        case .repository(let repository): repository.description
        case .directory(let directory): directory.description
        }
    }

    public var debugDescription: String { description }
}

extension DirectArchive: CustomStringConvertible, CustomDebugStringConvertible {
    public var description: String {
        var fragment = hashes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        if let subdirectory { fragment.append("subdirectory=\(PercentCoding.encoded(subdirectory))") }
        return DirectReference.redacting(url) + (fragment.isEmpty ? "" : "#" + fragment.joined(separator: "&"))
    }

    public var debugDescription: String { description }
}

extension DirectRepository: CustomStringConvertible, CustomDebugStringConvertible {
    public var description: String {
        var text = "git+" + DirectReference.redacting(url)
        if let revision { text += "@" + PercentCoding.encoded(revision) }
        if let subdirectory { text += "#subdirectory=" + PercentCoding.encoded(subdirectory) }
        return text
    }

    public var debugDescription: String { description }
}

extension DirectDirectory: CustomStringConvertible, CustomDebugStringConvertible {
    /// The `file:` URL of the folder; a requirement has no way to say that it is editable.
    public var description: String { "file://" + PercentCoding.encoded(path) }

    public var debugDescription: String { description }
}

extension DirectReference {
    /// A text for messages: in every URL within it `****` stands for user and password.
    ///
    /// The user of `ssh:` without a password stays, since it is no secret.
    public static func redacting(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let mark = rest.firstRange(of: "://") {
            let scheme = rest[..<mark.lowerBound]
            result += rest[..<mark.upperBound]
            rest = rest[mark.upperBound...]
            let authority = rest.prefix { !"/?#'\"".contains($0) && !$0.isWhitespace }
            guard let at = authority.lastIndex(of: "@") else { continue }
            let isPlainUser = scheme.lowercased().hasSuffix("ssh") && !authority[..<at].contains(":")
            result += isPlainUser ? authority[..<at] : "****"
            rest = rest[at...]
        }
        return result + rest
    }
}

extension Substring {
    /// The first place of an ASCII text.
    fileprivate func firstRange(of word: StaticString) -> Range<Index>? {
        let length = word.utf8CodeUnitCount
        let wanted = UnsafeBufferPointer(start: word.utf8Start, count: length)
        var rest = utf8[...]
        while let start = rest.firstIndex(of: wanted[0]) {
            if rest[start...].starts(with: wanted) { return start..<utf8.index(start, offsetBy: length) }
            rest = rest[utf8.index(after: start)...]
        }
        return nil
    }
}
