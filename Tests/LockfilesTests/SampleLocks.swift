import Digests
import Lockfiles
import PythonPackaging

/// Locks to test with.
enum SampleLocks {
    static func wheel(_ filename: String, content: String = "", size: Int64? = nil, uploadTime: String? = nil)
        -> LockedWheel
    {
        LockedWheel(
            filename: filename, url: "https://files.example/\(filename)",
            sha256: SHA256Digest(hashing: filename + content), size: size, uploadTime: uploadTime)
    }

    static func package(
        _ name: String, _ version: String, requires: [String] = [], marker: String? = nil, wheels: [LockedWheel]
    ) throws -> LockedPackage {
        LockedPackage(
            name: try PackageName(parsing: name), version: try Version(parsing: version), requiresPython: ">=3.8",
            marker: try marker.map { try Marker(parsing: $0) },
            dependencies: try requires.map { try PackageName(parsing: $0) }, index: "https://index.example/simple/",
            wheels: wheels)
    }

    /// Two packages, as a resolution for one target makes them.
    static func plain() throws -> PyLock {
        PyLock(
            environments: ["sys_platform == 'linux'"], requiresPython: "==3.12.*",
            packages: [
                try package("cattrs", "24.1.2", requires: ["attrs"], wheels: [wheel("cattrs-24.1.2-py3-none-any.whl")]),
                try package(
                    "attrs", "25.1.0",
                    wheels: [
                        wheel("attrs-25.1.0-py3-none-any.whl", size: 63152, uploadTime: "2025-01-25T11:30:10.164900Z")
                    ]),
            ],
            origin: LockOrigin(
                requirements: ["cattrs==24.1.2"], python: "3.12.4", platform: "linux-x86_64-glibc-2.36",
                excludeNewer: UTCTime(parsing: "2025-02-01T00:00:00Z")))
    }

    /// Everything that the format has a word for.
    static let rich = """
        lock-version = '1.0'
        environments = ["sys_platform == 'linux'", "sys_platform == 'darwin'"]
        requires-python = ">=3.9"
        extras = ["gpu"]
        dependency-groups = ["test", "docs"]
        default-groups = ["test"]
        created-by = "another tool"

        [[packages]]
        name = "a"
        version = "1.0"
        marker = "'gpu' in extras"
        requires-python = ">=3.8"
        dependencies = [{name = "b", version = "2"}, {name = "c", index = "x"}]
        index = "https://index.example/simple/"
        sdist = {name = "a-1.0.tar.gz", upload-time = 2024-02-29T12:00:00+02:00, url = "https://files.example/a.tar.gz?x=1", size = 7, hashes = {sha256 = "\(SHA256Digest(hashing: "a").hex)", blake2b = "00"}}
        attestation-identities = [{kind = "GitHub", repository = "x/y", environment = {deep = [1, 2.5, true, 1979-05-27, {k = inf}]}}]

        [[packages.wheels]]
        path = 'wheels\\a-1.0-py3-none-any.whl'
        hashes.sha256 = "\(SHA256Digest(hashing: "b").hex)"

        [packages.tool.x]
        note = "kept"

        [[packages]]
        name = "b"
        version = "2"
        vcs = {type = "git", url = "https://user:secret@host.example/b", requested-revision = "main", commit-id = "abc", subdirectory = "s"}

        [[packages]]
        name = "c"
        directory = {path = "../c", editable = true}

        [[packages]]
        name = "d"
        version = "1"
        archive = {path = "d.zip", size = 1, hashes = {sha256 = "\(SHA256Digest(hashing: "d").hex)"}, subdirectory = "q\\"uote"}

        [tool.other]
        "odd key" = "tab\\there"
        list = [[], {}]
        """
}
