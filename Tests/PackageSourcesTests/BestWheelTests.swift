import PackageSources
import PythonPackaging
import TestSupport
import Testing

@Suite struct BestWheelTests {
    private let tags = TagList([
        WheelTag(python: "cp312", abi: "cp312", platform: "linux_x86_64"),
        WheelTag(python: "py3", abi: "none", platform: "any"),
    ])

    private func choice(_ tagsOfFiles: [String], where isAllowed: (ListedFile) -> Bool = { _ in true }) async throws -> String? {
        let fixture = try await ClientFixture()
        for tag in tagsOfFiles {
            var wheel = WheelBuilder("demo", "1.0")
            wheel.tag = tag
            fixture.index.add(wheel)
        }
        return try await fixture.page("demo")?.first?.bestWheel(for: tags, where: isAllowed)?.filename.description
    }

    @Test(arguments: [
        (["py3-none-any", "cp312-cp312-linux_x86_64"], "demo-1.0-cp312-cp312-linux_x86_64.whl"),
        (["cp312-cp312-linux_x86_64", "py3-none-any"], "demo-1.0-cp312-cp312-linux_x86_64.whl"),
        (["cp311-cp311-linux_x86_64", "py2.py3-none-any"], "demo-1.0-py2.py3-none-any.whl"),
        (["py3-none-any", "2-py3-none-any", "10-py3-none-any", "1-py3-none-any"], "demo-1.0-10-py3-none-any.whl"),
        (["cp311-cp311-linux_x86_64"], nil),
    ])
    func preference(files: [String], expected: String?) async throws {
        #expect(try await choice(files) == expected)
    }

    @Test func anotherOneIfTheBestIsNotAllowed() async throws {
        let other = try await choice(["py3-none-any", "cp312-cp312-linux_x86_64"]) { !$0.file.filename.contains("cp312") }
        #expect(other == "demo-1.0-py3-none-any.whl")
    }
}
