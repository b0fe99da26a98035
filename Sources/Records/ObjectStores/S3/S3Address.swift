/// A bucket, and what the names of all objects of a store begin with: `s3://bucket/prefix`.
package struct S3Address: Sendable, Hashable, CustomStringConvertible {
    package let bucket: String
    /// Without slashes at its ends; empty for the whole bucket.
    package let prefix: String

    /// - Throws: `.unusableAddress` for another scheme, for credentials or a query in it, and for what is no name of a bucket.
    package init(parsing text: String) throws(ObjectStoreError) {
        guard text.lowercased().hasPrefix("s3://") else {
            throw .unusableAddress(text, reason: "it does not begin with s3://")
        }
        let rest = text.dropFirst(5)
        let bucket = String(rest.prefix { $0 != "/" })
        let isName = (3...255).contains(bucket.utf8.count)
            && bucket.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) }
        guard isName else {
            let shown = bucket.contains("@") ? "s3://****" : text
            throw .unusableAddress(shown, reason: "a bucket's name has letters, digits, '-', '.' and '_', 3 of them at least")
        }
        let parts = rest.dropFirst(bucket.count).split(separator: "/")
        guard parts.allSatisfy({ $0 != "." && $0 != ".." }) else {
            throw .unusableAddress(text, reason: "'.' and '..' lead nowhere in a bucket")
        }
        self.bucket = bucket
        prefix = parts.joined(separator: "/")
    }

    package var description: String { prefix.isEmpty ? "s3://\(bucket)" : "s3://\(bucket)/\(prefix)" }

    /// The address of a bucket, as errors tell it.
    static func text(_ bucket: String) -> String { "s3://\(bucket)" }

    /// The name in the bucket of an object below the prefix.
    package func name(_ key: String) -> String { prefix.isEmpty ? key : "\(prefix)/\(key)" }
}
