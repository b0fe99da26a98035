import CondaPackaging
import Digests
import Testing

@Suite struct RepodataTests {
    /// Two platforms' worth of oddities: both formats, `v3`, escapes, old and new fields.
    static let sample = #"""
        {"info": {"subdir": "linux-64", "base_url": "https:\/\/h.example/c", "arch": "x86_64", "extra": [{"a": [1]}],
          "channel_relations": {"base": "../conda-forge"}},
         "packages": {
          "old-0.9-0.tar.bz2": {"name": "old", "version": "0.9", "build": "0", "build_number": 0, "depends": null, "timestamp": 1500000000,
            "noarch": true, "license": null, "arch": null, "sha256": "", "with_features_depends": {"mkl": []}},
          "pkg-1.0-py38_0.tar.bz2": {"name": "pkg", "version": "1.0", "build": "py38_0", "build_number": 0, "depends": ["old"], "subdir": "linux-64"}
         },
         "packages.conda": {
          "pkg-1.0-py38_0.conda": {"build": "py38_0", "build_number": 2.0, "constrains": ["other >=2"], "depends": ["python >=3.8,<3.9.0a0", "old\u00201"],
            "license": "MIT \"X\"", "license_family": "MIT", "md5": "d41d8cd98f00b204e9800998ecf8427e", "name": "pkg",
            "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "size": 1234, "subdir": "linux-64",
            "timestamp": 1699999999999, "track_features": "a, b", "features": "c", "version": "1.0", "legacy_bz2_size": 7,
            "legacy_bz2_md5": "d41d8cd98f00b204e9800998ecf8427e", "purls": ["pkg:pypi/pkg"], "unknown": {"x": [{}, [], "]}"]}},
          "pkg-1.1-py38_0.conda": {"name": "pkg", "version": "1.1", "build": "py38_0", "build_number": 0, "track_features": ["a"]},
          "my.pkg_x-2!1.0-h1+a_0.conda": {"name": "My.pkg_x", "version": "2!1.0", "build": "h1+a_0", "build_number": 0, "noarch": "python",
            "python_site_packages_path": "lib/python3.12/site-packages"},
          "wrong-1-0.conda": {"name": "right", "version": "1", "build": "0", "build_number": 0},
          "nonsense.conda": {}, "a-1-0.zip": {"depends": 7}
         },
         "v3": {"conda": {"new-3-0": {"name": "new", "version": "3", "build": "0", "build_number": 0, "indexed_timestamp": 1773851561010,
              "timestamp": 1773851540030, "flags": ["cuda"], "extra_depends": {"gpu": ["cudatoolkit"]}}},
            "tar.bz2": {"new-2-0": {"name": "new", "version": "2", "build": "0", "build_number": 0}}, "whl": {"x": {}}},
         "removed": ["gone-1-0.conda"], "signatures": {"a": {"b": {"signature": "00"}}}, "repodata_version": 1}
        """#

    private static func sampleRepodata() throws -> Repodata<[UInt8]> { try Repodata(Array(sample.utf8)) }

    @Test func wholeDocument() throws {
        let repodata = try Self.sampleRepodata()
        #expect(repodata.count == 8 && repodata.index.passedOverCount == 2 && repodata.subdir == .linux64)
        #expect(repodata.index.info.baseURL == "https://h.example/c" && repodata.index.info.base == "../conda-forge")
        #expect(repodata.packageNames.map(\.description) == ["old", "pkg", "my.pkg_x", "wrong", "new"])
    }

    @Test func oneRecord() throws {
        let records = try Self.sampleRepodata().records(of: CondaName(parsing: "pkg"))
        #expect(records.map(\.fileName.description) == ["pkg-1.0-py38_0.conda", "pkg-1.1-py38_0.conda"])
        let record = try #require(records.first)
        #expect(
            record.version.description == "1.0" && record.build == "py38_0" && record.buildNumber == 2
                && record.subdir == .linux64)
        #expect(record.depends == ["python >=3.8,<3.9.0a0", "old 1"] && record.constrains == ["other >=2"])
        #expect(
            record.license == "MIT \"X\"" && record.licenseFamily == "MIT" && record.trackFeatures == ["a", "b"]
                && record.features == "c")
        #expect(
            record.md5?.description == "d41d8cd98f00b204e9800998ecf8427e" && record.size == 1234
                && record.timestamp == 1_699_999_999_999)
        #expect(record.sha256?.hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(record.legacyBzip2Size == 7 && record.legacyBzip2MD5 == record.md5 && record.purls == ["pkg:pypi/pkg"])
        #expect(records[1].trackFeatures == ["a"] && records[1].sha256 == nil && records[1].size == nil)
    }

    @Test func oldAndNewRecords() throws {
        let repodata = try Self.sampleRepodata()
        let old = try #require(try repodata.records(of: CondaName(parsing: "OLD")).first)
        #expect(old.noarch == .generic && old.depends.isEmpty && old.timestamp == 1_500_000_000_000 && old.license == nil)
        #expect(old.subdir == .linux64 && old.sha256 == nil && old.effectiveTimestamp == old.timestamp)
        let other = try #require(try repodata.records(of: CondaName(parsing: "my.pkg_x")).first)
        #expect(
            other.noarch == .python && other.version.epoch == 2 && other.pythonSitePackagesPath == "lib/python3.12/site-packages")
        let new = try repodata.records(of: CondaName(parsing: "new"))
        #expect(new.map(\.fileName.description) == ["new-3-0.conda", "new-2-0.tar.bz2"])
        #expect(
            new[0].effectiveTimestamp == 1_773_851_561_010 && new[0].flags == ["cuda"]
                && new[0].extraDepends == ["gpu": ["cudatoolkit"]])
        #expect(
            try repodata.records(of: CondaName(parsing: "wrong")).isEmpty
                && repodata.records(of: CondaName(parsing: "gone")).isEmpty)
    }

    /// A candidate says what the record says.
    @Test func candidates() throws {
        let repodata = try Self.sampleRepodata()
        for name in repodata.packageNames {
            let records = try repodata.records(of: name)
            let candidates = try repodata.candidates(of: name)
            #expect(candidates.count == records.count)
            for (candidate, record) in zip(candidates, records) {
                #expect(
                    candidate.version == record.version && candidate.build == record.build
                        && candidate.buildNumber == record.buildNumber)
                #expect(candidate.noarch == record.noarch && candidate.trackFeatureCount == record.trackFeatures.count)
                #expect(candidate.timestamp == record.effectiveTimestamp)
                #expect(try repodata.record(of: candidate) == record)
                try repodata.bytes.withBytes { bytes in
                    var specs: [[String]] = [[], []]
                    try candidate.forEachDependency(in: bytes) { specs[0].append(String(decoding: $0, as: UTF8.self)) }
                    try candidate.forEachConstraint(in: bytes) { specs[1].append(String(decoding: $0, as: UTF8.self)) }
                    #expect(specs == [record.depends, record.constrains])
                    #expect(try candidate.extraDependencies(in: bytes) == record.extraDepends)
                }
            }
        }
    }

    @Test(arguments: ["", " \n", "{}", "\u{FEFF}{}", #"{"packages": {}}"#, #"{"packages": null, "info": null, "removed": {}}"#])
    func emptyDocuments(text: String) throws {
        let repodata = try Repodata(Array(text.utf8))
        #expect(repodata.count == 0 && repodata.packageNames.isEmpty && repodata.subdir == nil)
        #expect(try repodata.records(of: CondaName(parsing: "a")).isEmpty)
    }

    /// The last of several, and a `.conda` before a `.tar.bz2`, in whatever order they stand.
    @Test func duplicates() throws {
        func record(_ number: Int) -> String { #"{"name": "a", "version": "1", "build": "0", "build_number": \#(number)}"# }
        let text = #"""
            {"packages.conda": {"a-1-0.conda": \#(record(1)), "a-2-0.conda": \#(record(2)), "a-1-0.conda": \#(record(3))},
             "packages": {"a-1-0.tar.bz2": \#(record(4)), "a-0-0.tar.bz2": \#(record(5))}}
            """#
        let repodata = try Repodata(Array(text.utf8), subdir: .noarch)
        let records = try repodata.records(of: CondaName(parsing: "a"))
        #expect(records.map { "\($0.fileName) \($0.buildNumber)" } == ["a-2-0.conda 2", "a-1-0.conda 3", "a-0-0.tar.bz2 5"])
    }

    /// What is wrong with a document, and where.
    @Test(
        arguments: [
            ("{", 1, RepodataError.Problem.truncated), ("[]", 0, .expected(.object)), ("{}x", 2, .expected(.end)),
            ("{,}", 1, .expected(.key)),
            (#"{"a" 1}"#, 5, .expected(.colon)), (#"{"a": 1 "b": 2}"#, 8, .expected(.comma)), (#"{"a": }"#, 6, .expected(.value)),
            (#"{"a": "b"#, 8, .truncated), ("{\"a\": \"b\n\"}", 8, .controlCharacter),
            (#"{"packages": []}"#, 13, .expected(.object)),
            (#"{"packages": {"a-1-0.conda": 3}}"#, 29, .expected(.object)),
            (#"{"packages": {"a-1-0.conda": {"b": [}}}"#, 36, .expected(.value)),
            (#"{"packages": {"a-1-0.conda": {"b": "}"#, 37, .truncated), (#"{"info": {"subdir": 3}}"#, 20, .expected(.string)),
            (#"{"repodata_version": 3}"#, 21, .unsupportedVersion(3)), (#"{"repodata_version": "1"}"#, 21, .expected(.integer)),
            (#"{"v3": {"conda": {"a-1-0": []}}}"#, 27, .expected(.object)), (#"{"info": {"subdir": "a\qb"}}"#, 22, .badEscape),
            (#"{"a": [1}"#, 8, .expected(.value)),
        ] as [(String, Int, RepodataError.Problem)])
    func brokenDocument(text: String, offset: Int, problem: RepodataError.Problem) {
        let error = #expect(throws: RepodataError.self) { try Repodata(Array(text.utf8)) }
        #expect(error?.problem == problem && error?.offset == offset)
    }

    /// What is wrong with a record, and where; the others stay readable.
    @Test(
        arguments: [
            (#""version": 1"#, 40, RepodataError.Problem.expected(.string)), (#""build": null"#, 38, .expected(.string)),
            (#""build": "a/b""#, 38, .badBuild("a/b")), (#""build_number": -1"#, 45, .expected(.integer)),
            (#""build_number": "1""#, 45, .expected(.integer)),
            (#""build_number": 1.5"#, 45, .expected(.integer)),
            (#""build_number": 99999999999999999999"#, 45, .expected(.integer)),
            (#""depends": "x""#, 40, .expected(.array)), (#""depends": [1]"#, 41, .expected(.string)),
            (#""constrains": {}"#, 43, .expected(.array)),
            (#""timestamp": "now""#, 42, .expected(.integer)), (#""track_features": 7"#, 47, .expected(.string)),
        ] as [(String, Int, RepodataError.Problem)])
    func brokenRecord(field: String, offset: Int, problem: RepodataError.Problem) throws {
        let text =
            #"{"packages": {"a-1-0.conda":{\#(field), "name": "a"}, "b-1-0.conda": {"name": "b", "version": "1", "build": "0", "build_number": 0}}}"#
        let repodata = try Repodata(Array(text.utf8), subdir: .noarch)
        for read in [{ _ = try repodata.records(of: $0) }, { _ = try repodata.candidates(of: $0) }]
            as [(CondaName) throws -> Void]
        {
            guard problem != .expected(.string) || !field.contains("[1]") else { continue }
            let error = #expect(throws: RepodataError.self) { try read(CondaName(parsing: "a")) }
            #expect(error?.problem == problem)
            #expect(error?.offset == offset)
        }
        #expect(try repodata.records(of: CondaName(parsing: "b")).count == 1)
    }

    @Test(
        arguments: [
            (#""md5": "abc""#, RepodataError.Problem.expected(.digest)), (#""sha256": 7"#, .expected(.string)),
            (#""size": "big""#, .expected(.integer)),
            (#""subdir": "nowhere""#, nil), (#""depends": [1]"#, .expected(.string)),
            (#""extra_depends": {"a": 1}"#, .expected(.array)),
        ] as [(String, RepodataError.Problem?)])
    func brokenDetail(field: String, problem: RepodataError.Problem?) throws {
        let text = #"{"packages": {"a-1-0.conda":{\#(field), "name": "a", "version": "1", "build": "0", "build_number": 0}}}"#
        let repodata = try Repodata(Array(text.utf8), subdir: .noarch)
        let error = #expect(throws: RepodataError.self) { try repodata.records(of: CondaName(parsing: "a")) }
        if let problem { #expect(error?.problem == problem) }
        #expect(try repodata.candidates(of: CondaName(parsing: "a")).count == 1)
    }

    @Test(arguments: ["name", "version", "build", "build_number", "subdir"])
    func missingField(field: String) throws {
        let fields = ["name": #""a""#, "version": #""1""#, "build": #""0""#, "build_number": "0", "subdir": #""noarch""#].filter {
            $0.key != field
        }
        let text =
            "{\"packages\": {\"a-1-0.conda\": {" + fields.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ",") + "}}}"
        let repodata = try Repodata(Array(text.utf8))
        let error = #expect(throws: RepodataError.self) { try repodata.records(of: CondaName(parsing: "a")) }
        #expect(error?.problem == .missingField(field) && error?.offset == 29)
    }

    @Test(arguments: [
        (#"a\"b\\c\/"#, "a\"b\\c/"), (#"\u00e9\u20AC"#, "é€"), (#"\ud83d\ude00"#, "😀"), (#"\ud83d"#, "\u{FFFD}"),
        (#"\ud83dx"#, "\u{FFFD}x"),
        (#"\ud83d\u0041"#, "\u{FFFD}A"), (#"\ude00"#, "\u{FFFD}"), (#"\b\f\n\r\t"#, "\u{8}\u{C}\n\r\t"),
    ])
    func escapes(text: String, expected: String) throws {
        #expect(try Repodata(Array(#"{"info": {"base_url": "\#(text)"}}"#.utf8)).index.info.baseURL == expected)
    }

    // MARK: Hostile input

    /// Every beginning of a document is refused or read, never more.
    @Test func truncatedAnywhere() {
        let bytes = Array(Self.sample.utf8)
        for length in 1..<bytes.count - 1 {
            #expect(throws: RepodataError.self) { try Repodata(Array(bytes[..<length])) }
        }
    }

    /// Whatever bytes are changed, there is an answer.
    @Test func changedAnywhere() {
        var generator = SplitMix(seed: 36)
        let original = Array(Self.sample.utf8)
        let replacements = Array("\"\\{}[]:,0-\u{0}\u{FF}an ".utf8)
        var refused = 0
        for _ in 0..<3_000 {
            var bytes = original
            for _ in 0...Int(generator.next() % 3) {
                bytes[Int(generator.next() % UInt64(bytes.count))] =
                    replacements[Int(generator.next() % UInt64(replacements.count))]
            }
            guard let repodata = try? Repodata(bytes) else {
                refused += 1
                continue
            }
            for name in repodata.packageNames {
                _ = try? repodata.records(of: name)
                _ = try? repodata.candidates(of: name)
            }
        }
        #expect(refused > 500)
    }

    @Test func deepAndLong() throws {
        for text in [
            String(repeating: "[", count: 100_000), "{\"a\":" + String(repeating: "[", count: 100_000),
            "{\"packages\":{\"a-1-0.conda\":" + String(repeating: "{\"a\":", count: 100_000),
        ] {
            #expect(throws: RepodataError.self) { try Repodata(Array(text.utf8)) }
        }
        let error = #expect(throws: RepodataError.self) {
            try Repodata(Array(("{\"a\":" + String(repeating: "[", count: 100)).utf8))
        }
        #expect(error?.problem == .tooDeep && error?.offset == 69)
        let many = (0..<20_000).map { "\"p\($0)-1-0.conda\":{}" }.joined(separator: ",")
        let repodata = try Repodata(Array("{\"packages.conda\":{\(many)}}".utf8))
        #expect(repodata.count == 20_000 && repodata.packageNames.count == 20_000)
        #expect(throws: RepodataError.self) { try repodata.records(of: CondaName(parsing: "p19999")) }
        let longName = String(repeating: "a", count: 70_000)
        #expect(try Repodata(Array("{\"packages\":{\"\(longName)-1-0.conda\":{}}}".utf8)).index.passedOverCount == 1)
    }
}
