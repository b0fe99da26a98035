import PythonPackaging
import Testing

@Suite struct SpecifierTests {
    /// A set, versions that fulfil it, versions that do not.
    @Test(arguments: [
        ("", ["0", "1.0", "1!5"], []),
        (">=1.2,<2", ["1.2", "1.2.0", "1.9.post3", "1.99+local"], ["1.1", "2", "2.0rc1", "2.dev0", "1.2rc1"]),
        ("==1.2", ["1.2", "1.2.0", "1.2+cpu"], ["1.2.1", "1.2.post0", "1.2a1"]),
        ("==1.2+cpu", ["1.2+cpu", "1.2.0+CPU"], ["1.2", "1.2+gpu"]),
        ("!=1.2", ["1.2.1", "1.2.post0"], ["1.2", "1.2.0", "1.2+cpu"]),
        ("==1.2.*", ["1.2", "1.2.9", "1.2rc1", "1.2.dev0", "1.2.post1+x"], ["1.3", "1.3.dev0", "1.20", "1!1.2"]),
        ("==1.0.*", ["1", "1.0", "1.0.0.1"], ["1.1"]),
        ("!=1.2.*", ["1.1", "1.3.dev0"], ["1.2", "1.2.9"]),
        ("~=1.4.2", ["1.4.2", "1.4.9", "1.4.2.post1"], ["1.4.1", "1.5", "1.5.dev0", "1.4.2rc1"]),
        ("~=1.4", ["1.4", "1.99"], ["2.0", "2.0.dev0", "1.3"]),
        ("~=2.2.post3", ["2.2.post3", "2.3"], ["2.2", "2.2.post2", "3.0"]),
        ("<=1.2", ["1.2", "1.2+local", "1.2rc1"], ["1.2.post0", "1.2.0.1"]),
        (">1.2", ["1.2.1", "1.3.dev0"], ["1.2", "1.2+local", "1.2.post1", "1.2.0"]),
        (">1.2.post1", ["1.2.post2", "1.2.1"], ["1.2.post1", "1.2.post1+x"]),
        (">1.2a1", ["1.2a2", "1.2"], ["1.2a1", "1.2a1.post1"]),
        ("<1.2", ["1.1.9", "1.1+x"], ["1.2", "1.2.dev0", "1.2a1"]),
        ("<1.2rc1", ["1.2a1", "1.2.dev0", "1.2rc1.dev3"], ["1.2rc1", "1.2"]),
        ("===1.0+Weird", ["1.0+weird"], ["1.0", "1.0.0+weird"]),
        ("~=3.11, !=3.11.2", ["3.11.1", "3.12"], ["3.11.2", "4.0"]),
    ])
    func containment(set: String, inside: [String], outside: [String]) throws {
        let specifiers = try SpecifierSet(parsing: set)
        for text in inside { #expect(specifiers.contains(try Version(parsing: text)), "\(text) in \(set)") }
        for text in outside { #expect(!specifiers.contains(try Version(parsing: text)), "\(text) not in \(set)") }
    }

    @Test(arguments: [
        ("1.0", SpecifierError.Problem.noOperator), ("=>1.0", .noOperator), (">=", .noVersion),
        ("== foo", .badVersion("foo")),
        (">=1.*", .prefixNotAllowed), ("==1.0a1.*", .prefixAfterSuffix), ("==1.0+a.*", .prefixAfterSuffix),
        (">1.0+local", .localNotAllowed), ("~=1", .compatibleTooShort), ("==1.0 .*", .badVersion("1.0 ")),
        ("=== a b", .badVersion("a b")),
    ])
    func problems(text: String, problem: SpecifierError.Problem) throws {
        let error = #expect(throws: SpecifierError.self) { try Specifier(parsing: text) }
        #expect(error?.problem == problem)
        #expect(error?.description.contains("'\(text)'") == true)
    }

    /// Pre-releases are kept if a clause names one, if they are asked for, or if nothing else is left.
    @Test(arguments: [
        (">=1.0", ["0.9", "1.0", "1.1a1", "1.1"], ["1.0", "1.1"]),
        (">=1.1a1", ["1.0", "1.1a1", "1.1"], ["1.1a1", "1.1"]),
        (">=1.1", ["1.0", "1.2a1", "1.2b1"], ["1.2a1", "1.2b1"]),
        ("!=1.1a1", ["1.0", "1.1a1", "1.1a2"], ["1.0"]),
        ("", ["1.0rc1"], ["1.0rc1"]),
    ])
    func automaticPrereleases(set: String, offered: [String], kept: [String]) throws {
        let versions = try offered.map { try Version(parsing: $0) }
        let expected = try kept.map { try Version(parsing: $0) }
        #expect(try SpecifierSet(parsing: set).filter(versions) == expected)
        #expect(try SpecifierSet(parsing: set).filter(versions, prereleases: .excluded).allSatisfy { !$0.isPrerelease })
    }

    @Test func setsAreEqualWhateverTheirOrder() throws {
        #expect(try SpecifierSet(parsing: ">=1.0,<2") == SpecifierSet(parsing: " <2.0 , >=1,, >=1.0 "))
        #expect(try SpecifierSet(parsing: "~=1.4") != SpecifierSet(parsing: "~=1.4.0"))
        #expect(try SpecifierSet(parsing: "==1.*") != SpecifierSet(parsing: "==1"))
        #expect(try SpecifierSet(parsing: ">=1").and(SpecifierSet(parsing: "<2")).description == "<2,>=1")
        let version = try Version(parsing: "1.2+cpu")
        #expect(SpecifierSet.exactly(version).contains(version))
    }

    // Not as arguments: the runner would print them.
    @Test func hostileInputIsRefused() {
        for text in [
            String(repeating: "!", count: 50_000),
            ">=" + String(repeating: "1.", count: 50_000), String(repeating: ">=1,", count: 20_000) + "x",
        ] {
            #expect(throws: SpecifierError.self) { try SpecifierSet(parsing: text) }
        }
    }
}
