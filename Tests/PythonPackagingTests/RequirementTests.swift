import FoundationEssentials
import PythonPackaging
import Testing

@Suite struct RequirementTests {
    @Test(arguments: [
        ("requests", "requests"),
        (" Foo.Bar [ B, a ,b ] (>=1, <2) ; python_version<'3'", "Foo.Bar[B,a,b]<2,>=1; python_version < \"3\""),
        ("a@https://packages.example/a.whl", "a @ https://packages.example/a.whl"),
        ("a @ git+https://host.example/x;y ; os_name=='nt'", "a @ git+https://host.example/x;y ; os_name == \"nt\""),
        ("a[]", "a"), ("a()", "a"), ("a>=1,", "a>=1"), ("a ===x,==1", "a==1,===x"),
        ("a==1.*;extra=='B_c'", "a==1.*; extra == \"b-c\""),
    ])
    func normalForm(text: String, normal: String) throws {
        let requirement = try Requirement(parsing: text)
        #expect(requirement.description == normal)
        #expect(try Requirement(parsing: normal) == requirement)
    }

    @Test func parts() throws {
        let requirement = try Requirement(parsing: "Typing_Extensions[B_b,a] >=4 ; extra == 'x'")
        #expect(requirement.name == (try PackageName(parsing: "typing-extensions")))
        #expect(requirement.spelledName == "Typing_Extensions")
        #expect(requirement.extras.map(\.description) == ["a", "b-b"])
        #expect(requirement.specifiers.description == ">=4")
        #expect(!requirement.applies(in: .linux))
        #expect(requirement.applies(in: .linux, extras: [try ExtraName(parsing: "X")]))
    }

    /// Text, what is wrong, and where.
    @Test(arguments: [
        ("", 1, RequirementError.Problem.expectedName), ("-x", 1, .expectedName), ("a[b", 2, .unclosed("[")),
        ("a[b c]", 5, .expectedExtra),
        ("a[b,]", 5, .expectedExtra), ("a @ ", 5, .expectedURL), ("a (>=1", 3, .unclosed("(")),
        ("a (>=1 x)", 8, .expectedSpecifier),
        ("a 1.0", 3, .expectedEnd), ("a >=1 <2", 7, .expectedEnd), ("a; os_name", 11, .badMarker(.expectedOperator)),
        ("a @ u x", 7, .expectedEnd), ("pé", 1, .expectedName),
    ])
    func problems(text: String, column: Int, problem: RequirementError.Problem) {
        let error = #expect(throws: RequirementError.self) { try Requirement(parsing: text) }
        #expect(error?.problem == problem && error?.column == column, "\(String(describing: error))")
    }

    @Test func messagesQuoteTextAndColumn() {
        let error = #expect(throws: RequirementError.self) { try Requirement(parsing: "numpy>=1.x") }
        #expect(
            error?.description
                == "'numpy>=1.x' is not a requirement: '>=1.x' is not a version specifier: '1.x' is not a version (PEP 440) at column 6"
        )
        let long = #expect(throws: RequirementError.self) {
            try Requirement(parsing: String(repeating: "[", count: 1_000_000))
        }
        #expect((long?.description.utf8.count ?? 0) < 1_000)
    }

    // Not as arguments: the runner would print them.
    @Test func hostileInputIsRefused() {
        for text in [
            "a" + String(repeating: "[", count: 100_000), "a;" + String(repeating: "(", count: 100_000),
            String(repeating: "-", count: 100_000),
            "a>=" + String(repeating: "1!", count: 50_000), "a[" + String(repeating: "b,", count: 50_000),
        ] {
            #expect(throws: RequirementError.self) { try Requirement(parsing: text) }
        }
    }

    @Test func codedAsOneString() throws {
        let coded = try JSONEncoder().encode([Requirement(parsing: "a[b]>=1")])
        #expect(String(decoding: coded, as: UTF8.self) == #"["a[b]>=1"]"#)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([Version].self, from: Data(#"["x"]"#.utf8)) }
    }

    @Test(arguments: [("Foo__Bar.-baz", "foo-bar-baz"), ("a", "a"), ("A1", "a1"), ("x-y", "x-y")])
    func names(text: String, normal: String) throws {
        #expect(try PackageName(parsing: text).description == normal)
        #expect(try ExtraName(parsing: text).description == normal)
    }

    @Test(arguments: ["", "-a", "a-", "_", "a b", "é", "a/b", "..", "a\u{0}"])
    func badNames(text: String) {
        #expect(throws: PackageNameError.self) { try PackageName(parsing: text) }
    }
}
