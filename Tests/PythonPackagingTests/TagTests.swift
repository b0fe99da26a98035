import FoundationEssentials
import PythonPackaging
import Testing

@Suite struct TagTests {
    /// The order that pip prefers, in full for a small case.
    @Test func completeList() {
        let list = TagList.compatible(
            implementation: .cPython, version: (3, 3), platform: .linux(arch: "riscv64", libc: .glibc(2, 17)))
        let platforms = ["manylinux_2_17_riscv64", "manylinux2014_riscv64", "linux_riscv64"]
        let parts = [
            "cp33-cp33", "cp33-abi3", "cp33-none", "cp32-abi3", "py33-none", "py3-none", "py32-none", "py31-none",
            "py30-none",
        ]
        let expected =
            parts.flatMap { part in platforms.map { "\(part)-\($0)" } }
            + ["cp33", "py33", "py3", "py32", "py31", "py30"].map { "\($0)-none-any" }
        #expect(list.tags.map(\.description) == expected)
    }

    struct PlatformRow: Sendable {
        var platform: PythonPlatform
        var first: [String]
        var last: String?
        var count: Int

        init(_ platform: PythonPlatform, _ first: [String], _ last: String?, _ count: Int) {
            (self.platform, self.first, self.last, self.count) = (platform, first, last, count)
        }
    }

    static let platformRows: [PlatformRow] = [
        .init(
            .linux(arch: "x86_64", libc: .glibc(2, 12)),
            ["manylinux_2_12_x86_64", "manylinux2010_x86_64", "manylinux_2_11_x86_64"], "linux_x86_64", 11),
        .init(.linux(arch: "aarch64", libc: .glibc(2, 16)), ["linux_aarch64"], "linux_aarch64", 1),
        .init(
            .linux(arch: "armv8l", libc: .musl(1, 0)),
            ["musllinux_1_0_armv8l", "musllinux_1_0_armv7l", "linux_armv8l"], "linux_armv7l", 4),
        .init(.linux(arch: "mips", libc: .glibc(2, 36)), ["linux_mips"], "linux_mips", 1),
        .init(.linux(arch: "x86_64", libc: .unknown), ["linux_x86_64"], "linux_x86_64", 1),
        .init(
            .macOS(major: 11, minor: 7, arch: "arm64"),
            ["macosx_11_0_arm64", "macosx_11_0_universal2", "macosx_10_16_universal2"], "macosx_10_4_universal2", 15),
        .init(
            .macOS(major: 10, minor: 4, arch: "x86_64"), ["macosx_10_4_x86_64", "macosx_10_4_intel"],
            "macosx_10_4_universal", 6),
        .init(.windows(arch: "amd64"), ["win_amd64"], "win_amd64", 1),
        .init(.windows(arch: "win32"), ["win32"], "win32", 1),
        .init(.macOS(major: 9, minor: 0, arch: "ppc"), [], nil, 0),
    ]

    @Test(arguments: platformRows) func platformTags(row: PlatformRow) {
        let tags = row.platform.tags
        #expect(Array(tags.prefix(row.first.count)) == row.first)
        #expect(tags.last == row.last)
        #expect(tags.count == row.count)
    }

