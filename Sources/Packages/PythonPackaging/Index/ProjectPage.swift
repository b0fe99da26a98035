/// What an index offers for one project: a page of the simple API (PEP 503 and its successors).
public struct ProjectPage: Sendable, Hashable {
    /// The project's name as the index gives it; `nil` on pages that do not say it.
    public var name: String?
    /// The version of the API, such as `1.3`; `1.0` where nothing is said.
    public var apiVersion: String
    public var status: ProjectStatus
    /// In the order of the page.
    public var files: [IndexFile]

    public init(
        name: String? = nil, apiVersion: String = "1.0", status: ProjectStatus = .init(), files: [IndexFile] = []
    ) {
        self.name = name
        self.apiVersion = apiVersion
        self.status = status
        self.files = files
    }
}

/// How an index regards a project (PEP 792).
public struct ProjectStatus: Sendable, Hashable {
    public enum Marker: Sendable, Hashable {
        case active
        /// No updates are to be expected.
        case archived
        /// Not to be used, for reasons of safety; offers no files.
        case quarantined
        /// Outdated, often replaced by another project.
        case deprecated
        case other(String)

        init(_ text: String) {
            switch text {
            case "active": self = .active
            case "archived": self = .archived
            case "quarantined": self = .quarantined
            case "deprecated": self = .deprecated
            default: self = .other(text)
            }
        }
    }

    public var marker: Marker
    /// Why, in the index's words.
    public var reason: String?

    public init(_ marker: Marker = .active, reason: String? = nil) {
        self.marker = marker
        self.reason = reason
    }
}

/// A page that cannot be understood.
public enum ProjectPageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It is not JSON, or not the JSON of a project page.
    case malformed(JSONReaderError)
    /// A file has no `filename` or no `url`; counted from 0.
    case incompleteFile(Int, missing: String)
    /// The index speaks a later version of the API, which may mean something else by the same words.
    case unsupportedVersion(String)

    public var description: String {
        switch self {
        case .malformed(let error): "the index's page is malformed: \(error)"
        case .incompleteFile(let position, let field): "file \(position + 1) of the index's page has no '\(field)'"
        case .unsupportedVersion(let version):
            "the index answers with version \(version.quoted) of the simple API; versions 1.x are understood"
        }
    }
}

extension ProjectPage {
    /// PEP 629: another major version must not be guessed at.
    static func check(apiVersion: String) throws(ProjectPageError) {
        let major = apiVersion.utf8.prefix { $0 != UInt8(ascii: ".") }
        guard Substring(major).stripped == "1" else { throw .unsupportedVersion(apiVersion) }
    }
}
