import FoundationEssentials
import PythonPackaging
import Testing

@Suite struct MarkerTests {
    /// A marker, its truth on Linux and on Windows.
    @Test(arguments: [
        ("python_version >= '3.11'", true, false),
        ("'3.11' > python_version", false, true),
        ("python_version == '3.12.*'", true, false),
        ("python_full_version < '3.10.13'", false, false),
        ("python_full_version == '3.10.13'", false, true),
        ("python_version in '3.11 3.12'", true, false),
        ("python_version not in '3.10,3.11'", true, false),
        ("sys_platform == 'linux' or os_name == 'nt' and platform_machine == 'x86_64'", true, false),
        ("(sys_platform == 'linux' or os_name == 'nt') and platform_machine == 'AMD64'", false, true),
        ("'nux' in sys_platform", true, false),
        ("platform_system >= 'Linux'", true, false),
        ("platform_system > 'A'", false, false),
        ("platform_release >= '6'", false, true),
        ("python_implementation == 'PyPy'", false, true),
        ("platform.python_implementation != 'PyPy' and os.name == 'posix'", true, false),
        ("implementation_version ~= '7.3'", false, true),
        ("python_version === '3.12'", true, false),
        ("extra == ''", true, true),
        ("extra == 'dev'", false, false),
    ])
    func evaluation(text: String, linux: Bool, windows: Bool) throws {
        let marker = try Marker(parsing: text)
        #expect(marker.evaluate(in: .linux) == linux)
        #expect(marker.evaluate(in: .windows) == windows)
        #expect(try Marker(parsing: marker.description).evaluate(in: .linux) == linux)
    }

    @Test func extras() throws {
        let chosen: Set = [try ExtraName(parsing: "dev"), try ExtraName(parsing: "my_extra")]
        func truth(_ text: String) throws -> Bool { try Marker(parsing: text).evaluate(in: .linux, extras: chosen) }
        #expect(try truth("extra == 'dev'") && truth("'My.Extra' == extra") && !truth("extra == 'test'"))
        #expect(try !truth("extra != 'dev'") && truth("extra != 'test'") && !truth("extra == ''"))
        #expect(try truth("extra in 'dev,test'") && !truth("extra in 'test'"))
        #expect(try Marker(parsing: "os_name == 'nt' or extra == 'x'").mentionsExtras)
        #expect(try !Marker(parsing: "os_name == 'nt'").mentionsExtras)
    }

    @Test func lockFileSelection() throws {
        let selection = MarkerSelection.lockFile(
            extras: [try ExtraName(parsing: "gpu")], dependencyGroups: [try PackageName(parsing: "test")])
        func truth(_ text: String) throws -> Bool {
            try Marker(parsing: text).evaluate(in: .linux, selection: selection)
        }
        #expect(try truth("'GPU' in extras") && !truth("'cpu' in extras") && truth("'cpu' not in extras"))
        #expect(try truth("'test' in dependency_groups and 'docs' not in dependency_groups"))
        let outside = try Marker(parsing: "'gpu' in extras")
        #expect(!outside.evaluate(in: .linux))
        #expect(outside.meaninglessComparisons(in: .linux) == ["\"gpu\" in extras"])
    }

    /// Comparisons that PEP 508 gives no meaning are false and can be warned about.
    @Test(arguments: ["os_name ~= 'x'", "os_name === 'posix'", "'a' == 'a'", "python_version ~= 'x'"])
    func meaningless(text: String) throws {
        let marker = try Marker(parsing: "\(text) or os_name == 'posix'")
        #expect(marker.evaluate(in: .linux))
        #expect(try !Marker(parsing: text).evaluate(in: .linux))
        #expect(marker.meaninglessComparisons(in: .linux).count == 1)
    }

