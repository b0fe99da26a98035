import CondaPackaging
import Testing

@Suite struct VersionSpecTests {
    /// Specs and their normal form, read leniently.
    @Test(arguments: [
        ("*", "*"), ("*.*", "*"), ("1.0", "==1.0"), ("1.0.*", "1.0.*"), ("1.0*", "1.0.*"), ("=1.0", "1.0.*"), ("=1.0.*", "1.0.*"),
        ("2023.*.*", "2023.*"), (">=1.0.*", ">=1.0"), (">1.0.*", ">=1.0"), ("<1.0.*", "<1.0"), ("~=1.0.*", "~=1.0"),
        ("!=1.0.*", "!=1.0.*"), ("!=1.0.*.*", "!=1.0"), (">=*", "*"), ("=*", "*"), (">= 1.0 , < 2", ">=1.0,<2"),
        (" ( >=1 , <2 ) | ==5 ", ">=1,<2|==5"), ("(1|2),<3", "(==1|==2),<3"), ("((1|2)|3)", "==1|==2|==3"),
        ("1,2,(3,4)", "==1,==2,==3,==4"), ("1.0_*", "1.0_.*"), ("^1\\.[02]$", "^1\\.[02]$"), ("^1$|>3", "^1$|>3"),
        (">=1!2,<1!3", ">=1!2,<1!3"), ("==1.0+cu", "==1.0+cu"),
    ])
    func normalForm(text: String, normal: String) throws {
        let spec = try VersionSpec(parsing: text)
        #expect(spec.description == normal)
        #expect(try VersionSpec(parsing: normal) == spec)
    }

    /// What is refused however it is read, where, and why.
    @Test(arguments: [
        ("", 1, VersionSpecError.Problem.noClause), (">=", 3, .noVersion), ("=>1", 1, .badOperator("=>")),
        (">>1", 1, .badOperator(">>")), ("===1", 1, .badOperator("===")), ("!1", 1, .badOperator("!")),
        ("~1", 1, .badOperator("~")),
        ("<>1", 1, .badOperator("<>")), ("==1|", 5, .noClause), ("==1,", 5, .noClause), (",1", 1, .noClause),
        ("==1 2", 5, .unexpected),
        ("==1)", 4, .unexpected), ("(==1", 1, .unclosed), ("(==1 2)", 6, .unexpected), ("1.*.2", 2, .innerGlob),
        ("1.0**", 4, .innerGlob),
        ("*.1", 1, .innerGlob), ("*1", 1, .innerGlob), ("1.0.", 4, .badVersion("1.0.", .unexpected)),
        (">=1..0", 4, .badVersion("1..0", .unexpected)), ("1_2-3", 4, .badVersion("1_2-3", .mixedDashes)),
        (">*", 2, .globAfterOperator(">")), ("!=*", 3, .globAfterOperator("!=")), ("^1", 1, .unclosedExpression),
        ("^(1$", 2, .badExpression(.unclosed("("))), ("==1@2", 4, .unexpected), ("é", 1, .badVersion("é", .noComponent)),
    ])
    func refused(text: String, column: Int, problem: VersionSpecError.Problem) {
        for strictness in [Strictness.lenient, .strict] {
            let error = #expect(throws: VersionSpecError.self) { try VersionSpec(parsing: text, strictness: strictness) }
            #expect(error?.text == text && error?.column == column && error?.problem == problem, "\(strictness)")
        }
    }

    @Test(arguments: [
        ("1.0", 1, VersionSpecError.Problem.ambiguous("1.0")), (">1,2.0", 4, .ambiguous("2.0")),
        (">=*", 3, .globAfterOperator(">=")),
        (">=1.0.*", 6, .globAfterOperator(">=")), ("==1.*", 4, .globAfterOperator("==")), ("2023.*.*", 5, .innerGlob),
    ])
    func refusedStrictly(text: String, column: Int, problem: VersionSpecError.Problem) throws {
        _ = try VersionSpec(parsing: text)
        let error = #expect(throws: VersionSpecError.self) { try VersionSpec(parsing: text, strictness: .strict) }
        #expect(error?.column == column && error?.problem == problem)
    }

    @Test(arguments: ["*", "==1.0", "1.0.*", "=1.0", "!=1.0.*", ">=1,<2|~=3.1", "^1\\..*$"])
    func readStrictly(text: String) throws {
        #expect(try VersionSpec(parsing: text, strictness: .strict) == VersionSpec(parsing: text))
    }

    @Test(arguments: [
        ("==1.0", ["1", "1.0.0"], ["1.0.1", "1.0+x", "1.0a1"]), ("!=1.0", ["1.0.1", "1.0+x"], ["1", "01.0"]),
        (">1.0", ["1.0.post1", "1.0+1", "1.0.0.1"], ["1", "1.0a1", "1.0+x"]),
        ("<1.0", ["1.0a1", "0.9", "1.0+x"], ["1", "1.0.post1"]),
        ("<=1.0", ["1.0.0", "1.0dev"], ["1.0.1"]), (">=1.0", ["1", "1!0"], ["1.0rc1"]),
        ("=1.0", ["1", "1.0.5", "1.0a1", "1.0+x"], ["1.1", "1!1.0"]),
        ("!=1.0.*", ["1.1", "0.9"], ["1", "1.0.5"]), ("~=1.4.2", ["1.4.2", "1.4.9", "1.4.3a"], ["1.4.1", "1.5", "1.4.2a"]),
        ("~=1", ["1", "7"], ["0.9", "1!1"]), (">=1,<2|>=3", ["1", "1.9", "3", "4"], ["0.9", "2", "2.9"]),
        ("(1|2),<1.5", ["1"], ["2"]), ("^1\\.[02]$", ["1.0", "1.2"], ["1.1", "1.0.0"]),
        ("1.0_*", ["1.0_"], ["1.0", "1.0.1", "1.0a"]),
        ("0.*", ["0", "0.0.1", "0a", "0.post", "0.0.0+x"], ["1", "1!0"]), ("0.0.*", ["0", "0.0a", "0.0.7"], ["0.1", "0a"]),
    ])
    func containment(text: String, contained: [String], others: [String]) throws {
        let spec = try VersionSpec(parsing: text)
        for version in contained { #expect(try spec.contains(CondaVersion(parsing: version)), "\(version)") }
        for version in others { #expect(try !spec.contains(CondaVersion(parsing: version)), "\(version)") }
    }

    @Test func exactVersions() throws {
        #expect(try VersionSpec(parsing: "1.2").exactVersion?.description == "1.2")
        #expect(try VersionSpec(parsing: "1.2.*").exactVersion == nil)
        #expect(try VersionSpec.exactly(CondaVersion(parsing: "3")).description == "==3")
        #expect(try Coding.value(VersionSpec.self, from: "\">=1 , <2\"") == VersionSpec(parsing: ">=1,<2"))
    }

    /// Deep and long input ends in an answer, in time proportional to its length.
    @Test func hostileInput() throws {
        let deep = String(repeating: "(", count: 100_000) + "1"
        let error = #expect(throws: VersionSpecError.self) { try VersionSpec(parsing: deep) }
        #expect(error?.problem == .tooDeep)
        let long = String(repeating: ">=1,", count: 50_000) + "<2"
        #expect(try VersionSpec(parsing: long).contains(CondaVersion(parsing: "1.5")))
        #expect(throws: VersionSpecError.self) { try VersionSpec(parsing: "1" + String(repeating: ".*", count: 50_000) + ".1") }
    }
}
