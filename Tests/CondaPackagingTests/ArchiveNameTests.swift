import CondaPackaging
import Testing

@Suite struct ArchiveNameTests {
    @Test(arguments: [
        ("numpy-1.26.4-py312_0.conda", "numpy", "1.26.4", "py312_0", ArchiveName.Format.conda),
        ("_libgcc_mutex-0.1-main.tar.bz2", "_libgcc_mutex", "0.1", "main", .tarBzip2),
        ("r-my-pkg-1!2.0_3-r44h1.2+x_0.conda", "r-my-pkg", "1!2.0_3", "r44h1.2+x_0", .conda),
        ("a--1-0.conda", "a-", "1", "0", .conda),
        ("A-1-0.conda", "a", "1", "0", .conda),
    ])
    func parts(text: String, name: String, version: String, build: String, format: ArchiveName.Format) throws {
        let archive = try ArchiveName(parsing: text)
        #expect(archive.name.description == name && archive.version.description == version && archive.build == build)
        #expect(archive.format == format && archive.description == text && archive.stem + format.rawValue == text)
        #expect(try Coding.value(ArchiveName.self, from: Coding.json(archive)) == archive)
    }

    @Test(arguments: [
        ("", ArchiveNameError.Problem.format), ("numpy-1-0.zip", .format), (".conda", .format), ("numpy.conda", .partCount),
        ("numpy-1.conda", .partCount),
        ("-1-0.conda", .partCount), ("../a-1-0.conda", .name("../a")), ("é-1-0.conda", .name("é")), ("a-1-.conda", .build("")),
        ("a-1-x/y.conda", .build("x/y")),
        ("a-1-x y.conda", .build("x y")), ("a-1-\u{0}.tar.bz2", .build("\u{0}")),
    ])
    func refused(text: String, problem: ArchiveNameError.Problem) {
        let error = #expect(throws: ArchiveNameError.self) { try ArchiveName(parsing: text) }
        #expect(error?.fileName == text && error?.problem == problem)
    }

    @Test func refusedVersion() {
        let error = #expect(throws: ArchiveNameError.self) { try ArchiveName(parsing: "a-1..0-0.conda") }
        guard case .version(let problem)? = error?.problem else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(problem.text == "1..0" && problem.column == 2)
    }

    @Test(arguments: [
        ("NumPy", "numpy"), ("_x", "_x"), ("__glibc", "__glibc"), ("a.b-c_d", "a.b-c_d"), ("7zip", "7zip"), ("-a", "-a"),
    ])
    func names(text: String, normal: String) throws {
        let name = try CondaName(parsing: text)
        #expect(name.description == normal && name.isVirtual == normal.hasPrefix("__"))
    }

    @Test(arguments: ["", ".", "..", ".a", "a b", "a/b", "é", "a\u{0}", "a+b"])
    func refusedNames(text: String) {
        let error = #expect(throws: CondaNameError.self) { try CondaName(parsing: text) }
        #expect(error?.text == text)
    }

    @Test func digests() throws {
        let digest = try #require(MD5Digest(hex: "00AB1d8cd98f00b204e9800998ecf842"))
        #expect(digest.description == "00ab1d8cd98f00b204e9800998ecf842")
        #expect(try Coding.value(MD5Digest.self, from: Coding.json(digest)) == digest)
        for text in ["", "00ab", String(repeating: "g", count: 32), String(repeating: "0", count: 33)] {
            #expect(MD5Digest(hex: text) == nil)
        }
    }
}
