import PythonPackaging
import Testing

@Suite struct PlatformNameTests {
    /// A name, the canonical one, and the first of the platform tags.
    static let rows: [(String, String, String)] = [
        ("linux-x86_64", "linux-x86_64-glibc-2.28", "manylinux_2_28_x86_64"),
        ("linux-aarch64", "linux-aarch64-glibc-2.28", "manylinux_2_28_aarch64"),
        ("linux-arm64", "linux-aarch64-glibc-2.28", "manylinux_2_28_aarch64"),
        ("Linux-AMD64", "linux-x86_64-glibc-2.28", "manylinux_2_28_x86_64"),
        ("linux-x86_64-glibc-2.36", "linux-x86_64-glibc-2.36", "manylinux_2_36_x86_64"),
        ("linux-x86_64-glibc", "linux-x86_64-glibc-2.28", "manylinux_2_28_x86_64"),
        ("linux-x86_64-musl", "linux-x86_64-musl-1.2", "musllinux_1_2_x86_64"),
        ("linux-aarch64-musl-1.1", "linux-aarch64-musl-1.1", "musllinux_1_1_aarch64"),
        ("linux-armv7l", "linux-armv7l-glibc-2.28", "manylinux_2_28_armv7l"),
        ("linux-x86_64-other", "linux-x86_64-other", "linux_x86_64"),
        ("macos-arm64", "macos-arm64-13.0", "macosx_13_0_arm64"),
        ("macos-x86_64", "macos-x86_64-13.0", "macosx_13_0_x86_64"),
        ("macos-arm64-14", "macos-arm64-14.0", "macosx_14_0_arm64"),
        ("macos-x86_64-10.15", "macos-x86_64-10.15", "macosx_10_15_x86_64"),
        ("windows-x86_64", "windows-x86_64", "win_amd64"),
        ("windows-arm64", "windows-arm64", "win_arm64"),
        ("windows-x86", "windows-x86", "win32"),
        // conda
        ("linux-64", "linux-x86_64-glibc-2.28", "manylinux_2_28_x86_64"),
        ("osx-64", "macos-x86_64-13.0", "macosx_13_0_x86_64"),
        ("osx-arm64", "macos-arm64-13.0", "macosx_13_0_arm64"),
        ("linux-ppc64le", "linux-ppc64le-glibc-2.28", "manylinux_2_28_ppc64le"),
        ("win-64", "windows-x86_64", "win_amd64"),
        ("win-arm64", "windows-arm64", "win_arm64"),
        // uv
        ("linux", "linux-x86_64-glibc-2.28", "manylinux_2_28_x86_64"),
        ("macos", "macos-arm64-13.0", "macosx_13_0_arm64"),
        ("windows", "windows-x86_64", "win_amd64"),
        ("x86_64-unknown-linux-gnu", "linux-x86_64-glibc-2.28", "manylinux_2_28_x86_64"),
        ("aarch64-unknown-linux-musl", "linux-aarch64-musl-1.2", "musllinux_1_2_aarch64"),
        ("aarch64-apple-darwin", "macos-arm64-13.0", "macosx_13_0_arm64"),
        ("x86_64-pc-windows-msvc", "windows-x86_64", "win_amd64"),
        ("x86_64-manylinux_2_40", "linux-x86_64-glibc-2.40", "manylinux_2_40_x86_64"),
        ("aarch64-manylinux2014", "linux-aarch64-glibc-2.17", "manylinux_2_17_aarch64"),
        // pip
        ("manylinux2014_x86_64", "linux-x86_64-glibc-2.17", "manylinux_2_17_x86_64"),
        ("musllinux_1_2_aarch64", "linux-aarch64-musl-1.2", "musllinux_1_2_aarch64"),
        ("macosx_14_0_arm64", "macos-arm64-14.0", "macosx_14_0_arm64"),
        ("win_amd64", "windows-x86_64", "win_amd64"),
        ("win32", "windows-x86", "win32"),
    ]

    @Test(arguments: rows) func names(name: String, canonical: String, tag: String) throws {
        let platform = try PlatformName(parsing: name)
        #expect(platform.description == canonical)
        #expect(platform.platform.tags.first == tag)
        #expect(try PlatformName(parsing: canonical) == platform)
    }

    @Test(arguments: [
        "", "-", "linux-", "linux-mips", "linux-x86_64-glibc-2", "linux-x86_64-glibc-2.28.1", "linux-x86_64-uclibc",
        "linux-x86_64-glibc-9999.1", "linux-x86_64-musl-1.-2", "macos-ppc", "macos-arm64-14.0-x", "macos-arm64-",
        "windows-x86_64-10", "sunos", "x86_64-unknown-freebsd", "manylinux_2_28", "x86_64-manylinux_2",
        "macosx_14_0_universal2", String(repeating: "linux-", count: 10_000), "linux-x86_64\0", "linux-x86_64-glibc-٢.28",
    ])
    func otherWords(text: String) {
        let error = #expect(throws: PlatformNameError.self) { try PlatformName(parsing: text) }
        #expect(error?.description.contains("linux-x86_64, linux-aarch64") == true)
    }
}

