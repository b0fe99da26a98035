import PackageSources

/// A stretch of a bucket's listing.
package struct S3Page: Sendable {
    package var objects: [(key: String, object: S3Object)]
    /// What names were cut behind.
    package var folders: [String]
    /// Where the next stretch begins; `nil` when there is none.
    package var next: String?
}

extension S3Bucket {
    /// Up to 1000 objects whose names begin with `prefix`, in the order of their names.
    ///
    /// - Parameters:
    ///   - byFolder: whether names are cut behind the first `/` after the prefix.
    ///   - position: `next` of the page before.
    package func list(_ prefix: String, byFolder: Bool, from position: String?) async throws(ObjectStoreError) -> S3Page {
        var request = request("GET", "")
        request.query = [("list-type", "2"), ("max-keys", "1000"), ("prefix", prefix)]
        if byFolder { request.query.append(("delimiter", "/")) }
        if let position { request.query.append(("continuation-token", position)) }
        let reply = try await client.perform(request) { answer throws(S3Interruption) in
            let bytes = try await answer.whole(limit: 64 << 20)
            guard let root = XMLElement(parsing: bytes), root.name == "ListBucketResult", let page = S3Page(root) else {
                throw .damaged("the listing of the bucket cannot be understood")
            }
            return page
        }
        switch reply {
        case .done(let page): return page
        case .refused(let failure, _, _): throw refusal(failure, nil)
        }
    }
}

extension S3Page {
    /// `nil` for a document that lacks something.
    init?(_ root: XMLElement) {
        objects = []
        for element in root.all("Contents") {
            guard let key = element.text("Key"), let size = element.text("Size").flatMap({ Int64($0) }),
                let modified = element.text("LastModified").flatMap({ SigningTime(iso: $0) })
            else { return nil }
            let tag = S3Object.bare(element.text("ETag") ?? "")
            objects.append((key, S3Object(size: size, modified: modified.seconds, tag: tag)))
        }
        folders = root.all("CommonPrefixes").compactMap { $0.text("Prefix") }
        next = nil
        if root.text("IsTruncated") == "true" {
            guard let token = root.text("NextContinuationToken") else { return nil }
            next = token
        }
    }
}
