import Diagnostics
import Digests
import Lockfiles
import PythonPackaging
import Resolution
import Testing

@Suite struct LockMergeTests {
    private typealias Chosen = ChosenPackages

    private static let platforms = ["linux-x86_64", "linux-aarch64", "macos-arm64", "windows-x86_64"]

    /// A lock for four targets, to be read by people too.
    @Test func golden() throws {
        let answers = try [
            Chosen.answer(
                "linux-x86_64", "3.10",
                [
                    Chosen.package("app", "1", needs: ["core", "tomli"], requiresPython: ">=3.8"),
                    Chosen.package("core", "2", tag: "cp310-cp310-manylinux_2_17_x86_64"),
                    Chosen.package("tomli", "1.0"),
                ]),
            Chosen.answer(
                "linux-x86_64", "3.12",
                [
                    Chosen.package("app", "1", needs: ["core"], requiresPython: ">=3.8"),
                    Chosen.package("core", "3", tag: "cp312-cp312-manylinux_2_17_x86_64", requiresPython: ">=3.11,<3.12"),
                ]),
            Chosen.answer(
                "macos-arm64", "3.12",
                [
                    Chosen.package("app", "1", needs: ["core"], requiresPython: ">=3.8"),
                    Chosen.package("core", "3", isSdist: true, requiresPython: ">=3.11,<3.12"),
                ]),
            Chosen.answer(
                "windows-x86_64", "3.12",
                [
                    Chosen.package("app", "1", needs: ["core", "colour"], requiresPython: ">=3.8"),
                    Chosen.package("core", "3", tag: "cp312-cp312-win_amd64", requiresPython: ">=3.11,<3.12"),
                    Chosen.package("colour", "0.1"),
                ]),
        ]
        var request = try Chosen.request("app>=1")
        request.requirements[0].asker = Asker("step 'train' (@pypi)")
        request.requirements.append(try RootRequirement(parsing: "tomli; python_version < '3.11'"))
        var context = LockContext()
        context.options.prereleases = .allow
        context.indexes = ["https://me:secret@index.example/simple"]
        func digest(_ name: String) -> String { SHA256Digest(hashing: name).hex }
        let expected = """
            lock-version = "1.0"
            environments = [
                "implementation_name == 'cpython' and platform_machine == 'AMD64' and python_version == '3.12' and sys_platform == 'win32'",
                "implementation_name == 'cpython' and platform_machine == 'arm64' and python_version == '3.12' and sys_platform == 'darwin'",
                "implementation_name == 'cpython' and platform_machine == 'x86_64' and python_version == '3.10' and sys_platform == 'linux'",
                "implementation_name == 'cpython' and platform_machine == 'x86_64' and python_version == '3.12' and sys_platform == 'linux'",
            ]
            requires-python = ">=3.10,<3.13,!=3.11.*"
            created-by = "penstock"

            [[packages]]
            name = "app"
            version = "1"
            requires-python = ">=3.8"
            dependencies = [
                { name = "colour" },
                { name = "core", version = "2" },
                { name = "core", version = "3" },
                { name = "tomli" },
            ]
            index = "https://index.example/simple"
            wheels = [
                { name = "app-1-py3-none-any.whl", upload-time = 2024-03-01T10:00:00.5Z, url = "https://files.example/app-1-py3-none-any.whl", size = 1000, hashes = { sha256 = "\(digest("app-1-py3-none-any.whl"))" } },
            ]

            [[packages]]
            name = "colour"
            version = "0.1"
            marker = 'sys_platform == "win32"'
            index = "https://index.example/simple"
            wheels = [
                { name = "colour-0.1-py3-none-any.whl", upload-time = 2024-03-01T10:00:00.5Z, url = "https://files.example/colour-0.1-py3-none-any.whl", size = 1000, hashes = { sha256 = "\(digest("colour-0.1-py3-none-any.whl"))" } },
            ]

            [[packages]]
            name = "core"
            version = "2"
            marker = 'python_version < "3.12"'
            index = "https://index.example/simple"
            wheels = [
                { name = "core-2-cp310-cp310-manylinux_2_17_x86_64.whl", upload-time = 2024-03-01T10:00:00.5Z, url = "https://files.example/core-2-cp310-cp310-manylinux_2_17_x86_64.whl", size = 1000, hashes = { sha256 = "\(digest("core-2-cp310-cp310-manylinux_2_17_x86_64.whl"))" } },
            ]

            [[packages]]
            name = "core"
            version = "3"
            marker = 'python_version >= "3.12"'
            index = "https://index.example/simple"
            sdist = { name = "core-3.tar.gz", upload-time = 2024-03-01T10:00:00.5Z, url = "https://files.example/core-3.tar.gz", size = 1000, hashes = { sha256 = "\(digest("core-3.tar.gz"))" } }
            wheels = [
                { name = "core-3-cp312-cp312-manylinux_2_17_x86_64.whl", upload-time = 2024-03-01T10:00:00.5Z, url = "https://files.example/core-3-cp312-cp312-manylinux_2_17_x86_64.whl", size = 1000, hashes = { sha256 = "\(digest("core-3-cp312-cp312-manylinux_2_17_x86_64.whl"))" } },
                { name = "core-3-cp312-cp312-win_amd64.whl", upload-time = 2024-03-01T10:00:00.5Z, url = "https://files.example/core-3-cp312-cp312-win_amd64.whl", size = 1000, hashes = { sha256 = "\(digest("core-3-cp312-cp312-win_amd64.whl"))" } },
            ]

            [[packages]]
            name = "tomli"
            version = "1.0"
            marker = 'python_version < "3.12"'
            index = "https://index.example/simple"
            wheels = [
                { name = "tomli-1.0-py3-none-any.whl", upload-time = 2024-03-01T10:00:00.5Z, url = "https://files.example/tomli-1.0-py3-none-any.whl", size = 1000, hashes = { sha256 = "\(digest("tomli-1.0-py3-none-any.whl"))" } },
            ]

            [tool.penstock]
            requirements = [
                { requirement = "app>=1", askers = ["step 'train' (@pypi)"] },
                'tomli; python_version < "3.11"',
            ]
            targets = [
                { platform = "linux-x86_64-glibc-2.28", python = "3.10.0" },
                { platform = "linux-x86_64-glibc-2.28", python = "3.12.0" },
                { platform = "macos-arm64-13.0", python = "3.12.0" },
                { platform = "windows-x86_64", python = "3.12.0" },
            ]
            indexes = ["https://index.example/simple"]
            settings = { prerelease = "allow" }

            """
        let lock = try PyLock(answers, answering: request, in: context)
        #expect(lock.text == expected)
        #expect(try PyLock(parsing: lock.text, file: "x") == lock)
        request.requirements.reverse()
        #expect(try PyLock(answers.reversed(), answering: request, in: context).text == expected)
    }

