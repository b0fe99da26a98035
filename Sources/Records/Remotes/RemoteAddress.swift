package import Diagnostics
package import ObjectStores
import PackageSources
package import SystemPackage

/// Where a remote datastore is.
package enum RemoteAddress: Sendable, Hashable, CustomStringConvertible {
    /// A folder, for instance on a disk that several machines share; absolute.
    case folder(FilePath)
    /// The prefix is empty, or neither begins nor ends with `/`.
    case s3(bucket: String, prefix: String)

    /// Whether a text is meant to be the address of a remote, not a path.
    package static func isAddress(_ text: String) -> Bool {
        text.contains("://") || text.lowercased().hasPrefix("file:")
    }

    /// Reads `s3://bucket/prefix` or `file:///folder`.
    ///
    /// - Throws: `ObjectStoreError.unusableAddress`.
    package init(parsing text: String) throws(ObjectStoreError) {
        guard let colon = text.firstIndex(of: ":") else { throw Self.unusable(text, "it names no scheme") }
        switch text[..<colon].lowercased() {
        case "file":
            guard let path = FileURL.path(text) else {
                throw Self.unusable(text, "write file:///FOLDER, with a path that begins with /")
            }
            self = .folder(path.lexicallyNormalized())
        case "s3", "s3a", "s3n":
            let rest = text[colon...].dropFirst()
            guard rest.hasPrefix("//") else { throw Self.unusable(text, "write s3://BUCKET/PREFIX") }
            let parts = rest.dropFirst(2).split(separator: "/").map(String.init)
            guard let bucket = parts.first, rest.dropFirst(2).first != "/" else {
                throw Self.unusable(text, "it names no bucket")
            }
            guard !bucket.contains(where: { "@?#".contains($0) }) else {
                throw Self.unusable(text, "'\(bucket)' cannot be the name of a bucket")
            }
            self = .s3(bucket: bucket, prefix: parts.dropFirst().joined(separator: "/"))
        case let scheme:
            throw Self.unusable(text, "'\(scheme)' is not a kind of datastore; write s3://BUCKET/PREFIX or file:///FOLDER")
        }
    }

    private static func unusable(_ text: String, _ reason: String) -> ObjectStoreError {
        .unusableAddress(text, reason: reason)
    }

    package var description: String {
        switch self {
        case .folder(let path): FileURL.url(path)
        case .s3(let bucket, let prefix): prefix.isEmpty ? "s3://\(bucket)" : "s3://\(bucket)/\(prefix)"
        }
    }

    /// The word of other engines for such a datastore.
    package var kind: String {
        switch self {
        case .folder: "file"
        case .s3: "s3"
        }
    }
}
