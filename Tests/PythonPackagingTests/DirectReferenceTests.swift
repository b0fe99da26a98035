import PythonPackaging
import Testing

@Suite("Direct references")
struct DirectReferenceTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let text: String
        let meaning: String
        var name: String?
        var testDescription: String { text }
    }

    private static let digits = String(repeating: "a1", count: 32)

    static let rows: [Row] = [
        // Archives.
        .init(
            text: "https://files.example/p-1.0-py3-none-any.whl", meaning: "https://files.example/p-1.0-py3-none-any.whl",
            name: "p"),
        .init(text: "HTTPS://Files.Example/P_q-1.0.tar.gz", meaning: "https://files.example/P_q-1.0.tar.gz", name: "p-q"),
        .init(
            text: "https://files.example/p-1.0.zip#sha256=\(digits.uppercased())",
            meaning: "https://files.example/p-1.0.zip#sha256=\(digits)", name: "p"),
        .init(
            text: "http://files.example:8080/main.zip#subdirectory=a/./b&egg=Some_Name[x,y]",
            meaning: "http://files.example:8080/main.zip#subdirectory=a/b", name: "some-name"),
        .init(
            text: "https://files.example/torch-2.1%2Bcpu-cp311-cp311-linux_x86_64.whl",
            meaning: "https://files.example/torch-2.1%2Bcpu-cp311-cp311-linux_x86_64.whl", name: "torch"),
        .init(text: "https://api.example/tarball/main?x=1", meaning: "https://api.example/tarball/main?x=1"),
        .init(text: "https://files.example/get?name=p", meaning: "https://files.example/get?name=p"),
        .init(text: "https://me:pw@files.example/p-1.zip", meaning: "https://****@files.example/p-1.zip", name: "p"),
        .init(text: "https://me:p@w@files.example/p-1.zip", meaning: "https://****@files.example/p-1.zip", name: "p"),
        .init(text: "file:///srv/p-1.0.tar.gz", meaning: "file:///srv/p-1.0.tar.gz", name: "p"),
        .init(text: "file://localhost/srv/a%20b/p-1.0.tar.gz", meaning: "file:///srv/a%20b/p-1.0.tar.gz", name: "p"),
        .init(text: "file:dist/p-1.0.zip", meaning: "file:///home/me/work/dist/p-1.0.zip", name: "p"),
        .init(text: "./dist/p-1.0-py3-none-any.whl", meaning: "file:///home/me/work/dist/p-1.0-py3-none-any.whl", name: "p"),
        .init(text: "../p-1.0.tar.gz", meaning: "file:///home/me/p-1.0.tar.gz", name: "p"),
        .init(text: "~/p-1.0.tar.gz", meaning: "file:///home/me/p-1.0.tar.gz", name: "p"),
        // Repositories.
        .init(text: "git+https://git.example/a/p", meaning: "git+https://git.example/a/p"),
        .init(text: "git+https://git.example/a/p.git@main", meaning: "git+https://git.example/a/p.git@main"),
        .init(
            text: "git+https://git.example/a/p.git@feature/x%2Fy#subdirectory=py&egg=p",
            meaning: "git+https://git.example/a/p.git@feature/x/y#subdirectory=py", name: "p"),
        .init(text: "git+ssh://git@git.example/a/p.git", meaning: "git+ssh://git@git.example/a/p.git"),
        .init(text: "git+ssh://git@git.example:22/a/p.git@v1.0", meaning: "git+ssh://git@git.example:22/a/p.git@v1.0"),
        .init(text: "git+ssh://git:pw@git.example/p@v1", meaning: "git+ssh://****@git.example/p@v1"),
        .init(text: "git+https://token@git.example/a/p@v1", meaning: "git+https://****@git.example/a/p@v1"),
        .init(text: "git+https://me:p%40w@git.example/a/p@v1", meaning: "git+https://****@git.example/a/p@v1"),
        .init(text: "git+file:///srv/p.git@0a1b", meaning: "git+file:///srv/p.git@0a1b"),
        .init(text: "git+file:../p", meaning: "git+file:///home/me/p"),
        .init(text: "git+git://git.example/p", meaning: "git+git://git.example/p"),
        .init(text: "git+http://git.example/p@a@b", meaning: "git+http://git.example/p@a@b"),
        // Folders.
        .init(text: ".", meaning: "file:///home/me/work"),
        .init(text: "./p", meaning: "file:///home/me/work/p"),
        .init(text: "../../other/p/", meaning: "file:///home/other/p"),
        .init(text: "/srv/a b/p", meaning: "file:///srv/a%20b/p"),
        .init(text: "file:///srv/p", meaning: "file:///srv/p"),
        .init(text: "file:///srv/p#egg=q", meaning: "file:///srv/p", name: "q"),
        .init(text: "file:///srv/p#subdirectory=sub", meaning: "file:///srv/p/sub"),
        .init(text: "/srv/p.zip/", meaning: "file:///srv/p.zip"),
        .init(text: "/../../etc", meaning: "file:///etc"),
    ]

    @Test("are read, and written in one way", arguments: rows)
    func reading(_ row: Row) throws {
        let read = try ReadReference(parsing: row.text, below: "/home/me/work", home: "/home/me")
        #expect(read.reference.description == row.meaning)
        #expect(read.name?.description == row.name)
        if !row.meaning.contains("****"), !row.text.contains("/p.zip/") {
            #expect(try DirectReference(parsing: row.meaning) == read.reference)
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let text: String
        let words: String
        var help = ""
        var testDescription: String { text.debugDescription }
    }

    static let refusals: [Refusal] = [
        .init(text: "", words: "names nothing"),
        .init(text: "hg+https://hg.example/p", words: "Mercurial"),
        .init(text: "svn+ssh://svn.example/p", words: "Subversion"),
        .init(text: "bzr+https://bzr.example/p", words: "Bazaar"),
        .init(text: "cvs+https://cvs.example/p", words: "'cvs+https:'"),
        .init(text: "git@git.example:a/p.git", words: "not its URL", help: "git+ssh://git@git.example/a/p.git"),
        .init(text: "git+git@git.example:a/p.git", words: "not its URL", help: "git+ssh://git@git.example/a/p.git"),
        .init(text: "ssh://git@git.example/p", words: "not its URL", help: "git+ssh://git@git.example/p"),
        .init(text: "https://git.example/a/p.git", words: "not its URL", help: "git+https://git.example/a/p.git"),
        .init(text: "ftp://files.example/p.zip", words: "'ftp:'"),
        .init(text: "C:\\p", words: "'c:'"),
        .init(text: "git+ext::sh -c id", words: "'git+ext:'"),
        .init(text: "git+https:///p", words: "names no host"),
        .init(text: "https://", words: "names no host"),
        .init(text: "https://files.example/", words: "names no file"),
        .init(text: "file://other.example/p", words: "another machine"),
        .init(text: "git+file://other.example/p", words: "another machine"),
        .init(text: "git+https://git.example/p@", words: "no revision"),
        .init(text: "git+https://git.example/p@--upload-pack=x", words: "take for an option"),
        .init(text: "git+ssh://-oProxyCommand=x/p", words: "take for an option"),
        .init(text: "git+ssh://-o@git.example/p", words: "take for an option"),
        .init(text: "git+https://git.example/p@a%00b", words: "control character"),
        .init(text: "git+https://git.example/p@a%0Ab", words: "control character"),
        .init(text: "https://files.example/p-1.zip#sha256=abc", words: "no such hash"),
        .init(text: "https://files.example/p-1.zip#sha256", words: "'sha256'"),
        .init(text: "https://files.example/p-1.zip#subdir=a", words: "'subdir'", help: "subdirectory"),
        .init(text: "https://files.example/p-1.zip#subdirectory=../a", words: "not within the project"),
        .init(text: "git+https://git.example/p#subdirectory=/etc", words: "not within the project"),
        .init(text: "git+https://git.example/p#subdirectory=a%2F..%2F..", words: "not within the project"),
        .init(text: "git+https://git.example/p#egg=a b", words: "not the name of a package"),
        .init(text: "https://files.example/p\u{0}.zip", words: "control character"),
        .init(text: "file:///srv/p%00.zip", words: "control character"),
        .init(text: "file:///srv/p#sha256=\(digits)", words: "'sha256'"),
    ]

    @Test("that are none are refused with a word and with help", arguments: refusals)
    func refusing(_ refusal: Refusal) throws {
        let error = try #require(throws: DirectReferenceError.self) {
            try DirectReference(parsing: refusal.text, below: "/home/me/work")
        }
        #expect(error.description.contains(refusal.words))
        #expect(error.help.contains(refusal.help))
    }

    @Test("a relative path needs a folder to begin in")
    func relative() throws {
        let error = try #require(throws: DirectReferenceError.self) { try DirectReference(parsing: "./p") }
        #expect(error.problem == .relativePath)
    }

    @Test("archives are not editable; folders and repositories may be asked for so")
    func editable() throws {
        #expect(throws: DirectReferenceError.self) {
            try ReadReference(parsing: "https://files.example/p-1.zip", isEditable: true)
        }
        #expect(throws: DirectReferenceError.self) {
            try ReadReference(parsing: "./p-1.zip", below: "/srv", isEditable: true)
        }
        let folder = try ReadReference(parsing: "./p", below: "/srv", isEditable: true)
        #expect(folder.reference == .directory(DirectDirectory(path: "/srv/p", isEditable: true)))
        #expect(try ReadReference(parsing: "git+https://git.example/p", isEditable: true).name == nil)
    }

    @Test(
        "credentials stay usable and are shown nowhere",
        arguments: ["https://me:hush@files.example/p-1.zip", "git+https://me:hush@git.example/p@v1"])
    func credentials(_ text: String) throws {
        let reference = try DirectReference(parsing: text)
        let url =
            switch reference {
            case .archive(let archive): archive.url
            case .repository(let repository): repository.url
            case .directory: ""
            }
        #expect(url.contains("me:hush@"))
        let shown = ["\(reference)", String(reflecting: reference), "\(Optional(reference) as Any)", "\([reference])"]
        #expect(shown.allSatisfy { !$0.contains("hush") && $0.contains("****@") })
        let error = try #require(throws: DirectReferenceError.self) { try DirectReference(parsing: text + "#what") }
        #expect(!"\(error)".contains("hush") && !error.help.contains("hush"))
    }

    @Test(
        "messages lose the credentials of every URL in them",
        arguments: [
            ("p @ https://a:b@x.example/p ; m and ssh://git@y.example/", "p @ https://****@x.example/p ; m and ssh://git@y.example/"),
            ("'https://t@x.example' https://x.example/p@v1", "'https://****@x.example' https://x.example/p@v1"),
            ("no URL, an a@b", "no URL, an a@b"), ("://", "://"), ("x://@", "x://****@"),
        ])
    func redacting(_ text: String, _ shown: String) {
        #expect(DirectReference.redacting(text) == shown)
    }

    @Test("any text ends in a reference or an error")
    func hostile() {
        var texts = ["git+", "git+https://", "file:", "file://", "#", "@", "%", "file:///%", "file:///%G1", "git+https://h/@", "://"]
        texts += [String(repeating: "../", count: 100_000), "git+https://h/" + String(repeating: "@", count: 100_000)]
        texts += ["https://h/x#" + String(repeating: "&", count: 100_000), String(repeating: "a+", count: 100_000) + "://x"]
        texts += ["https://" + String(repeating: "x@", count: 100_000) + "h/p.zip"]
        for text in texts {
            if let reference = try? DirectReference(parsing: text, below: "/srv") { #expect(!reference.description.isEmpty) }
        }
    }
}
