import CondaPackaging
import Testing

@Suite struct MatchSpecTests {
    /// Specs and their normal form, read leniently.
    @Test(arguments: [
        ("numpy", "numpy"), ("  NumPy  ", "numpy"), ("numpy>=1.2,<2", "numpy >=1.2,<2"), ("numpy >= 1.2 , < 2", "numpy >=1.2,<2"),
        // The blocks of CEP 29, each with one meaning. `pkg =1.8 py_0` is read as conda and rattler do.
        ("pkg=1.8", "pkg 1.8.*"), ("pkg =1.8", "pkg 1.8.*"), ("pkg 1.8.*", "pkg 1.8.*"), ("pkg=1.8.*", "pkg 1.8.*"),
        ("pkg[version=1.8.*]", "pkg 1.8.*"), ("pkg[version=\"1.8.*\"]", "pkg 1.8.*"), ("pkg 1.8.* *", "pkg 1.8.* *"),
        ("pkg=1.8.*=*", "pkg 1.8.* *"), ("pkg 1.8", "pkg ==1.8"), ("pkg==1.8", "pkg ==1.8"), ("pkg[version=1.8]", "pkg ==1.8"),
        ("pkg 1.8 *", "pkg ==1.8 *"), ("pkg=1.8=*", "pkg ==1.8 *"), ("pkg==1.8=*", "pkg ==1.8 *"), ("pkg ==1.8 *", "pkg ==1.8 *"),
        ("pkg 1.8 py_0", "pkg ==1.8 py_0"), ("pkg=1.8=py_0", "pkg ==1.8 py_0"), ("pkg==1.8=py_0", "pkg ==1.8 py_0"),
        ("pkg =1.8 py_0", "pkg ==1.8 py_0"), ("pkg=3.8,=3.9", "pkg 3.8.*,3.9.*"), ("pkg ==1.2|3.* b", "pkg ==1.2|3.* b"),
        ("pkg * b*", "pkg * b*"), ("pkg=*=b*", "pkg * b*"), ("pkg (>=1,<2)|3", "pkg >=1,<2|==3"),
        ("pkg >=1!2,<1!3", "pkg >=1!2,<1!3"),
        ("conda-forge::pkg", "conda-forge::pkg"), ("conda-forge/linux-64::pkg =1", "conda-forge/linux-64::pkg 1.*"),
        ("conda-forge[linux-64]::pkg", "conda-forge/linux-64::pkg"), ("a/b/label/c d::pkg[channel=x]", "x::pkg"),
        ("ch:ns:pkg 1", "ch:ns:pkg ==1"), ("::pkg", "pkg"), ("c/noarch/::pkg", "c/noarch::pkg"),
        ("pkg[when='a and (b and c) or (d or e)']", "pkg[when=\"a and (b and c) or (d or e)\"]"),
        ("c::pkg[namespace='a:b']", "c::pkg[namespace=\"a:b\"]"), ("\\c::pkg", "pkg[channel=\"\\\\c\"]"),
        ("ns:pkg", "pkg[namespace=\"ns\"]"),
        ("*/osx-64::pkg", "pkg[subdir=\"osx-64\"]"),
        ("https://h.example/c/linux-64::pkg", "pkg[channel=\"https://h.example/c\", subdir=\"linux-64\"]"),
        ("pkg[channel=c,subdir=noarch]", "c/noarch::pkg"), ("pkg[subdir='linux-*']", "pkg[subdir=\"linux-*\"]"),
        ("pkg[build='py*']", "pkg[build=\"py*\"]"), ("pkg 1[build=^py3.*$]", "pkg ==1[build=\"^py3.*$\"]"),
        ("pkg ^1\\.[02]$ b*", "pkg[version=\"^1\\\\.[02]$\", build=\"b*\"]"),
        ("pkg[build_number='>=2']", "pkg[build_number=\">=2\"]"),
        ("pkg[ build_number = 2 , license = 'A \\'B\\'' ]", "pkg[build_number=\"==2\", license=\"A 'B'\"]"), ("pkg[]", "pkg"),
        ("pkg 1[version=2,name=other]", "pkg ==2"), ("pkg[track_features='a, b']", "pkg[track_features=\"a b\"]"),
        ("pkg[extras=[a, \"b\"], flags='cuda']", "pkg[extras=[a, b], flags=[cuda]]"), ("pkg # why", "pkg"),
        ("pkg>=1 #[x=", "pkg >=1"),
        ("pkg[fn='a#b']", "pkg[fn=\"a#b\"]"), ("*", "*"), ("py*", "py*"), ("^py(3|4)$ >=1", "^py(3|4)$ >=1"),
        ("^py[34]$", "^py[34]$"),
        ("*[md5=D41D8CD98F00B204E9800998ECF8427E]", "*[md5=\"d41d8cd98f00b204e9800998ecf8427e\"]"),
        ("pkg[when='python >=3 and (a or b=1)']", "pkg[when=\"python>=3 and (a or b[version=\\\"1.*\\\"])\"]"),
        ("pkg[url='https://h.example/pkg-1-0.conda']", "pkg[url=\"https://h.example/pkg-1-0.conda\"]"),
        ("https://h.example/c/noarch/pkg-1.0-py_0.tar.bz2", "pkg[url=\"https://h.example/c/noarch/pkg-1.0-py_0.tar.bz2\"]"),
        (
            "https://h.example/pkg-1-0.conda#d41d8cd98f00b204e9800998ecf8427e",
            "pkg[md5=\"d41d8cd98f00b204e9800998ecf8427e\", url=\"https://h.example/pkg-1-0.conda\"]"
        ),
        ("/a b/pkg-1-0.conda", "pkg[url=\"file:///a%20b/pkg-1-0.conda\"]"),
        ("file:///a/pkg-1-0.conda", "pkg[url=\"file:///a/pkg-1-0.conda\"]"),
    ])
    func normalForm(text: String, normal: String) throws {
        let spec = try MatchSpec(parsing: text)
        #expect(spec.description == normal)
        #expect(try MatchSpec(parsing: normal) == spec)
        #expect(try Coding.value(MatchSpec.self, from: Coding.json(spec)) == spec)
    }

