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
    ]

    @Test("entries of a packages dictionary", arguments: entries)
    func dictionary(_ entry: Entry) throws {
        let root = try RootRequirement(fromPackagesDictionary: entry.name, spec: entry.spec)
        #expect(root.requirement.description == entry.meaning)
        #expect(root.spelled == "'\(entry.name)': '\(entry.spec)'")
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let name: String
        let spec: String
        let words: String
        var testDescription: String { "'\(name)': '\(spec)'" }
    }

    static let refusals: [Refusal] = [
        .init(name: "p", spec: "@ https://packages.example/p-1-py3-none-any.whl", words: "by its URL"),
        .init(name: "p", spec: "@git+https://git.example/p@main", words: "a repository"),
        .init(name: "p@git+https://git.example/p", spec: "", words: "a repository"),
        .init(name: "git+https://git.example/p", spec: "", words: "a repository"),
        .init(name: "p", spec: "@ ../p", words: "a file or folder"),
        .init(name: "./p", spec: "", words: "a file or folder"),
        .init(name: "-e .", spec: "", words: "option of pip"),
        .init(name: "conda-forge::p", spec: "1.2", words: "conda channel"),
        .init(name: "p", spec: "1.2=py39_0", words: "conda build"),
        .init(name: "p; python_version<'3'", spec: "1", words: "condition"),
        .init(name: "p", spec: "one", words: "cannot be read"),
        .init(name: "p", spec: ">=", words: "cannot be read"),
        .init(name: "", spec: "1", words: "cannot be read"),
        .init(name: "p q", spec: "1", words: "cannot be read"),
    ]

    @Test("entries that are refused say why and quote", arguments: refusals)
    func refusal(_ refusal: Refusal) throws {
        let error = try #require(throws: RootRequirementError.self) {
            try RootRequirement(fromPackagesDictionary: refusal.name, spec: refusal.spec)
        }
        let diagnostic = error.diagnostic
        #expect(diagnostic.headline.contains("'\(refusal.name)': '\(refusal.spec)'"))
        #expect(diagnostic.headline.contains(refusal.words))
        #expect(diagnostic.failure == .user && diagnostic.help != nil)
    }

    @Test(
        "requirements that are refused", arguments: [
            "p @ https://packages.example/p.whl", "-r requirements.txt", "git+https://git.example/p", "../p", "p >= ", "",
        ])
    func refusedRequirement(_ text: String) {
        #expect(throws: RootRequirementError.self) { try RootRequirement(parsing: text) }
    }

    @Test("a requirement keeps the words of the person")
    func spelled() throws {
        let root = try RootRequirement(parsing: "Pandas [excel] >= 2 ; python_version >= '3.9'")
        #expect(root.spelled == "Pandas [excel] >= 2 ; python_version >= '3.9'")
        #expect(root.requirement.name.description == "pandas")
    }
}