    /// Where a package is wanted, on which targets, and the marker that says so.
    static let markerRows: [([String], [String], [String], String?)] = [
        (platforms, ["3.12"], platforms.map { "\($0) 3.12" }, nil),
        (["linux-x86_64"], ["3.9", "3.12"], ["linux-x86_64 3.9"], "python_version < \"3.12\""),
        (["linux-x86_64"], ["3.9", "3.12"], ["linux-x86_64 3.12"], "python_version >= \"3.12\""),
        (["linux-x86_64"], ["3.9", "3.10", "3.12"], ["linux-x86_64 3.10"], "python_version == \"3.10\""),
        (
            ["linux-x86_64"], ["3.9", "3.10", "3.12"], ["linux-x86_64 3.9", "linux-x86_64 3.12"],
            "python_version != \"3.10\""
        ),
        (
            ["linux-x86_64"], ["3.8", "3.9", "3.10", "3.12"], ["linux-x86_64 3.9", "linux-x86_64 3.10"],
            "python_version >= \"3.9\" and python_version < \"3.12\""
        ),
        (platforms, ["3.12"], ["linux-x86_64 3.12", "linux-aarch64 3.12"], "sys_platform == \"linux\""),
        (
            platforms, ["3.12"], ["linux-x86_64 3.12", "linux-aarch64 3.12", "macos-arm64 3.12"],
            "sys_platform != \"win32\""
        ),
        (platforms, ["3.12"], ["linux-aarch64 3.12"], "platform_machine == \"aarch64\""),
        (
            platforms, ["3.9", "3.12"], ["linux-x86_64 3.9", "linux-aarch64 3.9"],
            "sys_platform == \"linux\" and python_version < \"3.12\""
        ),
        (
            platforms, ["3.9", "3.12"], platforms.map { "\($0) 3.9" } + ["windows-x86_64 3.12"],
            "python_version < \"3.12\" or sys_platform == \"win32\""
        ),
        (
            platforms, ["3.9", "3.12"], ["linux-x86_64 3.9", "linux-aarch64 3.9", "macos-arm64 3.12"],
            "(sys_platform == \"linux\" and python_version < \"3.12\") or (sys_platform == \"darwin\" and python_version >= \"3.12\")"
        ),
        (["linux-x86_64"], ["3.10", "pypy3.10"], ["linux-x86_64 pypy3.10"], "implementation_name == \"pypy\""),
        (["linux-x86_64", "linux-x86_64-musl"], ["3.12"], ["linux-x86_64 3.12", "linux-x86_64-musl 3.12"], nil),
    ]