    /// What is refused, where, and why.
    @Test(
        arguments: [
            ("", 1, MatchSpecError.Problem.noName), ("  ", 3, .noName), (">=1", 1, .noName), ("::", 3, .noName),
            ("[build=a]", 1, .noName),
            ("pkg >=", 7, .badVersion(.noVersion)), ("pkg =>1", 6, .badVersion(.noVersion)), ("pkg@1", 1, .badName("pkg@1")),
            ("pkg @1", 5, .expectedVersion), ("pkg 1|", 7, .expectedVersion), ("pkg 1.*.2", 6, .badVersion(.innerGlob)),
            ("pkg (1", 5, .unclosed("(")), ("pké", 1, .badName("pké")),
            ("a b::pkg >1..2", 12, .badVersion(.badVersion("1..2", .unexpected))),
            ("pkg[", 4, .unclosed("[")), ("pkg[build=", 4, .unclosed("[")), ("pkg[build='a]", 11, .unclosed("'")),
            ("pkg[optional]", 5, .badField),
            ("pkg[build=a] 1", 13, .expectedEnd), ("pkg[build=a][md5=b]", 13, .expectedEnd), ("pkg[build=]", 11, .badField),
            ("pkg[build='a' 'b']", 15, .badField), ("pkg[colour=red]", 5, .unknownField("colour")),
            ("pkg[md5=abc]", 9, .badDigest(field: "md5")),
            ("pkg[sha256=d41d8cd98f00b204e9800998ecf8427e]", 12, .badDigest(field: "sha256")),
            ("pkg[build_number=x]", 18, .badBuildNumber("x")),
            ("pkg[version='>=1.0,<']", 21, .badVersion(.noVersion)), ("pkg[url=x]", 9, .badURL("x")),
            ("pkg[build='^(a$']", 13, .badBuildPattern(.unclosed("("))),
            ("pkg[extras=[A]]", 13, .badExtra("A")), ("pkg[flags='a:b:c']", 12, .badFlag("a:b:c")), ("pkg; if x", 4, .semicolon),
            ("pkg;x", 4, .semicolon),
            ("pkg[when='']", 11, .badCondition), ("pkg[when='a b and']", 18, .badCondition),
            ("pkg[when='(a']", 11, .unclosed("(")),
            ("pkg[when='a[when=b]']", 13, .nestedCondition), ("https://h.example/pkg.zip", 1, .badArchiveName("pkg.zip")),
            ("/pkg-1.conda", 1, .badArchiveName("pkg-1.conda")), ("a::b::c", 1, .badChannel("a::b")),
            ("^(a$", 2, .badNamePattern(.unclosed("("))),
        ] as [(String, Int, MatchSpecError.Problem)])
    func refused(text: String, column: Int, problem: MatchSpecError.Problem) {
        let error = #expect(throws: MatchSpecError.self) { try MatchSpec(parsing: text) }
        #expect(error?.text == text && error?.problem == problem)
        #expect(error?.column == column)
    }

    @Test(
        arguments: [
            ("pkg 1.0", MatchSpecError.Problem.badVersion(.ambiguous("1.0"))), ("pkg ==1.0 b.1", .badBuild("b.1")),
            ("pkg ==1=b", .badBuild("=b")), ("pkg[build=a,build=b]", .repeatedField("build")),
            ("pkg ==1[version='>2']", .repeatedField("version")),
            ("pkg ==1 a[build=b]", .repeatedField("build")), ("pkg >=*", .badVersion(.globAfterOperator(">="))),
        ] as [(String, MatchSpecError.Problem)])
    func refusedStrictly(text: String, problem: MatchSpecError.Problem) throws {
        _ = try MatchSpec(parsing: text)
        let error = #expect(throws: MatchSpecError.self) { try MatchSpec(parsing: text, strictness: .strict) }
        #expect(error?.problem == problem)
    }