@Suite struct TargetPythonTests {
    @Test(arguments: [
        ("3.11", "3.11.0"), ("3.12.4", "3.12.4"), ("3.13t", "3.13.0t"), ("3.14.0rc1", "3.14.0rc1"),
        ("3.14rc1", "3.14.0rc1"), ("pypy3.10", "pypy3.10.0"), ("PyPy-3.9.18", "pypy3.9.18"), ("python3.8", "3.8.0"),
        ("cpython@3.9", "3.9.0"), ("3.11.*", "3.11.0"), ("3.13.2t", "3.13.2t"),
    ])
    func names(text: String, canonical: String) throws {
        let python = try TargetPython(parsing: text)
        #expect(python.description == canonical)
        #expect(try TargetPython(parsing: canonical) == python)
    }

    @Test(arguments: [
        ("", TargetPythonError.Problem.malformed), ("3", .noMinorVersion), ("2.7", .notPython3), ("1!3.9", .notPython3),
        ("3.12t", .noFreeThreadedBuild), ("pypy3.13t", .noFreeThreadedBuild), (">=3.9", .malformed), ("graalpy3.11", .malformed),
        ("3.99999999999999999999999", .malformed), ("/usr/bin/python3", .malformed), ("4.0", .notPython3),
    ])
    func otherWords(text: String, problem: TargetPythonError.Problem) {
        let error = #expect(throws: TargetPythonError.self) { try TargetPython(parsing: text) }
        #expect(error?.problem == problem && error?.text == text)
    }
}

@Suite struct PythonTargetTests {
    @Test func linux() throws {
        let target = try PythonTarget(platform: "linux-x86_64", python: try Version(parsing: "3.11"))
        let facts = target.markerEnvironment
        #expect(target.pythonVersion.description == "3.11.0" && target.platformName == "linux-x86_64-glibc-2.28")
        #expect(facts.pythonFullVersion == "3.11.0" && facts.pythonVersion == "3.11")
        #expect(facts.implementationName == "cpython" && facts.implementationVersion == "3.11.0")
        #expect(facts.osName == "posix" && facts.platformSystem == "Linux" && facts.sysPlatform == "linux")
        #expect(facts.platformMachine == "x86_64" && facts.platformPythonImplementation == "CPython")
        #expect(facts.platformRelease.isEmpty && facts.platformVersion.isEmpty)
        #expect(target.tags.tags.first?.description == "cp311-cp311-manylinux_2_28_x86_64")
        #expect(!target.isFreeThreaded && target.pythonName == "3.11.0")
    }

    @Test(arguments: [
        ("macos-arm64", "arm64", "Darwin", "darwin", "posix"), ("macos-x86_64", "x86_64", "Darwin", "darwin", "posix"),
        ("windows-x86_64", "AMD64", "Windows", "win32", "nt"), ("windows-arm64", "ARM64", "Windows", "win32", "nt"),
        ("windows-x86", "x86", "Windows", "win32", "nt"), ("linux-aarch64-musl", "aarch64", "Linux", "linux", "posix"),
    ])
    func facts(platform: String, machine: String, system: String, sys: String, os: String) throws {
        let facts = try PythonTarget(platform: platform, python: "3.12").markerEnvironment
        #expect(facts.platformMachine == machine && facts.platformSystem == system)
        #expect(facts.sysPlatform == sys && facts.osName == os)
    }

    @Test(arguments: [
        ("pypy3.10", "pp310-pypy310_pp73-manylinux_2_28_x86_64", "pypy3.10.0"),
        ("3.13t", "cp313-cp313t-manylinux_2_28_x86_64", "3.13.0t"),
        ("3.7", "cp37-cp37m-manylinux_2_28_x86_64", "3.7.0"),
    ])
    func pythons(python: String, tag: String, name: String) throws {
        let target = try PythonTarget(platform: "linux", python: python)
        #expect(target.tags.tags.first?.description == tag && target.pythonName == name)
        #expect(target.isFreeThreaded == python.hasSuffix("t"))
    }

    /// What a name says is what a machine with those versions says of itself.
    @Test(arguments: PlatformNameTests.rows) func platformNames(name: String, canonical: String, tag: String) throws {
        #expect(try PythonTarget(platform: name, python: "3.12").platformName == canonical)
    }

    @Test func otherWords() {
        let platform = #expect(throws: TargetNameError.self) { try PythonTarget(platform: "amiga", python: "3.12") }
        #expect(platform?.description.contains("linux-x86_64-musl") == true)
        let python = #expect(throws: TargetNameError.self) { try PythonTarget(platform: "linux", python: "3") }
        #expect(python?.description == "'3' names no minor version: say which, such as 3.12")
    }
}
