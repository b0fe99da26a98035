import Diagnostics
import PythonPackaging
import Resolution
import Testing

@Suite("What a person asks for")
struct RootRequirementTests {
    struct Entry: Sendable, CustomTestStringConvertible {
        let name: String
        let spec: String
        let meaning: String
        var testDescription: String { "'\(name)': '\(spec)'" }
    }

    static let entries: [Entry] = [
        .init(name: "p", spec: "1.2", meaning: "p==1.2"),
        .init(name: "p", spec: "1.2.*", meaning: "p==1.2.*"),
        .init(name: "p", spec: "1.2,<2", meaning: "p<2,==1.2"),
        .init(name: "p", spec: ">=1,<2", meaning: "p<2,>=1"),
        .init(name: "p", spec: "~=1.2", meaning: "p~=1.2"),
        .init(name: "p", spec: "!=1.3", meaning: "p!=1.3"),
        .init(name: "p", spec: "==1.2", meaning: "p==1.2"),
        .init(name: "p", spec: "===1.2", meaning: "p===1.2"),
        .init(name: "p", spec: "=1.2", meaning: "p===1.2"),
        .init(name: "p", spec: "", meaning: "p"),
        .init(name: "p", spec: "*", meaning: "p"),
        .init(name: "p", spec: "latest", meaning: "p"),
        .init(name: "p", spec: " 1.2 ", meaning: "p==1.2"),
        .init(name: "p", spec: "> 1, < 2", meaning: "p<2,>1"),
        .init(name: "p[a,b]", spec: "1.2", meaning: "p[a,b]==1.2"),
        .init(name: "scikit_learn", spec: ">=1", meaning: "scikit_learn>=1"),
        .init(name: "p", spec: "2024.1rc1", meaning: "p==2024.1rc1"),
        // Direct references, in the value and in the key.
        .init(
            name: "p", spec: "@ https://files.example/p-1-py3-none-any.whl",
            meaning: "p @ https://files.example/p-1-py3-none-any.whl"),
        .init(
            name: "p", spec: "@https://files.example/p-1-py3-none-any.whl",
            meaning: "p @ https://files.example/p-1-py3-none-any.whl"),
        .init(name: "p[a]", spec: "@ https://files.example/p-1.tar.gz", meaning: "p[a] @ https://files.example/p-1.tar.gz"),
        .init(name: "p", spec: "@git+https://git.example/p@main", meaning: "p @ git+https://git.example/p@main"),
        .init(
            name: "p", spec: "@ git+https://git.example/p@main#subdirectory=x",
            meaning: "p @ git+https://git.example/p@main#subdirectory=x"),
        .init(name: "p@git+https://git.example/p", spec: "", meaning: "p @ git+https://git.example/p"),
        .init(name: "p @ git+https://git.example/p@v1", spec: "", meaning: "p @ git+https://git.example/p@v1"),
        .init(name: "p[a]@git+https://git.example/p", spec: "*", meaning: "p[a] @ git+https://git.example/p"),
        .init(name: "git+https://git.example/p#egg=q", spec: "", meaning: "q @ git+https://git.example/p"),
        .init(name: "p", spec: "@ ../p", meaning: "p @ file:///home/me/p"),
        .init(name: "p", spec: "@ file:///srv/p", meaning: "p @ file:///srv/p"),
        .init(
            name: "./p-1-py3-none-any.whl", spec: "", meaning: "p @ file:///home/me/flows/p-1-py3-none-any.whl"),
        // Markers.
        .init(name: "p; python_version<'3.9'", spec: "1", meaning: "p==1; python_version < \"3.9\""),
        .init(name: "p", spec: "1; sys_platform == 'linux'", meaning: "p==1; sys_platform == \"linux\""),
        .init(name: "p", spec: "; sys_platform == 'linux'", meaning: "p; sys_platform == \"linux\""),
        .init(
            name: "p; sys_platform == 'linux'", spec: "@ https://files.example/p-1.zip",
            meaning: "p @ https://files.example/p-1.zip ; sys_platform == \"linux\""),
        .init(
            name: "p", spec: "@ https://files.example/p-1.zip ; sys_platform == 'linux'",
            meaning: "p @ https://files.example/p-1.zip ; sys_platform == \"linux\""),
    ]

    @Test("entries of a packages dictionary", arguments: entries)
    func dictionary(_ entry: Entry) throws {
        let asker = Asker("step 'a' (@pypi)", file: "flow.py", line: 7)
        let root = try RootRequirement(
            fromPackagesDictionary: entry.name, spec: entry.spec, asker: asker, below: "/home/me/flows")
        #expect(root.requirement.description == entry.meaning)
        #expect(root.spelled == "'\(entry.name)': '\(entry.spec)'")
        #expect(root.asker == asker)
        #expect((root.reference != nil) == entry.meaning.contains(" @ "))
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let name: String
        let spec: String
        let words: String
        var testDescription: String { "'\(name)': '\(spec)'" }
    }

