import Digests
import PythonPackaging
import Testing

@Suite struct ProjectPageTests {
    private static let digest = SHA256Digest(hashing: "content")
    private static let other = SHA256Digest(hashing: "metadata")

    private func json(_ text: String, base: String = "https://index.example/simple/foo/") throws -> ProjectPage {
        try ProjectPage(json: Array(text.utf8), baseURL: base)
    }

    private func html(_ text: String, base: String = "https://index.example/simple/foo/") throws -> ProjectPage {
        try ProjectPage(html: Array(text.utf8), baseURL: base)
    }

    @Test func everythingInJSON() throws {
        let page = try json(
            """
            {"meta": {"_last-serial": 9, "api-version": "1.4"}, "name": "Foo", "versions": ["1.0"],
             "project-status": {"status": "archived", "reason": "moved"}, "unknown": {"a": [1, 2.5e-3, {"b": null}], "c": "]"},
             "files": [
              {"filename": "foo-1.0-py3-none-any.whl", "url": "../../files/foo-1.0-py3-none-any.whl#frag",
               "hashes": {"sha256": "\(Self.digest)", "md5": "00"}, "requires-python": ">=3.8", "size": 123,
               "upload-time": "2024-01-02T03:04:05.678Z", "yanked": false, "provenance": null,
               "dist-info-metadata": false, "core-metadata": {"sha256": "\(Self.other)"}},
              {"filename": "foo-1.0.tar.gz", "url": "https:\\/\\/files.example\\/foo-1.0.tar.gz", "hashes": {},
               "yanked": "broken \\"build\\" \\u00e9\\ud83d\\ude00", "dist-info-metadata": true, "requires-python": null, "size": null}
             ]}
            """)
        #expect(page.name == "Foo" && page.apiVersion == "1.4")
        #expect(page.status == ProjectStatus(.archived, reason: "moved"))
        #expect(
            page.files == [
                IndexFile(
                    filename: "foo-1.0-py3-none-any.whl", url: "https://index.example/files/foo-1.0-py3-none-any.whl",
                    sha256: Self.digest, otherHashes: ["md5": "00"], size: 123, requiresPython: ">=3.8",
                    uploadTime: "2024-01-02T03:04:05.678Z", metadata: .available(Self.other)),
                IndexFile(
                    filename: "foo-1.0.tar.gz", url: "https://files.example/foo-1.0.tar.gz",
                    yanked: .yes("broken \"build\" é😀"), metadata: .available(nil)),
            ])
        #expect(page.files.map(\.isYanked) == [false, true])
    }

    @Test func everythingInHTML() throws {
        let page = try html(
            """
            <!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.1">
            <META NAME=pypi:project-status CONTENT=deprecated><meta name="pypi:project-status-reason" content="use b &amp; c">
            <title>Links for <a foo</title></head><body><!-- <a href="no-1.0.tar.gz">no</a> -->
            <a href="/files/foo-1.0%2Bcpu-py3-none-any.whl#sha256=\(Self.digest)" data-requires-python="&gt;=3.8, &#60;4&#x21;"
               data-core-metadata="sha256=\(Self.other)" data-dist-info-metadata="false">foo</a><br/>
            <a data-yanked='' data-dist-info-metadata=true href=foo-1.0.tar.gz#md5=ab>foo</a>
            <a href="foo-2.0.zip?x=1" data-yanked="bad &unknown; &#xD800;"></a>
            <a>none</a><a href="">none</a><a href="../">up</a>
            <script>"<a href='js-1.0.tar.gz'>"</script>
            """)
        #expect(page.apiVersion == "1.1" && page.status == ProjectStatus(.deprecated, reason: "use b & c"))
        #expect(
            page.files == [
                IndexFile(
                    filename: "foo-1.0+cpu-py3-none-any.whl",
                    url: "https://index.example/files/foo-1.0%2Bcpu-py3-none-any.whl",
                    sha256: Self.digest, requiresPython: ">=3.8, <4!", metadata: .available(Self.other)),
                IndexFile(
                    filename: "foo-1.0.tar.gz", url: "https://index.example/simple/foo/foo-1.0.tar.gz",
                    otherHashes: ["md5": "ab"],
                    yanked: .yes(nil), metadata: .available(nil)),
                IndexFile(
                    filename: "foo-2.0.zip", url: "https://index.example/simple/foo/foo-2.0.zip?x=1",
                    yanked: .yes("bad &unknown; &#xD800;")),
            ])
    }

    @Test(arguments: [
        ("foo.whl", "https://h.example/a/b/foo.whl"), ("./foo.whl", "https://h.example/a/b/foo.whl"),
        ("../foo.whl", "https://h.example/a/foo.whl"),
        ("../../../../foo.whl", "https://h.example/foo.whl"), ("/foo.whl", "https://h.example/foo.whl"),
        ("//o.example:8/foo.whl", "https://o.example:8/foo.whl"),
        ("http://o.example/foo.whl#x", "http://o.example/foo.whl"),
        ("c/./d/../foo.whl?q#f", "https://h.example/a/b/c/foo.whl?q"), ("HTTPS://o/foo.whl", "HTTPS://o/foo.whl"),
    ])
    func relativeURLs(target: String, expected: String) throws {
        let page = try json(
            #"{"files":[{"filename":"foo.whl","url":"\#(target)"}]}"#, base: "https://h.example/a/b/?page=1#top")
        #expect(page.files.map(\.url) == [expected])
        #expect(
            try html(#"<base href="/a/b/"><a href="\#(target)">"#, base: "https://h.example/x").files.map(\.url) == [
                expected
            ])
    }

    @Test(arguments: [
        "", "{", "[]", "null", "{\"files\": {}}", "{\"files\": [}", "{\"files\": [{\"filename\": \"a\"", "{\"a\" 1}",
        "{\"a\": 1,}", "{\"a\": \"\n\"}",
        "{\"a\": }", "{\"a\": [1}]", "{} x", "{\"a\": \"\\", "{\"files\": [1]}", "{a: 1}", "\u{0}",
    ])
    func malformedJSON(text: String) {
        let error = #expect(throws: ProjectPageError.self) { try json(text) }
        guard case .malformed = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func refusals() {
        #expect(throws: ProjectPageError.unsupportedVersion("2.0")) {
            try json(#"{"meta":{"api-version":"2.0"},"files":[{}]}"#)
        }
        #expect(throws: ProjectPageError.unsupportedVersion("10")) {
            try html(#"<meta name="pypi:repository-version" content="10">"#)
        }
        #expect(throws: ProjectPageError.incompleteFile(1, missing: "url")) {
            try json(#"{"files":[{"filename":"a","url":"b"},{"filename":"a","url":7}]}"#)
        }
    }

    /// Values of the wrong kind count as not given.
    @Test func wrongKinds() throws {
        let page = try json(
            #"{"name":1,"files":[{"filename":"a","url":"b","hashes":[],"size":"1","yanked":null,"core-metadata":"x","requires-python":[],"upload-time":{}}],"project-status":"active"}"#
        )
        #expect(page.files == [IndexFile(filename: "a", url: "https://index.example/simple/foo/b")])
        #expect(page.status.marker == .active)
    }

    @Test func hostileInput() {
        for text in [
            "{\"a\":" + String(repeating: "[", count: 1_000_000),
            "{\"files\":" + String(repeating: "[{", count: 100_000),
            "{\"a\":\"" + String(repeating: "\\u12", count: 100_000),
            "{\"a\":" + String(repeating: "9", count: 1_000_000),
        ] {
            #expect(throws: ProjectPageError.self) { try json(text) }
        }
        for text in [
            String(repeating: "<", count: 100_000), "<a " + String(repeating: "=", count: 100_000),
            "<a href='" + String(repeating: "&", count: 100_000),
            String(repeating: "<!--", count: 50_000), "<a href=" + String(repeating: "../", count: 50_000) + ">",
            String(repeating: "<script>", count: 10_000),
        ] {
            #expect((try? html(text))?.files.count ?? 0 <= 1)
        }
    }

    /// Any cut of a page, and any single changed byte, ends in a value or an error.
    @Test func damagedPages() {
        let page = Array(
            #"{"meta":{"api-version":"1.0"},"files":[{"filename":"a-1.tar.gz","url":"x\u00e9","size":12,"yanked":"\ud800","hashes":{"sha256":"00"}}]}"#
                .utf8)
        let link = Array(#"<a href="a-1.tar.gz#sha256=00" data-yanked="&#x41;&amp;">x</a><!-- y -->"#.utf8)
        for original in [page, link] {
            for position in original.indices {
                for replacement: UInt8 in [0, 0x22, 0x5C, 0x7B, 0x5D, 0xFF, 0x3C, 0x26] {
                    var damaged = original
                    damaged[position] = replacement
                    for bytes in [damaged, Array(original[..<position])] {
                        _ = try? ProjectPage(json: bytes, baseURL: "https://index.example/")
                        _ = try? ProjectPage(html: bytes, baseURL: "https://index.example/")
                    }
                }
            }
        }
    }
}
