internal import Digests

extension ProjectPage {
    /// Reads the JSON form (PEP 691, 700, 714, 792). Keys that are not known are passed over.
    ///
    /// - Parameter baseURL: The page's own URL, to which the files' URLs are relative.
    /// - Complexity: One pass over the bytes.
    public init(json: UnsafeRawBufferPointer, baseURL: String) throws(ProjectPageError) {
        var parser = ProjectPageParser(JSONReader(json.bindMemory(to: UInt8.self)), base: URLReference(baseURL))
        do {
            try parser.readPage()
        } catch {
            throw .malformed(error)
        }
        self = try parser.finish()
    }

    /// Reads the JSON form.
    public init(json: [UInt8], baseURL: String) throws(ProjectPageError) {
        let outcome = json.withUnsafeBytes { bytes in
            Result { () throws(ProjectPageError) in try ProjectPage(json: bytes, baseURL: baseURL) }
        }
        self = try outcome.get()
    }
}

/// Collects a page while its JSON is read.
private struct ProjectPageParser {
    private var reader: JSONReader
    private let base: URLReference
    private var page = ProjectPage()
    private var failure: ProjectPageError?

    init(_ reader: JSONReader, base: URLReference) {
        self.reader = reader
        self.base = base
    }

    func finish() throws(ProjectPageError) -> ProjectPage {
        try ProjectPage.check(apiVersion: page.apiVersion)
        if let failure { throw failure }
        return page
    }

    mutating func readPage() throws(JSONReaderError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if key.matches("files") {
                try readFiles()
            } else if key.matches("meta") {
                try readMeta()
            } else if key.matches("name") {
                page.name = try reader.readStringIfPresent()
            } else if key.matches("project-status") {
                try readStatus()
            } else {
                try reader.skipValue()
            }
        }
        try reader.end()
    }

    private mutating func readMeta() throws(JSONReaderError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if key.matches("api-version") {
                page.apiVersion = try reader.readStringIfPresent() ?? page.apiVersion
            } else {
                try reader.skipValue()
            }
        }
    }

    private mutating func readStatus() throws(JSONReaderError) {
        guard try reader.nextKind() == .object else {
            try reader.skipValue()
            return
        }
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if key.matches("status") {
                page.status.marker = try reader.readStringIfPresent().map { .init($0) } ?? .active
            } else if key.matches("reason") {
                page.status.reason = try reader.readStringIfPresent()
            } else {
                try reader.skipValue()
            }
        }
    }
}

// MARK: - Files

extension ProjectPageParser {
    private mutating func readFiles() throws(JSONReaderError) {
        try reader.beginArray()
        while try reader.nextElement() {
            var file = IndexFile(filename: "", url: "")
            try readFile(into: &file)
            let missing = file.filename.isEmpty ? "filename" : file.url.isEmpty ? "url" : nil
            if let missing, failure == nil { failure = .incompleteFile(page.files.count, missing: missing) }
            page.files.append(file)
        }
    }

    private mutating func readFile(into file: inout IndexFile) throws(JSONReaderError) {
        try reader.beginObject()
        // `core-metadata` counts before `dist-info-metadata` (PEP 714).
        var oldMetadata = IndexFile.MetadataFile.none
        var hasMetadata = false
        while let key = try reader.nextKey() {
            if key.matches("filename") {
                file.filename = try reader.readStringIfPresent() ?? ""
            } else if key.matches("url") {
                file.url = try reader.readStringIfPresent().map { base.resolving($0) } ?? ""
            } else if key.matches("hashes") {
                try readHashes(into: &file)
            } else if key.matches("requires-python") {
                file.requiresPython = try reader.readStringIfPresent()
            } else if key.matches("size") {
                file.size = try reader.readIntegerIfPresent()
            } else if key.matches("upload-time") {
                file.uploadTime = try reader.readStringIfPresent()
            } else if key.matches("yanked") {
                file.yanked = try readYanked()
            } else if key.matches("core-metadata") {
                file.metadata = try readMetadata()
                hasMetadata = true
            } else if key.matches("dist-info-metadata") {
                oldMetadata = try readMetadata()
            } else {
                try reader.skipValue()
            }
        }
        if !hasMetadata { file.metadata = oldMetadata }
    }

    private mutating func readHashes(into file: inout IndexFile) throws(JSONReaderError) {
        guard try reader.nextKind() == .object else {
            try reader.skipValue()
            return
        }
        try reader.beginObject()
        while let key = try reader.nextKey() {
            guard let value = try reader.readRawStringIfPresent() else { continue }
            if key.matches("sha256") {
                file.sha256 = SHA256Digest(hexDigits: value.bytes)
            } else {
                file.otherHashes[key.text] = value.text
            }
        }
    }

    /// `false`, `true` or the reason.
    private mutating func readYanked() throws(JSONReaderError) -> IndexFile.Yanked {
        if try reader.nextKind() == .string {
            let reason = try reader.readString()
            return .yes(reason.isEmpty ? nil : reason)
        }
        return try reader.readBooleanIfPresent() == true ? .yes(nil) : .no
    }

    /// `false`, `true` or hashes.
    private mutating func readMetadata() throws(JSONReaderError) -> IndexFile.MetadataFile {
        guard try reader.nextKind() == .object else {
            return try reader.readBooleanIfPresent() == true ? .available(nil) : .none
        }
        var digest: SHA256Digest?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            let value = try reader.readRawStringIfPresent()
            if key.matches("sha256") { digest = value.flatMap { SHA256Digest(hexDigits: $0.bytes) } }
        }
        return .available(digest)
    }
}
