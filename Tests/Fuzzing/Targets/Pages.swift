@testable import Archives
@testable import PackageSources
@testable import PythonPackaging

extension FuzzTarget {
    static let pages: [FuzzTarget] = [
        FuzzTarget(name: "page-json", seeds: { [jsonPage.seed] }, words: ["\"filename\":", "\"hashes\":", "\"yanked\":", "\\ud800", "\"core-metadata\":"]) {
            keep(try? ProjectPage(json: $0, baseURL: "https://index.example/simple/a/"))
        },
        FuzzTarget(name: "page-html", seeds: { [htmlPage.seed] }, words: ["<a href=", "<!--", "-->", "<script", "</script", "&#x", "data-yanked=", "<base href="]) {
            keep(try? ProjectPage(html: $0, baseURL: "https://index.example/simple/a/"))
        },
        FuzzTarget(name: "stored-page", seeds: { [storedPage] }, run: readStoredPage),
        FuzzTarget(name: "url", seeds: { ["../a/./b?c#d".seed, "//h/x".seed, "https://u:p@h:1/x".seed] }, words: ["../", "://", "@"]) {
            let resolved = URLReference("https://index.example/simple/a/").resolving($0.text)
            _ = URLReference(resolved).resolving("x")
            _ = IndexAddress(parsing: $0.text)
            _ = redacting($0.text)
        },
    ]

    private static let jsonPage = """
        {"meta": {"api-version": "1.1"}, "name": "a", "files": [{"filename": "a-1.0-py3-none-any.whl", "url": "a.whl", \
        "hashes": {"sha256": "47DEQpj8HBSa"}, "size": 3, "yanked": "no \\u00e9", "core-metadata": {"sha256": "00"}, \
        "requires-python": ">=3.8", "upload-time": "2024-01-01T00:00:00Z"}, {"filename": "a-2.tar.gz", "url": "x"}]}
        """
    private static let htmlPage = """
        <!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.0"><base href="/x/"></head><body>
        <a href="../a-1.0-py3-none-any.whl#sha256=00" data-requires-python="&gt;=3.8" data-yanked="">a</a><!-- c --></body></html>
        """
    private static let storedPage = (try? ProjectPage(json: jsonPage.seed, baseURL: "https://h/")).map(encoded) ?? []

    private static func encoded(_ page: ProjectPage) -> [UInt8] {
        guard let name = try? PackageName(parsing: "a") else { return [] }
        return ListingEncoder.encode(page, of: name, .init(lifetime: 600, entityTag: "\"x\""))
    }

    /// What was read can be kept, and what was kept can be read.
    private static func keep(_ page: ProjectPage?) {
        guard let page else { return }
        guard let listing = CachedListing(StoredBytes(copying: encoded(page))) else { fatalError("a page cannot be kept") }
        lookAtAll(of: listing)
    }

    private static func lookAtAll(of listing: CachedListing) {
        _ = (listing.entityTag, listing.status, listing.lifetime)
        for version in 0..<min(listing.versionCount, 100) {
            _ = listing.version(version)
            for file in listing.files(ofVersion: version).prefix(100) { _ = listing.file(file) }
        }
    }

    /// As it is read where the checksum is taken for granted.
    @Sendable private static func readStoredPage(_ bytes: [UInt8]) {
        guard !bytes.isEmpty, let listing = CachedListing(StoredBytes(copying: bytes), isWhole: true) else { return }
        lookAtAll(of: listing)
    }
}
