import PackageSources

/// What S3 knows about an object.
package struct S3Object: Sendable, Hashable {
    /// In bytes.
    package var size: Int64
    /// Seconds since 1970.
    package var modified: Int64
    /// The service's word for the content; it changes with it.
    package var tag: String
    package var contentType: String?
    /// What whoever stored it wrote beside it; names in lower case.
    package var metadata: [String: String]
    package var encryption: String?

    init(size: Int64, modified: Int64, tag: String, contentType: String? = nil, metadata: [String: String] = [:], encryption: String? = nil) {
        self.size = size
        self.modified = modified
        self.tag = tag
        self.contentType = contentType
        self.metadata = metadata
        self.encryption = encryption
    }

    /// What the head of an answer says; `nil` if it does not say enough.
    init?(_ answer: HTTPAnswer, size: Int64?) {
        guard let size, size >= 0, let tag = answer.header("etag") else { return nil }
        var metadata: [String: String] = [:]
        for (name, value) in answer.allHeaders where name.lowercased().hasPrefix("x-amz-meta-") {
            metadata[String(name.lowercased().dropFirst(11))] = value
        }
        self.init(
            size: size, modified: answer.header("last-modified").flatMap { HTTPDate.seconds($0) } ?? 0,
            tag: Self.bare(tag), contentType: answer.header("content-type"), metadata: metadata,
            encryption: answer.header("x-amz-server-side-encryption"))
    }

    /// A tag without its quotes.
    static func bare(_ tag: String) -> String { tag.filter { $0 != "\"" } }

    func info(_ key: ObjectKey) -> ObjectInfo { ObjectInfo(key: key, size: size, modified: modified, tag: tag) }
}

/// What is said about an object when it is stored.
package struct S3Description: Sendable, Hashable {
    package var contentType: String?
    package var metadata: [String: String]
    /// `nil` for what the settings say.
    package var encryption: String?

    package init(contentType: String? = nil, metadata: [String: String] = [:], encryption: String? = nil) {
        self.contentType = contentType
        self.metadata = metadata
        self.encryption = encryption
    }

    func headers(_ settings: S3Settings) -> [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        if let contentType { headers.append(("Content-Type", contentType)) }
        headers += metadata.sorted { $0.key < $1.key }.map { ("x-amz-meta-\($0.key)", $0.value) }
        if let encryption = encryption ?? settings.encryption { headers.append(("x-amz-server-side-encryption", encryption)) }
        return headers
    }
}

/// The part of an object that an answer brings (`Content-Range`).
struct ContentRange: Equatable {
    /// Offsets in bytes.
    var range: Range<Int64>
    /// The size of the whole object.
    var total: Int64

    /// Reads `bytes 0-99/1234`; `nil` for anything else.
    init?(_ header: String?) {
        guard let header, header.hasPrefix("bytes ") else { return nil }
        let parts = header.dropFirst(6).split(separator: "/")
        let ends = parts.first?.split(separator: "-").compactMap { Int64($0) } ?? []
        guard parts.count == 2, ends.count == 2, let total = Int64(parts[1]), ends[0] <= ends[1], ends[1] < total else { return nil }
        range = ends[0]..<ends[1] + 1
        self.total = total
    }
}