    @Test func implementations() throws {
        let platform = PythonPlatform.linux(arch: "x86_64", libc: .glibc(2, 5))
        func list(_ implementation: PythonImplementation, _ minor: Int, _ flags: String = "") -> [String] {
            TagList.compatible(implementation: implementation, version: (3, minor), abiFlags: flags, platform: platform)
                .tags.map(\.description)
        }
        #expect(list(.pyPy(major: 7, minor: 3), 10).first == "pp310-pypy310_pp73-manylinux_2_5_x86_64")
        #expect(list(.pyPy(major: 7, minor: 3), 10).contains("pp3-none-any"))
        #expect(list(.cPython, 13, "t").first == "cp313-cp313t-manylinux_2_5_x86_64")
        #expect(!list(.cPython, 13, "t").contains { $0.contains("-abi3-") })
        #expect(list(.cPython, 13, "d").contains("cp313-cp313-linux_x86_64"))
        #expect(list(.cPython, 7, "m").first == "cp37-cp37m-manylinux_2_5_x86_64")
        #expect(
            list(.other(prefix: "graalpy", abi: "graalpy_240_311_native"), 11).contains("graalpy311-none-linux_x86_64"))
    }

    @Test func choosingAWheel() throws {
        let tags = TagList.compatible(
            implementation: .cPython, version: (3, 12), platform: .linux(arch: "x86_64", libc: .glibc(2, 28)))
        func best(_ names: [String]) throws -> String? {
            let wheels = try names.map { try WheelFilename(parsing: $0) }
            #expect(tags.best(of: wheels.reversed()) == tags.best(of: wheels))
            return tags.best(of: wheels)?.description
        }
        let specific = "a-1-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"
        #expect(try best(["a-1-py3-none-any.whl", specific, "a-1-cp312-cp312-win_amd64.whl"]) == specific)
        #expect(
            try best([
                "a-1-py3-none-any.whl", "a-1-2-py3-none-any.whl", "a-1-10-py3-none-any.whl", "a-1-10a-py3-none-any.whl",
            ]) == "a-1-10a-py3-none-any.whl")
        #expect(try best(["a-1-cp312-cp312-manylinux_2_34_x86_64.whl", "a-1-cp313-cp313-any.whl"]) == nil)
        let wheel = try WheelFilename(parsing: specific)
        #expect(tags.bestRank(of: wheel) == wheel.tags.compactMap(tags.rank(of:)).min())
        #expect(tags.rank(of: try WheelTag(parsing: "cp312-cp312-win32")) == nil)
    }

    @Test func tagListIsCodedInOrder() throws {
        let tags = try ["py3-none-any", "py2-none-any", "py3-none-any"].map { try WheelTag(parsing: $0) }
        let list = TagList(tags)
        #expect(list.tags.count == 2)
        #expect(try JSONDecoder().decode(TagList.self, from: JSONEncoder().encode(list)) == list)
    }

    @Test(arguments: ["", "py3-none", "py3--any", "py2.py3-none-any", "py3-none-any-x"])
    func badTags(text: String) {
        #expect(throws: WheelTagError.self) { try WheelTag(parsing: text) }
    }
}

@Suite struct FilenameTests {
    @Test func wheel() throws {
        let wheel = try WheelFilename(parsing: "Foo_bar-1!2.0+cpu-003x-py2.py3-none-Any.whl")
        #expect(wheel.name == (try PackageName(parsing: "foo-bar")))
        #expect(wheel.version == (try Version(parsing: "1!2.0+cpu")))
        #expect(wheel.build?.description == "3x")
        #expect(wheel.tags.map(\.description) == ["py2-none-any", "py3-none-any"])
    }

    @Test(arguments: [
        ("foo-1.0.tar.gz", "foo", "1.0"), ("foo-bar-1.0.zip", "foo-bar", "1.0"),
        ("Foo.Bar-1.0rc1.tar.gz", "foo-bar", "1.0rc1"),
    ])
    func sdist(filename: String, name: String, version: String) throws {
        let sdist = try SdistFilename(parsing: filename)
        #expect(sdist.name.description == name && sdist.version.description == version)
        #expect(try DistributionFilename(parsing: filename) == .sdist(sdist))
    }

    /// A name that leads out of a folder is that of no project.
    @Test func foldersBeforeAnSdist() throws {
        for filename in ["../foo-1.0.tar.gz", "./foo-1.0.tar.gz", "/etc/foo-1.0.zip"] {
            let name = try SdistFilename(parsing: filename).name.description
            #expect(name != "foo" && (try? PackageName(parsing: name)) == nil)
        }
    }

    @Test(arguments: [
        ("foo", FilenameError.Problem.extension), ("foo-1.0.tar.bz2", .extension), ("foo-1.0-py3-none.whl", .partCount),
        ("foo-1.0-1-2-py3-none-any.whl", .partCount), ("foo__bar-1.0-py3-none-any.whl", .name),
        ("-1.0-py3-none-any.whl", .name),
        ("foo-x-py3-none-any.whl", .version("x")), ("foo-1.0-b1-py3-none-any.whl", .build("b1")),
        ("foo-1.0-py3..py2-none-any.whl", .tag("py3..py2")),
        ("foo-1.0-3py-none-any.whl", .tag("3py")), ("foo.tar.gz", .partCount), ("-1.0.tar.gz", .name),
        ("foo-.zip", .version("")),
    ])
    func problems(filename: String, problem: FilenameError.Problem) {
        let error = #expect(throws: FilenameError.self) { try DistributionFilename(parsing: filename) }
        #expect(error?.problem == problem)
    }

    /// Compressed tags multiply; a name that would make millions of them is refused.
    @Test func hostileTags() {
        let many = (0..<1_000).map { "t\($0)" }.joined(separator: ".")
        #expect(throws: FilenameError.self) { try WheelFilename(parsing: "a-1-\(many)-\(many)-\(many).whl") }
        #expect(throws: FilenameError.self) {
            try WheelFilename(parsing: String(repeating: "-", count: 100_000) + ".whl")
        }
    }
}
