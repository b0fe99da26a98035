import PythonPackaging
import Testing

@Suite struct MarkerEquivalenceTests {
    @Test(arguments: [
        ("sys_platform == 'linux'", "'linux' == sys_platform", true),
        ("python_version >= '3.8'", "python_full_version >= '3.8'", true),
        ("python_version > '3.8'", "python_full_version >= '3.9'", true),
        ("python_version > '3.8'", "python_full_version > '3.8'", false),
        ("python_version <= '3.8'", "python_full_version < '3.9'", true),
        ("python_version == '3.8'", "python_full_version >= '3.8' and python_full_version < '3.9'", true),
        ("python_version in '3.8 3.9'", "python_full_version >= '3.8' and python_full_version < '3.10'", true),
        ("os_name == 'nt' or sys_platform == 'win32'", "sys_platform == 'win32' or os_name == 'nt'", true),
        ("os_name == 'nt' and (extra == 'a' or extra == 'b')", "(os_name == 'nt' and extra == 'a') or (extra == 'b' and os_name == 'nt')", true),
        ("extra == 'a'", "extra == 'b'", false), ("extra == 'Plot_It'", "extra == 'plot-it'", true),
        ("sys_platform == 'linux'", "sys_platform != 'win32'", false),
        ("platform_machine != 'arm64' and platform_machine != 'arm64'", "platform_machine != 'arm64'", true),
        ("sys_platform == 'linux' and sys_platform == 'win32'", "os_name == 'a' and os_name == 'b'", true),
    ])
    func pairs(left: String, right: String, isSame: Bool) throws {
        let (left, right) = (try Marker(parsing: left), try Marker(parsing: right))
        #expect(Marker.areEquivalent(left, right) == isSame)
        #expect(Marker.areEquivalent(right, left) == isSame)
    }

    /// What holds for all Pythons that count adds nothing.
    @Test(arguments: [
        (">=3.9", "python_version >= '3.8'", true), (">=3.7", "python_version >= '3.8'", false),
        (">=3.9,<3.11", "python_version < '3.11'", true), (">=3.9", "python_version < '3.11'", false),
        (">=3.9.4", "python_full_version >= '3.9.4'", true), (">=3.9.4", "python_full_version >= '3.9.5'", false),
    ])
    func pythons(pythons: String, marker: String, isAlways: Bool) throws {
        let pythons = try SpecifierSet(parsing: pythons)
        #expect(Marker.areEquivalent(nil, try Marker(parsing: marker), for: pythons) == isAlways)
    }

    @Test func impossible() throws {
        #expect(try !Marker(parsing: "sys_platform == 'linux' and sys_platform != 'linux'").isPossible())
        #expect(try !Marker(parsing: "python_version < '3.8'").isPossible(for: SpecifierSet(parsing: ">=3.9")))
        #expect(try Marker(parsing: "python_version < '3.10'").isPossible(for: SpecifierSet(parsing: ">=3.9")))
    }
}
