import Diagnostics
import PackageSources
import PythonPackaging
import Resolution
import Testing

@Suite("Requirements files")
struct RequirementsFileTests {
    private static let one = String(repeating: "1", count: 64)
    private static let two = String(repeating: "2", count: 64)

    private static func read(
        _ text: String, others: [String: String] = [:], environment: [String: String] = [:],
        load: RequestReader.Loader? = nil
    ) async throws(RequestError) -> ReadRequest {
        var files = others
        files["/w/requirements.txt"] = text
        let reader = RequestReader(folder: "/w", environment: environment, files: FolderOfTexts(files), load: load)
        return try await reader.read(RequestSources(files: ["requirements.txt"]))
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let text: String
        let requirements: [String]
        var testDescription: String { text.debugDescription }
    }

    /// Checked against pip 23.2.1 (`parse_requirements`), but for those marked.
    static let rows: [Row] = [
        .init(text: "", requirements: []),
        .init(text: "a\nb==1\r\nc>=2\rd", requirements: ["a", "b==1", "c>=2", "d"]),
        .init(text: "a # comment\n# b\n  # c\n", requirements: ["a"]),
        .init(text: "a #b #c", requirements: ["a"]),
        .init(text: "a \\\n  >=1, \\\n <2", requirements: ["a<2,>=1"]),
        .init(text: "a\\\n==1", requirements: ["a==1"]),
        .init(text: "a==1 \\\n# comment\nb", requirements: ["a==1", "b"]),
        .init(text: "a # not joined? \\\nb\nc", requirements: ["a", "c"]),
        .init(text: "# comment \\\nb", requirements: ["b"]),
        .init(text: "a\\", requirements: ["a"]),
        .init(text: "\\\n\\\na", requirements: ["a"]),
        .init(text: "a\u{0C}b\u{2028}c", requirements: ["a", "b", "c"]),
        .init(text: "a==1 --hash=sha256:\(one)", requirements: ["a==1 1111"]),
        .init(text: "a==1 --hash sha256:\(one) --hash='sha256:\(two)'", requirements: ["a==1 1111 2222"]),
        .init(text: "a==1 \\\n    --hash=sha256:\(one) \\\n    --hash=sha256:\(two)\n", requirements: ["a==1 1111 2222"]),
        .init(text: "a ; python_version < '3' --hash=sha256:\(one)", requirements: ["a; python_version < \"3\" 1111"]),
        .init(text: "a @ https://files.example/a-1.zip#sha256=\(one)", requirements: ["a @ https://files.example/a-1.zip#sha256=\(one)"]),
        .init(text: "./a-1.zip", requirements: ["a @ file:///w/a-1.zip"]),
        .init(text: "-e git+https://git.example/a#egg=a", requirements: ["a @ git+https://git.example/a"]),
        .init(text: "--editable=git+https://git.example/a#egg=a", requirements: ["a @ git+https://git.example/a"]),
        // Beyond pip: a tab before options, and a marker behind an editable one.
        .init(text: "a==1\t--hash=sha256:\(one)", requirements: ["a==1 1111"]),
        .init(
            text: "-e git+https://git.example/a#egg=a ; os_name == 'nt'",
            requirements: ["a @ git+https://git.example/a ; os_name == \"nt\""]),
    ]

    /// Joining must not copy what was joined before for each line.
    @Test("a line of two hundred thousand joined lines")
    func manyJoinedLines() async throws {
        let text = "a" + String(repeating: " \\\n", count: 200_000) + ">=1"
        #expect(try await Self.read(text).texts == ["a>=1"])
    }

    @Test("requirements", arguments: rows)
    func requirements(_ row: Row) async throws {
        #expect(try await Self.read(row.text).texts == row.requirements)
    }