    @Test(arguments: [
        ("os_name=='nt'", "os_name == \"nt\""),
        ("( ( os_name == 'nt' ) )", "os_name == \"nt\""),
        (
            "(os_name=='nt' and extra=='A_b') or sys.platform=='x'",
            "(os_name == \"nt\" and extra == \"a-b\") or sys_platform == \"x\""
        ),
        ("os_name == '\"'", "os_name == '\"'"),
        (#"os_name == "\x41\t\u00e9\101\'""#, "os_name == \"A\té" + "A'\""),
        (#"os_name == '"\''"#.replacing("\\'", with: "\\x27"), #"os_name == "\x22'""#),
        (#"os_name == "a\\b""#, #"os_name == "a\\b""#),
    ])
    func normalForm(text: String, normal: String) throws {
        let marker = try Marker(parsing: text)
        #expect(marker.description == normal)
        #expect(try Marker(parsing: normal) == marker)
    }

    @Test(arguments: [
        ("", 1, MarkerError.Problem.expectedValue), ("os_name", 8, .expectedOperator),
        ("os_name =", 9, .expectedOperator),
        ("os_name == nt", 12, .expectedValue), ("os_name == 'nt", 12, .expectedValue),
        ("(os_name == 'nt'", 17, .unclosedParenthesis),
        ("os_name == 'nt' x", 17, .expectedEnd), ("'é' not os_name", 9, .expectedIn),
        ("os_name == '\\x'", 12, .badString),
        ("os_names == 'nt'", 1, .expectedValue), ("os_name == 'a' and", 19, .expectedValue),
        ("os_name == '\\N{DIGIT ONE}'", 12, .badString),
    ])
    func problems(text: String, column: Int, problem: MarkerError.Problem) {
        let error = #expect(throws: MarkerError.self) { try Marker(parsing: text) }
        #expect(error?.problem == problem && error?.column == column, "\(String(describing: error))")
    }

    /// Nesting ends in an error, however deep; a long chain is fine.
    @Test func depthIsBounded() throws {
        for depth in [101, 10_000, 1_000_000] {
            let text = String(repeating: "(", count: depth) + "os_name == 'nt'" + String(repeating: ")", count: depth)
            let error = #expect(throws: MarkerError.self) { try Marker(parsing: text) }
            #expect(error?.problem == .tooDeep)
            #expect((error?.description.utf8.count ?? 0) < 1_000)
        }
        let nested = String(repeating: "(", count: 100) + "os_name == 'posix'" + String(repeating: ")", count: 100)
        #expect(try Marker(parsing: nested).evaluate(in: .linux))
        let chain = Array(repeating: "os_name == 'nt'", count: 20_000).joined(separator: " or ")
        #expect(try !Marker(parsing: chain).evaluate(in: .linux))
    }

    @Test func combined() throws {
        let marker = try Marker(parsing: "os_name == 'nt' or os_name == 'posix'").and(Marker(parsing: "extra == 'x'"))
        #expect(marker.description == "(os_name == \"nt\" or os_name == \"posix\") and extra == \"x\"")
    }

    @Test(
        arguments: [
            "os_name == 'nt'", "os_name in 'posix nt'", "python_version >= '3.9' and sys_platform != 'linux'",
            "(os_name == 'nt' or python_version < '3.11') and 'x' not in platform_release",
            "python_full_version <= '3.12.4' or (os_name > 'o' and implementation_name == 'pypy')",
        ])
    func negated(text: String) throws {
        let marker = try Marker(parsing: text)
        let contrary = try #require(marker.negated)
        #expect(try Marker(parsing: contrary.description) == contrary)
        for environment in [MarkerEnvironment.linux, .windows] {
            #expect(marker.evaluate(in: environment) != contrary.evaluate(in: environment))
        }
    }

    @Test(arguments: ["python_version ~= '3.9'", "os_name == 'nt' or python_version === '3.9'"])
    func withoutContrary(text: String) throws {
        #expect(try Marker(parsing: text).negated == nil)
    }

    @Test func environmentIsCodedByTheNamesOfTheStandard() throws {
        let coded = try JSONEncoder().encode(MarkerEnvironment.linux)
        let keys = try JSONDecoder().decode([String: String].self, from: coded)
        #expect(keys["platform_python_implementation"] == "CPython" && keys.count == 11)
        #expect(try JSONDecoder().decode(MarkerEnvironment.self, from: coded) == .linux)
    }
}
