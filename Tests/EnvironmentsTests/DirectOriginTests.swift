import Environments
import SystemPackage
import Testing

@Suite struct DirectOriginTests {
    @Test(arguments: [
        (DirectOrigin(url: "file:///a", .directory(isEditable: false)), #"{"url": "file:///a", "dir_info": {}}"#),
        (DirectOrigin(url: "file:///a", .directory(isEditable: true), subdirectory: "b\"c"),
            #"{"url": "file:///a", "dir_info": {"editable": true}, "subdirectory": "b\"c"}"#),
        (DirectOrigin(url: "https://e/a.zip", .archive(sha256: "00")),
            #"{"url": "https://e/a.zip", "archive_info": {"hash": "sha256=00", "hashes": {"sha256": "00"}}}"#),
        (DirectOrigin(url: "https://e/r", .repository(system: "git", commit: "12", requestedRevision: nil)),
            #"{"url": "https://e/r", "vcs_info": {"vcs": "git", "commit_id": "12"}}"#),
    ])
    func texts(_ origin: DirectOrigin, _ expected: String) { #expect(origin.json == expected + "\n") }

    @Test(arguments: [
        ("/a b/c#d", "file:///a%20b/c%23d"), ("/ü", "file:///%C3%BC"), ("/plain-1.0+x/y_z~", "file:///plain-1.0+x/y_z~"),
        ("/50%", "file:///50%25"),
    ])
    func fileAddresses(_ path: String, _ url: String) {
        #expect(LocalFile.url(FilePath(path)) == url)
        #expect(LocalFile.path(ofURL: url) == FilePath(path))
    }

    @Test(arguments: ["https://e/a", "file://other/a", "file:relative", "/a"])
    func othersAddresses(_ url: String) { #expect(LocalFile.path(ofURL: url) == nil) }

    @Test func relativePaths() {
        #expect(LocalFile.path("./a/../b", relativeTo: "/lock/folder") == "/lock/folder/b")
        #expect(LocalFile.path("../b", relativeTo: "/lock/folder") == "/lock/b")
        #expect(LocalFile.path("/b", relativeTo: "/lock/folder") == "/b")
    }
}
