import PythonPackaging
import Testing

/// Inputs that fuzz targets have found; each is a row here since it was mended.
@Suite struct FoundByFuzzingTests {
    @Test(arguments: ["os_name == '\\0a'", "os_name == 'x\\x00\"'", "python_version >= 'n\\08'"])
    func markersComeBack(text: String) throws {
        let marker = try Marker(parsing: text)
        #expect(try Marker(parsing: marker.description) == marker)
    }

    @Test(arguments: ["3+4.a", "3+4633a3a.a3t", "3.11+local"])
    func noPythonHasALocalVersion(text: String) {
        #expect(throws: TargetPythonError.self) { try TargetPython(parsing: text) }
    }

    /// What precedes a version is listed one by one; a version that somebody made up must not fill the memory.
    @Test func madeUpVersionsHaveFewTags() throws {
        let tags = TagList.compatible(
            implementation: .cPython, version: (3, 4_000_000_000), platform: .linux(arch: "x86_64", libc: .glibc(2, 28)))
        #expect(tags.bestRank(of: try WheelFilename(parsing: "a-1-py3-none-any.whl")) != nil)
    }
}
