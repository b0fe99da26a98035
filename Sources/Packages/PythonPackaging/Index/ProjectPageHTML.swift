internal import Digests

extension ProjectPage {
    /// Reads the HTML form (PEP 503, 592, 658, 714, 792): every link whose last path segment is a file's name.
    ///
    /// - Parameter baseURL: The page's own URL, to which links are relative unless a `<base>` says otherwise.
    public init(html: UnsafeRawBufferPointer, baseURL: String) throws(ProjectPageError) {
        var scanner = HTMLScanner(html.bindMemory(to: UInt8.self))
        var base = URLReference(baseURL)
        self.init()
        while let tag = scanner.nextTag() {
            if tag.isNamed("a") {
                if let file = IndexFile(link: tag, base: base) { files.append(file) }
            } else if tag.isNamed("base"), let target = tag.value(of: "href") {
                base = URLReference(base.resolving(target))
            } else if tag.isNamed("meta") {
                take(meta: tag)
            }
        }
        try Self.check(apiVersion: apiVersion)
    }

    /// Reads the HTML form.
    public init(html: [UInt8], baseURL: String) throws(ProjectPageError) {
        let outcome = html.withUnsafeBytes { bytes in
            Result { () throws(ProjectPageError) in try ProjectPage(html: bytes, baseURL: baseURL) }
        }
        self = try outcome.get()
    }

    private mutating func take(meta tag: HTMLTag) {
        guard let name = tag.value(of: "name"), let content = tag.value(of: "content") else { return }
        switch name.lowercased() {
        case "pypi:repository-version": apiVersion = content
        case "pypi:project-status": status.marker = .init(content)
        case "pypi:project-status-reason": status.reason = content
        default: break
        }
    }
}

extension IndexFile {
    /// The file that a link leads to; `nil` for a link without a target or without a file's name.
    fileprivate init?(link: HTMLTag, base: URLReference) {
        guard let target = link.value(of: "href")?.stripped, !target.isEmpty else { return nil }
        self.init(filename: "", url: base.resolving(String(target)))
        let path = url.utf8.prefix { $0 != UInt8(ascii: "?") }
        guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        filename = Substring(path[path.index(after: slash)...]).percentDecoded
        guard !filename.isEmpty else { return nil }
        takeHash(fragmentOf: target)
        requiresPython = link.value(of: "data-requires-python")
        yanked = link.value(of: "data-yanked").map { .yes($0.isEmpty ? nil : $0) } ?? .no
        let metadata = link.value(of: "data-core-metadata") ?? link.value(of: "data-dist-info-metadata")
        self.metadata = metadata.map(Self.metadata) ?? .none
    }

    /// `#sha256=…` and the like after the URL.
    private mutating func takeHash(fragmentOf target: Substring) {
        guard let hash = target.utf8.firstIndex(of: UInt8(ascii: "#")) else { return }
        for part in target[target.utf8.index(after: hash)...].split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { continue }
            if pair[0] == "sha256" {
                sha256 = SHA256Digest(hex: pair[1])
            } else if ["md5", "sha1", "sha224", "sha384", "sha512", "blake2b"].contains(pair[0]) {
                otherHashes[String(pair[0])] = String(pair[1])
            }
        }
    }

    /// `true`, `false` or `sha256=…`.
    private static func metadata(_ text: String) -> MetadataFile {
        if text == "false" { return .none }
        let pair = text.split(separator: "=", maxSplits: 1)
        return .available(pair.count == 2 && pair[0] == "sha256" ? SHA256Digest(hex: pair[1]) : nil)
    }
}

extension Substring {
    /// The text with `%2B` and the like decoded.
    fileprivate var percentDecoded: String {
        guard utf8.contains(UInt8(ascii: "%")) else { return String(self) }
        let bytes = Array(utf8)
        var decoded: [UInt8] = []
        var position = 0
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "%"), position + 2 < bytes.count,
                let high = Character(Unicode.Scalar(bytes[position + 1])).hexDigitValue,
                let low = Character(Unicode.Scalar(bytes[position + 2])).hexDigitValue
            {
                decoded.append(UInt8(high << 4 | low))
                position += 3
            } else {
                decoded.append(bytes[position])
                position += 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }
}
