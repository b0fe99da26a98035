import CondaPackaging
import Testing

@Suite struct ExplicitListTests {
    static let md5 = "d41d8cd98f00b204e9800998ecf8427e"
    static let sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    @Test func reading() throws {
        let text = """
            # This file may be used to create an environment using:
            # $ conda create --name <env> --file <this file>
            # platform: linux-64

            @EXPLICIT
            https://h.example/c/linux-64/a-1.0-py_0.conda#\(Self.md5)
              https://h.example/t/secret/c/noarch/b-2-0.tar.bz2#sha256:\(Self.sha256)
            /srv/c d/c-3-0.conda\r
            file:///srv/d-4-0.conda#\(Self.sha256.uppercased())
            """
        let list = try ExplicitList(parsing: text)
        #expect(list.platform == .linux64 && list.entries.map(\.archive.name.description) == ["a", "b", "c", "d"])
        #expect(list.entries.map { $0.md5?.description } == [Self.md5, nil, nil, nil])
        #expect(list.entries.map { $0.sha256 != nil } == [false, true, false, true])
        #expect(list.entries[2].url == "file:///srv/c%20d/c-3-0.conda" && list.entries[1].archive.format == .tarBzip2)
        let again = try ExplicitList(parsing: list.description)
        #expect(again == list)
        #expect(try Coding.value(ExplicitList.self, from: Coding.json(list)) == list)
    }

    @Test(arguments: [
        ("", 1, ExplicitListError.Problem.noMarker), ("https://h.example/a-1-0.conda", 1, .noMarker),
        ("# x\nnumpy\n@EXPLICIT", 2, .noMarker),
        ("@EXPLICIT\nnumpy", 2, .noURL("numpy")), ("@EXPLICIT\n/a-1-0.conda#xyz", 2, .badHash("xyz")),
        ("@EXPLICIT\n/a-1-0.conda#", 2, .badHash("")), ("@EXPLICIT\n\nnumpy >=1", 3, .noURL("numpy >=1")),
        ("@EXPLICIT\n/x/b-1-0.conda##\(md5)", 2, .noURL("/x/b-1-0.conda##\(md5)")),
        ("@EXPLICIT\nhttps://h.example/b-1-0.conda#x#\(md5)", 2, .noURL("https://h.example/b-1-0.conda#x#\(md5)")),
    ])
    func refused(text: String, line: Int, problem: ExplicitListError.Problem) {
        let error = #expect(throws: ExplicitListError.self) { try ExplicitList(parsing: text) }
        #expect(error?.line == line && error?.problem == problem)
    }

    @Test func namesMayBeEncodedInURLs() throws {
        let list = try ExplicitList(parsing: "@EXPLICIT\nhttps://h.example/noarch/a-1%212.0%2Bb-0.conda\n")
        #expect(list.entries[0].archive.description == "a-1!2.0+b-0.conda")
        #expect(list.entries[0].url == "https://h.example/noarch/a-1%212.0%2Bb-0.conda")
        #expect(throws: ExplicitListError.self) { try ExplicitList(parsing: "@EXPLICIT\n/noarch/a-1%212.0-0.conda\n") }
    }

    @Test(arguments: ["https://h.example/a.zip", "a-1-0.conda;x", "a/a-1-0.conda", "https://me:secret@h.example/a"])
    func refusedEntries(text: String) {
        let error = #expect(throws: ExplicitListError.self) { try ExplicitList(parsing: "@EXPLICIT\n" + text) }
        #expect(error?.line == 2 && error?.description.contains("secret") == false)
    }
}