    static let refusals: [Refusal] = [
        .init(name: "p", spec: "@ https://files.example/q-1-py3-none-any.whl", words: "another package, q"),
        .init(name: "p", spec: "@hg+https://hg.example/p", words: "cannot be had"),
        .init(name: "git+https://git.example/p", spec: "", words: "which package it is"),
        .init(name: "git+https://git.example/p#egg=p", spec: "1.0", words: "both a URL and a version"),
        .init(name: "./p", spec: "", words: "which package it is"),
        .init(name: "-e .", spec: "", words: "option of pip"),
        .init(name: "p", spec: "-e .", words: "option of pip"),
        .init(name: "conda-forge::p", spec: "1.2", words: "conda channel"),
        .init(name: "p", spec: "1.2=py39_0", words: "conda build"),
        .init(name: "p; python_version<'3'", spec: "1; os_name == 'nt'", words: "cannot be read"),
        .init(name: "p; python<'3'", spec: "1", words: "cannot be read"),
        .init(name: "p", spec: "one", words: "cannot be read"),
        .init(name: "p", spec: ">=", words: "cannot be read"),
        .init(name: "p", spec: "@", words: "cannot be read"),
        .init(name: "", spec: "1", words: "cannot be read"),
        .init(name: "p q", spec: "1", words: "cannot be read"),
    ]

    @Test("entries that are refused say why and quote", arguments: refusals)
    func refusal(_ refusal: Refusal) throws {
        let asker = Asker("step 'a' (@pypi)", file: "flow.py", line: 7)
        let error = try #require(throws: RootRequirementError.self) {
            try RootRequirement(
                fromPackagesDictionary: refusal.name, spec: refusal.spec, asker: asker, below: "/home/me/flows")
        }
        let diagnostic = error.diagnostic
        #expect(diagnostic.headline.contains("'\(refusal.name)': '\(refusal.spec)'"))
        #expect(diagnostic.headline.contains(refusal.words))
        #expect(diagnostic.failure == .user && diagnostic.help != nil)
        #expect(diagnostic.file == "flow.py" && diagnostic.line == 7)
    }

    @Test(
        "requirements, URLs and paths", arguments: [
            ("p[a]>=1 ; os_name == 'nt'", "p[a]>=1; os_name == \"nt\""),
            ("p @ https://files.example/p.whl", "p @ https://files.example/p.whl"),
            ("https://files.example/p-1.zip", "p @ https://files.example/p-1.zip"),
            ("https://files.example/p-1.zip ; os_name == 'nt'", "p @ https://files.example/p-1.zip ; os_name == \"nt\""),
            ("https://files.example/p-1.zip; os_name == 'nt'", "p @ https://files.example/p-1.zip ; os_name == \"nt\""),
            ("./p-1-py3-none-any.whl[b,a]", "p[a,b] @ file:///srv/p-1-py3-none-any.whl"),
            ("p-1-py3-none-any.whl", "p @ file:///srv/p-1-py3-none-any.whl"),
            ("dist/p-1.tar.gz[a];os_name=='nt'", "p[a] @ file:///srv/dist/p-1.tar.gz ; os_name == \"nt\""),
            ("git+ssh://git@git.example/p.git@v1#egg=p[x]", "p[x] @ git+ssh://git@git.example/p.git@v1"),
            ("p@./p", "p @ file:///srv/p"),
        ])
    func requirement(_ text: String, _ meaning: String) throws {
        let root = try RootRequirement(parsing: text, below: "/srv")
        #expect(root.requirement.description == meaning)
        #expect(root.spelled == text)
    }

    @Test(
        "requirements that are refused", arguments: [
            ("p @ ftp://files.example/p.whl", "cannot be had"), ("-r requirements.txt", "option of pip"),
            ("git+https://git.example/p", "which package it is"), ("../p", "which package it is"),
            ("p >= ", "cannot be read"), ("", "cannot be read"), ("git@git.example:a/p.git", "cannot be had"),
            ("./p-1.zip[a", "which package it is"), ("./p-1.zip[a b]", "cannot be read"), ("./p-1.zip; x", "cannot be read"),
            ("p\u{0}", "cannot be read"), ("./p\u{0}-1.zip", "cannot be had"),
        ])
    func refusedRequirement(_ text: String, _ words: String) throws {
        let error = try #require(throws: RootRequirementError.self) { try RootRequirement(parsing: text, below: "/srv") }
        #expect(error.diagnostic.headline.contains(words))
    }

    @Test("a requirement keeps the words of the person")
    func spelled() throws {
        let root = try RootRequirement(parsing: "Pandas [excel] >= 2 ; python_version >= '3.9'")
        #expect(root.spelled == "Pandas [excel] >= 2 ; python_version >= '3.9'")
        #expect(root.requirement.name.description == "pandas")
    }

    @Test(
        "credentials are in the reference alone",
        arguments: ["p @ https://me:hush@files.example/p-1.zip", "https://me:hush@files.example/p-1.zip"])
    func credentials(_ text: String) throws {
        let root = try RootRequirement(parsing: text)
        #expect(!root.spelled.contains("hush") && !root.requirement.description.contains("hush"))
        #expect(!"\(root)".contains("hush"))
        guard case .archive(let archive) = root.reference else { throw TestFailure() }
        #expect(archive.url == "https://me:hush@files.example/p-1.zip")
        let error = try #require(throws: RootRequirementError.self) { try RootRequirement(parsing: text + " what") }
        #expect(!"\(error.diagnostic)".contains("hush"))
    }

    private struct TestFailure: Error {}
}