    @Test(arguments: markerRows)
    func markersAreShort(platforms: [String], pythons: [String], wanted: [String], marker: String?) throws {
        let answers = try platforms.flatMap { platform in
            try pythons.map { python in
                let extra = wanted.contains("\(platform) \(python)") ? [try Chosen.package("extra", "1")] : []
                return try Chosen.answer(platform, python, [try Chosen.package("base", "1")] + extra)
            }
        }
        let lock = try PyLock(answers, answering: try Chosen.request("base"))
        let entry = try #require(lock.packages(named: PackageName(parsing: "extra")).first)
        #expect(entry.marker?.description == marker)
        #expect(lock.packages(named: try PackageName(parsing: "base")).map(\.marker) == [nil])
    }

    @Test func pythonsOfALock() throws {
        let rows: [([String], String)] = [
            (["3.12"], "==3.12.*"), (["3.12.1", "3.12.4"], "==3.12.*"), (["3.9", "3.10"], ">=3.9,<3.11"),
            (["3.8", "3.11", "3.12"], ">=3.8,<3.13,!=3.9.*,!=3.10.*"), (["3.14.0rc1", "3.15"], ">=3.14.0rc1,<3.16"),
        ]
        for (pythons, expected) in rows {
            let answers = try pythons.map { try Chosen.answer("linux", $0, [try Chosen.package("a", "1")]) }
            #expect(try PyLock(answers, answering: try Chosen.request("a")).requiresPython == expected)
        }
    }

    /// The resolution does not look at upper bounds of Requires-Python; whoever installs a lock does.
    @Test func upperBoundsAreLeftOut() throws {
        let rows = [(">=3.8", ">=3.8"), (">=3.8,<3.12", nil), ("<4", "<4"), (">=3.12.1", nil)]
        for (text, expected) in rows {
            let answer = try Chosen.answer("linux", "3.12", [try Chosen.package("a", "1", requiresPython: text)])
            let lock = try PyLock([answer], answering: try Chosen.request("a"))
            #expect(lock.packages[0].requiresPython == expected)
        }
    }

    /// What no marker can tell apart does not go into one lock, unless it is the same but for the files.
    @Test(arguments: [
        ("linux-x86_64", "linux-x86_64-musl", "3.12", "3.12", "the C library"),
        ("linux-x86_64-glibc-2.17", "linux-x86_64-glibc-2.28", "3.12", "3.12", "the version of the C library"),
        ("macos-arm64-12", "macos-arm64-14", "3.12", "3.12", "the version of the system"),
        ("linux-x86_64", "linux-x86_64", "3.12.1", "3.12.4", "the patch number of Python"),
        ("linux-x86_64", "linux-x86_64", "3.13", "3.13t", "having a global interpreter lock"),
    ])
    func whatMarkersCannotTell(
        first: String, second: String, firstPython: String, secondPython: String, difference: String
    ) throws {
        let same = try Chosen.package("a", "1", needs: ["numeric"])
        func answers(_ one: ResolvedPackage?, _ other: ResolvedPackage?) throws -> [TargetAnswer] {
            try [
                Chosen.answer(first, firstPython, [same] + (one.map { [$0] } ?? [])),
                Chosen.answer(second, secondPython, [same] + (other.map { [$0] } ?? [])),
            ]
        }
        let request = try Chosen.request("a")
        let files = try PyLock(
            answers(
                try Chosen.package("numeric", "2", tag: "cp312-cp312-manylinux_2_28_x86_64"),
                try Chosen.package("numeric", "2", tag: "cp312-cp312-musllinux_1_2_x86_64")), answering: request)
        #expect(files.packages.map(\.marker) == [nil, nil] && files.environments.count == 1)
        #expect(files.packages[1].wheels.count == 2)

        let versions = #expect(throws: TargetLockError.self) {
            try PyLock(
                answers(try Chosen.package("numeric", "2"), try Chosen.package("numeric", "1")), answering: request)
        }
        let diagnostic = try #require(versions).diagnostic
        #expect(diagnostic.headline.hasSuffix("different choices of numeric") && diagnostic.details.count == 3)
        #expect(diagnostic.details.last?.contains("differ only in \(difference),") == true)
        #expect(diagnostic.help?.contains("pylock.NAME.toml") == true && diagnostic.failure == .user)
        let details = diagnostic.details.joined(separator: "\n")
        #expect(details.contains("gets 1") && details.contains("gets 2"))