    @Test("variables are put in where they are set, and stay out of what is shown")
    func variables() async throws {
        let read = try await Self.read(
            "a @ https://me:${TOKEN}@files.example/a-1.zip\nb===${NONE}\nc===${EMPTY}\nd===$TOKEN\n--index-url ${URL}${URL}",
            environment: ["TOKEN": "hush", "EMPTY": "", "URL": "https://${TOKEN}"])
        #expect(read.request.requirements.map(\.spelled) == [
            "a @ https://****@files.example/a-1.zip", "b===${NONE}", "c===${EMPTY}", "d===$TOKEN",
        ])
        guard case .archive(let archive) = read.request.requirements[0].reference else { throw CancellationError() }
        #expect(archive.url == "https://me:hush@files.example/a-1.zip")
        #expect(read.indexOptions.indexURL == "https://${TOKEN}https://${TOKEN}")
    }

    @Test("the values of variables stay out of errors")
    func secretVariables() async throws {
        let error = await #expect(throws: RequestError.self) {
            try await Self.read("a==${TOKEN}", environment: ["TOKEN": "hush"])
        }
        let diagnostic = try #require(error).diagnostic
        #expect(diagnostic.headline == "a==${TOKEN} cannot be read as a requirement")
        #expect(!"\(diagnostic)".contains("hush"))
    }

    @Test("standard input is a requirements file of the working folder")
    func standardInput() async throws {
        let files = FolderOfTexts(["/dev/stdin": "a\n-r sub/b.txt\n./c-1.zip", "/w/sub/b.txt": "b"])
        let read = try await RequestReader(folder: "/w", files: files).read(RequestSources(files: ["-"]))
        #expect(read.texts == ["a", "b", "c @ file:///w/c-1.zip"])
        #expect(read.request.requirements[0].asker?.words == "standard input")
    }

    @Test("options about indexes")
    func indexes() async throws {
        let read = try await Self.read(
            """
            -i https://a.example/simple
            --index-url=https://b.example/simple
            --extra https://c.example --extra-index-url 'https://d.example'
            -f links
            --find-links=https://l.example/
            --trusted-host h.example:80 --no-index
            """, others: ["/w/links/x": ""])
        #expect(read.indexOptions.indexURL == "https://b.example/simple")
        #expect(read.indexOptions.extraIndexURLs == ["https://c.example", "https://d.example"])
        #expect(read.indexOptions.findLinks == ["/w/links", "https://l.example/"])
        #expect(read.indexOptions.trustedHosts == ["h.example:80"])
        #expect(read.indexOptions.ignoresIndexes)
    }

    @Test("options about versions and hashes")
    func flags() async throws {
        let read = try await Self.read("--pre --prefer-binary\n--require-hashes\na==1 --hash=sha256:\(Self.one)")
        #expect(read.allowsPrereleases && read.prefersWheels && read.requiresHashes)
        let plain = try await Self.read("a==1")
        #expect(!plain.allowsPrereleases && !plain.prefersWheels && !plain.requiresHashes)
    }

    /// As pip 23.2.1 leaves `FormatControl`: what counts for a package, by its name.
    @Test(
        "options about building", arguments: [
            ("--no-binary :all:", "a:sdist b:sdist"), ("--only-binary=:all:", "a:wheel b:wheel"),
            ("--no-binary=a,B --only-binary c", "a:sdist b:sdist c:wheel x:both"),
            ("--only-binary :all:\n--no-binary a", "a:sdist b:wheel"),
            ("--no-binary :all:\n--only-binary a", "a:wheel b:sdist"),
            ("--no-binary :all:\n--no-binary :none:", "a:both"), ("--no-binary a,:none:,b", "a:both b:sdist"),
            ("--no-binary a,:all:,b", "a:sdist b:sdist x:sdist"), ("--no-binary a,:all:,b,:none:,c", "a:both b:both c:sdist"),
            ("--only-binary a\n--no-binary A", "a:sdist"), ("--only-binary :all:\n--no-binary :all:", "a:sdist"),
        ])
    func building(_ text: String, _ meaning: String) async throws {
        let builds = try await Self.read(text).builds
        let shown = try meaning.split(separator: " ").map { item in
            let name = try PackageName(parsing: item.prefix(1))
            let kind = builds.allowsWheels(of: name) ? builds.allowsBuilds(of: name) ? "both" : "wheel" : "sdist"
            return "\(name):\(kind)"
        }
        #expect(shown.joined(separator: " ") == meaning)
    }

    @Test("files within files begin in the folder of the file that names them, and are read once")
    func nesting() async throws {
        let read = try await Self.read(
            "-r sub/more.txt\na\n-c limits.txt -r requirements.txt\n--requirement sub/more.txt",
            others: [
                "/w/sub/more.txt": "b\n-r ../requirements.txt\n-r=deep/deep.txt\n-c file:../limits2.txt",
                "/w/sub/deep/deep.txt": "./c-1.zip", "/w/limits.txt": "d<2\n-r more.txt", "/w/more.txt": "e",
                "/w/sub/../limits2.txt": "never", "/w/limits2.txt": "f<3",
            ])
        #expect(read.texts == ["b", "c @ file:///w/c-1.zip", "a", "e"])
        #expect(read.request.constraints.map(\.requirement.description) == ["f<3", "d<2"])
        #expect(read.request.requirements.map { "\($0.asker?.file ?? ""):\($0.asker?.line ?? 0)" } == [
            "sub/more.txt:1", "sub/deep/deep.txt:1", "requirements.txt:2", "more.txt:1",
        ])
    }

    @Test("files at URLs are fetched, and name others relative to themselves")
    func remote() async throws {
        let read = try await Self.read(
            "-r https://me:hush@lists.example/a/one.txt?x=1\n-c https://lists.example/c.txt",
            load: { url in
                switch url {
                case "https://me:hush@lists.example/a/one.txt?x=1": Array("one\n-r ../two.txt".utf8)
                case "https://me:hush@lists.example/two.txt": Array("two".utf8)
                case "https://lists.example/c.txt": Array("three<3".utf8)
                default: throw CancellationError()
                }
            })
        #expect(read.texts == ["one", "two"])
        #expect(read.request.constraints.map(\.spelled) == ["three<3"])
        #expect(read.request.requirements[0].asker?.file == "https://****@lists.example/a/one.txt?x=1")
        await #expect(throws: RequestError.self) { try await Self.read("-r https://lists.example/a.txt") }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let text: String
        let line: Int
        let words: String
        var testDescription: String { text.debugDescription }
    }

    static let refusals: [Refusal] = [
        .init(text: "a\n\nd#e", line: 3, words: "d#e cannot be read as a requirement"),
        .init(text: "a\\\n\\\n==1 b", line: 1, words: "a==1 b cannot be read as a requirement"),
        .init(text: "a\n--unknown", line: 2, words: "--unknown is not an option"),
        .init(text: "a --unknown=1", line: 1, words: "--unknown is not an option"),
        .init(text: "-x", line: 1, words: "-x is not an option"),
        .init(text: "--no x", line: 1, words: "--no may mean --no-binary or --no-index"),
        .init(text: "--pre=1", line: 1, words: "--pre takes no value"),
        .init(text: "--index-url", line: 1, words: "--index-url needs a value"),
        .init(text: "-e", line: 1, words: "-e needs a value"),
        .init(text: "--index-url=", line: 1, words: "--index-url needs a value"),
        .init(text: "--pre a", line: 1, words: "'a' belongs to no option"),
        .init(text: "--index-url 'x", line: 1, words: "left open"),
        .init(text: "--index-url x\\ ", line: 1, words: "left open"),
        .init(text: "a --hash=md5:1", line: 1, words: "'md5:1' is not a hash"),
        .init(text: "a --hash=sha256", line: 1, words: "'sha256' is not a hash"),
        .init(text: "a --hash=sha256:zz", line: 1, words: "'sha256:zz' is not a hash"),
        .init(text: "a --hash=sha512:\(String(repeating: "a", count: 128))", line: 1, words: "is not a hash that can be checked"),
        .init(text: "-e a", line: 1, words: "there is no file /w/a"),
        .init(text: "-e a>=1", line: 1, words: "there is no file"),
        .init(text: "a\n-r none.txt", line: 2, words: "there is no file none.txt"),
        .init(text: "-c ../none.txt", line: 1, words: "there is no file /none.txt"),
        .init(text: "--no-binary a,b:c", line: 1, words: "'b:c' is not the name of a package"),
        .init(text: "--require-hashes\na==1", line: 2, words: "a==1 has no hash"),
        .init(text: "a==1 --hash=sha256:\(one)\nb==1", line: 2, words: "b==1 has no hash"),
        .init(text: "--require-hashes\nb @ git+https://git.example/b", line: 2, words: "has no hash"),
        .init(text: "a\n-e https://files.example/a-1.zip", line: 2, words: "cannot be had"),
        .init(text: "a\u{0}", line: 1, words: "cannot be read"),
        .init(text: "-c limits.txt", line: 1, words: "cannot limit versions"),
        .init(text: "hg+https://hg.example/a#egg=a", line: 1, words: "cannot be had"),
    ]

    @Test("what is wrong is said once, with file and line", arguments: refusals)
    func refusing(_ refusal: Refusal) async throws {
        let error = await #expect(throws: RequestError.self) {
            try await Self.read(refusal.text, others: ["/w/limits.txt": "a[x]<2"])
        }
        let diagnostic = try #require(error).diagnostic
        #expect(diagnostic.headline.contains(refusal.words))
        #expect(diagnostic.file?.hasSuffix(".txt") == true || refusal.words.contains("no file"))
        if diagnostic.file == "requirements.txt" { #expect(diagnostic.line == refusal.line) }
        #expect(diagnostic.help != nil)
    }

    @Test("options that pip overlooks are said to have no effect")
    func warnings() async throws {
        let read = try await Self.read(
            "a --pre\nb --config-settings x=y\n--use-feature truststore\n--hash=sha256:1\nc -e d\n-e git+https://x.example/e#egg=e --pre")
        #expect(read.texts == ["a", "b", "c", "e @ git+https://x.example/e"])
        #expect(!read.allowsPrereleases)
        #expect(read.warnings.map { String($0.prefix(18)) } == (1...6).map { "requirements.txt:\($0)" })
    }

    @Test(
        "encodings", arguments: [
            ([0xEF, 0xBB, 0xBF, 0x61], "a"), ([0xFF, 0xFE, 0x61, 0], "a"), ([0xFE, 0xFF, 0, 0x61], "a"),
            ([0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0], "a"), ([0, 0, 0xFE, 0xFF, 0, 0, 0, 0x61], "a"),
            (Array("# -*- coding: latin-1 -*-\na # ".utf8) + [0xE9], "a"), (Array("#coding=utf8\na".utf8), "a"),
            ([0x61, 0xFF], nil), ([0xFF, 0xFE, 0x61], nil), ([0xFF, 0xFE, 0, 0xD8], nil),
            (Array("# coding: ascii\na # \u{E9}".utf8), nil), (Array("# coding: ebcdic\na".utf8), nil),
        ] as [([UInt8], String?)])
    func encodings(_ bytes: [UInt8], _ requirement: String?) async throws {
        var files = FolderOfTexts([:])
        files.files["/w/r.txt"] = bytes
        let reader = RequestReader(folder: "/w", files: files)
        if let requirement {
            #expect(try await reader.read(RequestSources(files: ["r.txt"])).texts == [requirement])
        } else {
            await #expect(throws: RequestError.self) { try await reader.read(RequestSources(files: ["r.txt"])) }
        }
    }

    @Test("a long chain of files and a huge file do no harm")
    func hostile() async throws {
        var chain: [String: String] = [:]
        for number in 0..<1200 { chain["/w/\(number).txt"] = "-r \(number + 1).txt" }
        let error = await #expect(throws: RequestError.self) { try await Self.read("-r 0.txt", others: chain) }
        #expect(error?.problem == .tooManyFiles)
        let many = (0..<20_000).map { "package-\($0)>=\($0) # \($0)" }.joined(separator: "\n")
        #expect(try await Self.read(many).texts.count == 20_000)
        let long = "a" + String(repeating: " \\\n", count: 100_000) + "==1"
        #expect(try await Self.read(long).texts == ["a==1"])
        for text in [String(repeating: "-", count: 100_000), String(repeating: "'", count: 100_001), String(repeating: "[", count: 100_000)] {
            await #expect(throws: RequestError.self) { try await Self.read(text) }
        }
    }
}