    @Test(arguments: [
        ("pkg", "pkg"), ("pkg ==1.0 b_*", "pkg ==1.0 b_*"), ("pkg =1.8 py_0", "pkg 1.8.* py_0"), ("pkg=1.8", "pkg 1.8.*"),
        ("pkg[version='1.8.*',build=b]", "pkg 1.8.* b"),
    ])
    func readStrictly(text: String, normal: String) throws {
        #expect(try MatchSpec(parsing: text, strictness: .strict).description == normal)
    }

    /// Whether a record of pkg 1.2 with everything set fits.
    @Test(arguments: [
        ("pkg", true), ("PKG", true), ("p*", true), ("^p.g$", true), ("other", false), ("pkg 1.2.0", true), ("pkg 1.3", false),
        ("pkg 1.2 py38_1", true),
        ("pkg 1.2 PY*", true), ("pkg 1.2 py39*", false), ("pkg[build_number=1]", true), ("pkg[build_number='<1']", false),
        ("pkg[subdir=linux-64]", true), ("pkg[subdir='osx*']", false), ("pkg[license=mit]", true), ("pkg[license='M*']", true),
        ("pkg[license=BSD]", false),
        ("pkg[license_family=mit]", false), ("pkg[track_features=a]", true), ("pkg[track_features='a c']", false),
        ("pkg[flags=['cuda','blas:*']]", true),
        ("pkg[flags=release]", false), ("pkg[md5=d41d8cd98f00b204e9800998ecf8427e]", true),
        ("pkg[md5=d41d8cd98f00b204e9800998ecf8427f]", false),
        ("pkg[sha256=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855]", false),
        ("pkg[fn='pkg-1.2-*.conda']", true), ("pkg[fn=x]", false),
    ])
    func matching(text: String, expected: Bool) throws {
        var record = RepodataRecord(
            fileName: try ArchiveName(parsing: "pkg-1.2-py38_1.conda"), name: try CondaName(parsing: "pkg"),
            version: try CondaVersion(parsing: "1.2"), build: "py38_1", buildNumber: 1, subdir: .linux64)
        record.license = "MIT"
        record.trackFeatures = ["a", "b"]
        record.flags = ["cuda", "blas:mkl"]
        record.md5 = MD5Digest(hex: "d41d8cd98f00b204e9800998ecf8427e")
        #expect(try MatchSpec(parsing: text).matches(record) == expected)
    }

    @Test func conditions() throws {
        let spec = try MatchSpec(parsing: "pkg[when='a and (b or c) or d']")
        let condition = try #require(spec.details.condition)
        #expect(condition.specs.map(\.description) == ["a", "b", "c", "d"])
        func isFulfilled(_ names: Set<String>) -> Bool { condition.isFulfilled { names.contains($0.name.description) } }
        #expect(isFulfilled(["a", "b"]) && isFulfilled(["a", "c"]) && isFulfilled(["d"]))
        #expect(!isFulfilled(["a"]) && !isFulfilled(["b", "c"]) && !isFulfilled([]))
        #expect(try MatchSpec(parsing: "pkg[when='pandoc and oracle']").details.condition?.specs.count == 2)
    }

    @Test func fields() throws {
        let spec = try MatchSpec(parsing: "conda-forge/linux-64:ns:pkg >1 b[license=MIT]")
        #expect(spec.name.exactName?.description == "pkg" && !spec.isPlain)
        #expect(spec.details.channel?.description == "conda-forge" && spec.details.subdir?.description == "linux-64")
        #expect(spec.details.namespace == "ns" && spec.details.license?.description == "MIT")
        var changed = spec
        changed.details = MatchDetails()
        #expect(changed.isPlain && changed.description == "pkg >1 b" && changed != spec)
        #expect(
            MatchSpec.name(in: "  numpy>=1.2") == "numpy" && MatchSpec.name(in: "x[build=a]") == "x"
                && MatchSpec.name(in: "") == "")
    }

    /// Deep and long input ends in an answer, in time proportional to its length.
    @Test func hostileInput() {
        for text in [
            "pkg " + String(repeating: "(", count: 100_000), "pkg" + String(repeating: "[", count: 100_000),
            "pkg[when='" + String(repeating: "(", count: 100_000) + "']", "pkg[build='" + String(repeating: "\\", count: 100_001),
            String(repeating: ":", count: 100_000), "pkg " + String(repeating: "1.*", count: 50_000),
            "pkg[" + String(repeating: "a=b,", count: 50_000),
        ] {
            #expect(throws: MatchSpecError.self) { try MatchSpec(parsing: text) }
        }
    }
}
