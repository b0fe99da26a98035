internal import PythonPackaging

/// What makes two direct references the same: where they lead, and not what else they say about it.
struct ReferenceIdentity: Hashable, Sendable {
    private enum Kind: Hashable {
        case archive, repository, directory
    }

    private let kind: Kind
    private let location: String
    private let revision: String?
    private let subdirectory: String?

    init(_ reference: DirectReference) {
        switch reference {
        case .archive(let archive):
            (kind, location, revision, subdirectory) = (.archive, archive.url, nil, archive.subdirectory)
        case .repository(let repository):
            kind = .repository
            location = Self.address(of: repository)
            (revision, subdirectory) = (repository.revision, repository.subdirectory)
        case .directory(let directory):
            (kind, location) = (.directory, Self.withoutSlash(directory.path))
            (revision, subdirectory) = (nil, nil)
        }
    }

    private static func address(of repository: DirectRepository) -> String {
        let url = withoutSlash(repository.url)
        return url.hasSuffix(".git") ? String(url.dropLast(4)) : url
    }

    private static func withoutSlash(_ text: String) -> String {
        var text = text
        while text.count > 1, text.hasSuffix("/") { text.removeLast() }
        return text
    }
}

extension ReferenceIdentity: CustomStringConvertible {
    /// The location, for messages.
    var description: String {
        location + (revision.map { "@\($0)" } ?? "") + (subdirectory.map { "#subdirectory=\($0)" } ?? "")
    }
}
