import PythonPackaging
import Testing

@Suite struct VersionTests {
    /// Spellings and their normal form (PEP 440, normalization).
    @Test(arguments: [
        ("1.0", "1.0"), ("v1.0", "1.0"), (" 1.0\n", "1.0"), ("1.0-ALPHA.1", "1.0a1"), ("1.0c2", "1.0rc2"),
        ("1.0preview", "1.0rc0"), ("1.0-3", "1.0.post3"), ("1.0.rev4", "1.0.post4"), ("1.0a1-2", "1.0a1.post2"),
        ("1.0_dev", "1.0.dev0"), ("01.002", "1.2"), ("3!1.0", "3!1.0"), ("0!1.0", "1.0"),
        ("1.0+Ubuntu-01", "1.0+ubuntu.1"),
        ("20240102030405.1", "20240102030405.1"), ("1.2.3.4.5.6", "1.2.3.4.5.6"),
        ("1.0.post20240101", "1.0.post20240101"),
        ("99999999999999999999999.1", "99999999999999999999999.1"),
    ])
    func normalForm(text: String, normal: String) throws {
        #expect(try Version(parsing: text).description == normal)
    }

    @Test(arguments: [
        "", " ", "1.", ".1", "1..0", "1.0+", "1.0+a..b", "1.0--1", "1.0-", "a1", "1.0 a1", "1,0", "1!", "!1", "1!!2",
        "1.0.x",
        "١.0", "1.0é", "1.0\u{0}", "v", "+local", "1.0a1b1", "1.*",
    ])
    func refused(text: String) {
        let error = #expect(throws: VersionError.self) { try Version(parsing: text) }
        #expect(error?.text == text)
    }

    /// Ascending; every pair is compared both ways.
    @Test func totalOrder() throws {
        let ascending = try [
            "0.dev0", "0", "1.dev0", "1.0.dev456", "1.0a1.dev1", "1.0a1", "1.0a1.post1.dev2", "1.0a1.post1",
            "1.0a2.dev456",
            "1.0a12", "1.0b1.dev456", "1.0b2", "1.0b2.post345.dev456", "1.0b2.post345", "1.0rc1.dev456", "1.0rc1",
            "1.0rc2000",
            "1.0", "1.0+abc.5", "1.0+abc.7", "1.0+5", "1.0.post0", "1.0.post456.dev34", "1.0.post456", "1.0.1",
            "1.0.0.0.1.1",
            "1.1.dev1", "1.1", "1.20240101", "1.99999999999", "2", "1048575.0", "1048576.0", "99999999999999999999",
            "100000000000000000000", "1!0.dev0", "1!0",
        ].map { try Version(parsing: $0) }
        let sorted = ascending.sorted()
        for (position, version) in sorted.enumerated() {
            for later in sorted[(position + 1)...] {
                #expect(version < later && !(later < version) && version != later, "\(version) and \(later)")
            }
        }
        #expect(ascending.shuffled().sorted() == sorted)
    }

    /// Different spellings of one version are one key of a dictionary, packed or not.
    @Test(arguments: [
        ["1", "1.0", "v1.0.0.0", "1.0.0.0.0.0", "0!1"], ["1.0a1", "1a1", "1.0.0.alpha-1"], ["2!1.0", "2!1"],
        ["1.0+cpu", "1+CPU", "1.0.0+cpu"], ["1.0.post20240101", "1-20240101"],
    ])
    func equalSpellings(texts: [String]) throws {
        let versions = try texts.map { try Version(parsing: $0) }
        #expect(Set(versions).count == 1)
        #expect(Set(versions.map(\.canonicalDescription)).count == 1)
    }

    /// Versions near the limits of the packed form keep their parts and their order.
    @Test func limitsOfPacking() throws {
        let numbers: [UInt64] = [
            0, 1, 253, 254, 255, 1022, 1023, 1024, 262_142, 262_143, 262_144, 1_048_575, 1_048_576, 16_777_215,
            16_777_216,
            33_554_431, 33_554_432, .max,
        ]
        for number in numbers {
            let texts = [
                "\(number).0", "1.\(number)", "1.0.\(number)", "1.0.0.\(number)", "1a\(number)", "1.post\(number)",
                "1.dev\(number)",
                "1rc\(number).post\(number).dev\(number)",
            ]
            for text in texts { #expect(try Version(parsing: text).description == text) }
        }
        let posts = try numbers.map { try Version(parsing: "1.post\($0)") }
        let devs = try numbers.map { try Version(parsing: "1.dev\($0)") }
        #expect(posts.sorted() == posts && devs.sorted() == devs)
    }

    @Test func partsAndBuilding() throws {
        let version = try Version(parsing: "1!2.3.4rc5.post6.dev7+cpu.8")
        #expect(version.epoch == 1 && version.release == [2, 3, 4])
        #expect(version.pre == PreRelease(phase: .candidate, number: 5))
        #expect(version.post == 6 && version.dev == 7 && version.local == "cpu.8")
        #expect(version.isPrerelease && version.isLocal && version.isPostrelease && version.isDevelopmentRelease)
        #expect(version.publicVersion.description == "1!2.3.4rc5.post6.dev7")
        #expect(version.baseVersion.description == "1!2.3.4")
        #expect((version.major, version.minor, version.micro, version.releaseComponent(7)) == (2, 3, 4, 0))
        #expect(Version(release: [3, 11]).description == "3.11")
        #expect(
            Version(epoch: 1, release: [2], pre: .init(phase: .beta, number: 1), post: 0, dev: 3).description
                == "1!2b1.post0.dev3")
    }

    /// Long input is read in time proportional to its length.

    // Not as arguments: the runner would print them.
    @Test func hostileInputIsRefused() {
        for text in [
            String(repeating: "1.", count: 100_000), String(repeating: "9", count: 200_000) + "x",
            "1.0+" + String(repeating: "a-", count: 100_000), String(repeating: " ", count: 100_000),
            "1" + String(repeating: "-", count: 100_000),
        ] {
            #expect(throws: VersionError.self) { try Version(parsing: text) }
        }
    }

    @Test func longVersionsAreRead() throws {
        let digits = String(repeating: "9", count: 5_000)
        let version = try Version(parsing: "\(digits).1")
        #expect(version.description == "\(digits).1")
        #expect(version.major == .max)
        #expect(try SpecifierSet(parsing: ">\(digits).0.post\(digits)").contains(version))
        let components = String(repeating: "1.", count: 50_000) + "1"
        #expect(try Version(parsing: components).release.count == 50_001)
    }
}
