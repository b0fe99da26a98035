import PythonPackaging
import Testing

@Suite struct MarkerReductionTests {
    /// A marker, and what is left of it for the extra `x` and the group `dev`.
    @Test(arguments: [
        ("'x' in extras", "always"), ("'y' in extras", "never"), ("'y' not in extras", "always"),
        ("'dev' in dependency_groups", "always"), ("os_name == 'nt'", "os_name == \"nt\""),
        ("os_name == 'nt' and 'x' in extras", "os_name == \"nt\""), ("os_name == 'nt' or 'x' in extras", "always"),
        ("os_name == 'nt' and 'y' in extras", "never"), ("os_name == 'nt' or 'y' in extras", "os_name == \"nt\""),
        (
            "(os_name == 'nt' or 'y' in extras or sys_platform == 'linux') and python_version < '3.9'",
            "(os_name == \"nt\" or sys_platform == \"linux\") and python_version < \"3.9\""
        ),
        ("('y' in extras and os_name == 'nt') or 'docs' in dependency_groups", "never"),
    ])
    func selectionIsAnswered(text: String, expected: String) throws {
        let selection = MarkerSelection.lockFile(
            extras: [try ExtraName(parsing: "x")], dependencyGroups: [try PackageName(parsing: "dev")])
        let left =
            switch try Marker(parsing: text).reduced(by: selection) {
            case .always: "always"
            case .never: "never"
            case .when(let rest): rest.description
            }
        #expect(left == expected)
    }
}