        let absent = #expect(throws: TargetLockError.self) {
            try PyLock(answers(try Chosen.package("numeric", "2"), nil), answering: request)
        }
        #expect(absent?.diagnostic.details.contains { $0.hasSuffix("gets none of it") } == true)
    }

    @Test func severalIndexes() throws {
        let answers = try [
            Chosen.answer(
                "linux", "3.12", [Chosen.package("a", "1", needs: ["b"]), Chosen.package("b", "1", index: "https://one.example")]),
            Chosen.answer(
                "macos", "3.12", [Chosen.package("a", "1", needs: ["b"]), Chosen.package("b", "1", index: "https://two.example")]),
        ]
        let lock = try PyLock(answers, answering: try Chosen.request("a"))
        #expect(lock.packages.map(\.description) == ["a 1", "b 1", "b 1"])
        #expect(Set(lock.packages.map { $0.marker?.description ?? "" }).count == 3)
        #expect(
            lock.packages[0].dependencies.map(\.others) == [
                ["index": .string("https://one.example")], ["index": .string("https://two.example")],
            ])
    }

    /// What each of many targets gets out of the lock is what was chosen for it, whatever that was.
    @Test(arguments: 1...60) func randomChoices(seed: UInt64) throws {
        var random = SmallGenerator(seed: seed)
        let platforms = ["linux-x86_64", "linux-aarch64", "macos-arm64", "macos-x86_64", "windows-x86_64"]
        let pythons = ["3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "pypy3.10"]
        var answers: [TargetAnswer] = []
        for platform in platforms where random.next(below: 3) > 0 {
            for python in pythons where random.next(below: 3) > 0 {
                let packages = try ["a", "b", "c", "d"].compactMap { name -> ResolvedPackage? in
                    let version = random.next(below: 4)
                    guard version > 0 else { return nil }
                    return try Chosen.package(name, "\(version)", isSdist: random.next(below: 3) == 0, needs: ["a"])
                }
                answers.append(try Chosen.answer(platform, python, packages))
            }
        }
        let lock = try PyLock(answers, answering: try Chosen.request("a", "b"))
        for answer in answers {
            let environment = answer.target.markerEnvironment
            let selected = lock.packages.filter { $0.marker?.evaluate(in: environment) ?? true }
            #expect(selected.map(\.description) == answer.packages.map { "\($0.name) \($0.version)" })
            for package in answer.packages {
                let entry = try #require(selected.first { $0.name == package.name })
                let files = entry.wheels.map(\.filename) + (entry.sdist.map { [$0.filename] } ?? [])
                #expect(files.contains(try #require(package.offered).file.filename))
            }
            #expect(
                lock.environments.contains { text in
                    (try? Marker(parsing: text))?.evaluate(in: environment) ?? false
                })
        }
        #expect(try PyLock(parsing: lock.text, file: "x") == lock)
        let turned = answers.map { TargetAnswer(target: $0.target, packages: $0.packages.reversed()) }.reversed()
        #expect(try PyLock(Array(turned), answering: try Chosen.request("b", "a")).text == lock.text)
    }

    /// Locks for single targets, put together.
    @Test func merging() throws {
        let linux = try PyLock(
            [Chosen.answer("linux", "3.12", [Chosen.package("a", "1", needs: ["b"]), Chosen.package("b", "1")])],
            answering: try Chosen.request("a"))
        let windows = try PyLock(
            [Chosen.answer("windows", "3.12", [Chosen.package("a", "1")])], answering: try Chosen.request("a"))
        let targets = try ["linux", "windows"].map { try PythonTarget(platform: $0, python: "3.12") }
        let whole = try PyLock(merging: [(targets[0], linux), (targets[1], windows)])
        #expect(whole.packages.map { $0.marker?.description } == [nil, "sys_platform == \"linux\""])
        #expect(whole.packages[0].dependencies.map(\.name.description) == ["b"] && whole.origin == nil)
        #expect(try PyLock(merging: [(targets[1], windows), (targets[0], linux)]).text == whole.text)
    }

    /// What the metadata asks for beyond names is noted, for reports.
    @Test func requirementsAreNoted() throws {
        func answer(_ platform: String, _ requirements: String...) throws -> TargetAnswer {
            var package = try Chosen.package("a", "1")
            package.requirements = try requirements.map { try Requirement(parsing: $0) }
            return try Chosen.answer(platform, "3.12", [package, try Chosen.package("b", "1"), try Chosen.package("c", "1")])
        }
        let lock = try PyLock(
            [answer("windows", "B>=1; os_name == 'nt'", "c", "a[x]"), answer("linux", "c[y]<2", "c")],
            answering: try Chosen.request("a"))
        let noted = LockValue.array([.string("b>=1; os_name == \"nt\""), .string("c[y]<2")])
        #expect(lock.packages[0].tool == ["penstock": .table(["requires": noted])])
        #expect(lock.packages[0].dependencies.map(\.name.description) == ["b", "c"] && lock.packages[1].tool.isEmpty)
        #expect(lock.text.contains("[packages.tool.penstock]\nrequires = ["))
        #expect(try PyLock(parsing: lock.text, file: "x") == lock)
    }
}
