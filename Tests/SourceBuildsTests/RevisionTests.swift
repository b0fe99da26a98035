import SourceBuilds
import Testing

@Suite struct RevisionTests {
    @Test(arguments: ["main", "v1.0", "feature/x", "refs/pull/1/head", "0123abc", "a@b", "1.0-rc1"])
    func revisions(_ text: String) { #expect(GitRevision(text)?.text == text) }

    @Test(arguments: [
        "", "-upload-pack=x", "--output", "a b", "a..b", "HEAD~1", "HEAD^", "a:b", "a?", "a*", "a[b", "a\\b", "@{1}", "@", "/a",
        "a/", "a//b", "a.lock", "a.", "a\nb", "a\u{7f}",
    ])
    func noRevisions(_ text: String) { #expect(GitRevision(text) == nil) }

    @Test func fullCommits() {
        #expect(GitRevision(String(repeating: "a", count: 40))?.isFullCommit == true)
        #expect(GitRevision(String(repeating: "A", count: 64))?.isFullCommit == true)
        #expect(GitRevision(String(repeating: "a", count: 39))?.isFullCommit == false)
        #expect(GitRevision(String(repeating: "g", count: 40))?.isFullCommit == false)
    }

    @Test(arguments: [
        ("https://u:p@example.org/r.git", "https://example.org/r.git"), ("git+https://t0ken@example.org/r", "https://example.org/r"),
        ("git+ssh://git@example.org/r", "ssh://git@example.org/r"), ("ssh://git:secret@example.org/r", "ssh://git@example.org/r"),
        ("/srv/r.git", "file:///srv/r.git"), ("git+file:///srv/r", "file:///srv/r"),
    ])
    func addresses(_ url: String, _ shown: String) throws { #expect(try GitRepository(url).shown == shown) }

    @Test(arguments: [
        "ext::sh -c id", "git+ext://sh", "hg+https://example.org/r", "svn+ssh://example.org/r", "example.org:r",
        "ssh://-oProxyCommand=id/r", "ssh://git@-oProxyCommand=id/r", "https://", "ftp://example.org/r", "--upload-pack=id",
        "https://example.org/\nr",
    ])
    func noAddresses(_ url: String) {
        #expect(throws: SourceBuildError.self) { try GitRepository(url) }
    }

    @Test func secretsOfGitsWords() throws {
        let repository = try GitRepository("https://anna:s3cret@example.org/r")
        let text = repository.redacting(
            "fatal: unable to access 'https://anna:s3cret@example.org/r/': s3cret is wrong for anna:s3cret")
        #expect(!text.contains("s3cret"))
        #expect(text.contains("https://example.org/r"))
    }

    @Test(arguments: [
        ("x.c:1:10: fatal error: Python.h: No such file or directory", "C headers of this Python"),
        ("x.c:1:10: fatal error: 'ffi.h' file not found", "'ffi.h'"),
        ("x.c:1:10: fatal error: openssl/ssl.h: No such file or directory", "'openssl/ssl.h'"),
        ("error: command '/usr/bin/gcc' failed: No such file or directory", "'gcc'"),
        ("unable to execute 'x86_64-linux-gnu-gcc': No such file or directory", "'x86_64-linux-gnu-gcc'"),
        ("Traceback\nModuleNotFoundError: No module named 'numpy'", "'numpy'"),
    ])
    func hints(_ output: String, _ words: String) { #expect(BuildHint.find(in: output)?.contains(words) == true) }

    @Test(arguments: [
        "", "error: command 'gcc' failed with exit code 1", "fatal error: out of memory", "x.c: fatal error: too many errors",
        "note: No module named 'x'",
    ])
    func noHints(_ output: String) { #expect(BuildHint.find(in: output) == nil) }
}
