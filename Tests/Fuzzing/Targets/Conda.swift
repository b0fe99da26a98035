@testable import CondaPackaging

extension FuzzTarget {
    static let conda: [FuzzTarget] = [
        FuzzTarget(name: "conda-version", seeds: { ["1!2.0rc1.post2+abc.1\n1.0\n1.0.0\n2a1\n2.dev0".seed, "1_1-2\n1.1post".seed] }, words: ["post", "dev", "!", "+", "_"], run: readVersions),
        FuzzTarget(name: "conda-version-spec", seeds: { versionSpecSeeds }, words: ["~=", "!=", ".*", "==", "|", "^", "$"], run: readVersionSpecs),
        FuzzTarget(name: "match-spec", seeds: { matchSpecSeeds }, words: ["[version=", "build_number=", "::", "channel=", "sha256=", "md5=", "extras=[", "when=", "; if "], run: readMatchSpec),
        FuzzTarget(name: "conda-name", seeds: { ["a-b_c.d".seed, "__glibc".seed] }, run: readName),
        FuzzTarget(name: "conda-archive-name", seeds: { ["numpy-1.26.4-py312h1234567_0.conda".seed, "a-1-0.tar.bz2".seed] }, words: [".conda", ".tar.bz2"], run: readArchiveName),
        FuzzTarget(name: "channel", seeds: { ["https://me:word@host/t/TOKEN/c/".seed, "conda-forge/label/dev".seed, "./x/../y".seed] }, words: ["://", "/t/", "@", "~/"], run: readChannel),
        FuzzTarget(name: "explicit-list", seeds: { ["# platform: linux-64\n@EXPLICIT\nhttps://host/c/linux-64/a-1-0.conda#00112233445566778899aabbccddeeff\n/x/b-1-0.tar.bz2".seed] }, words: ["@EXPLICIT", "# platform: ", "#sha256:", ".conda"], run: readExplicitList),
        FuzzTarget(name: "repodata", seeds: { repodataSeeds }, words: ["\"packages\":{", "\"packages.conda\":{", "\"v3\":{", "\"depends\":[", "\"info\":{", "\"track_features\":", "\"noarch\":\"python\"", ".conda\""], run: readRepodata),
        FuzzTarget(name: "repodata-index", seeds: { indexSeeds }, run: readStoredIndex),
        FuzzTarget(name: "shard", seeds: { shardSeeds }, words: ["packages.conda", "depends", "build_number", "sha256"], run: readShard),
        FuzzTarget(name: "shard-index", seeds: { [shardIndexSeed] }, words: ["version", "info", "shards", "shards_base_url", "base_url"], run: readShardIndex),
    ]

    private static let versionSpecSeeds = [">=1.0,<2|3.*".seed, "~=1.4.2".seed, "1.2.*,!=1.2.3".seed, "^1\\..*$".seed, "(>=1|<0.5),!=0.3".seed, "=1.2\n1.2\n1.2.3".seed]

    private static let matchSpecSeeds = [
        "conda-forge/linux-64::numpy=1.26=py312*".seed, "numpy[version='>=1,<2', build=\"*_0\", build_number='>3', channel=x]".seed,
        "python >=3.8,<3.9.0a0 *_cpython".seed, "https://host/c/noarch/a-1-0.conda#00112233445566778899aabbccddeeff".seed, "*[md5=00112233445566778899aabbccddeeff]".seed,
    ]

    private static let record = #"{"name":"a","version":"1","build":"0","build_number":0,"depends":["b >=1","c"],"constrains":["d"],"md5":"00112233445566778899aabbccddeeff","size":7,"timestamp":1700000000,"noarch":"python","track_features":"x y"}"#

    private static var repodataSeeds: [[UInt8]] {
        [
            #"{"info":{"subdir":"noarch","base_url":"../x"},"packages":{"a-1-0.tar.bz2":\#(record)},"packages.conda":{"a-1-0.conda":\#(record)},"repodata_version":2,"removed":[]}"#.seed,
            #"{"v3":{"conda":{"a-1-0":\#(record)},"tar.bz2":{}}}"#.seed, #"{"packages":null}"#.seed, [],
        ]
    }

    private static var indexSeeds: [[UInt8]] {
        repodataSeeds.compactMap { text in try? Repodata(text, subdir: .noarch).storedIndex() }
    }

    private static let shardSeeds: [[UInt8]] = [
        [0x81] + [0xAE] + "packages.conda".seed + [0x81, 0xAB] + "a-1-0.conda".seed + [0x85] + [0xA4] + "name".seed + [0xA1] + "a".seed
            + [0xA7] + "version".seed + [0xA1] + "1".seed + [0xA5] + "build".seed + [0xA1] + "0".seed + [0xAC] + "build_number".seed + [0x00]
            + [0xA7] + "depends".seed + [0x91, 0xA1] + "b".seed,
        [0x80],
    ]

    private static let shardIndexSeed: [UInt8] =
        [0x83] + [0xA7] + "version".seed + [0x01] + [0xA4] + "info".seed + [0x81, 0xA8] + "base_url".seed + [0xA0] + [0xA6] + "shards".seed + [0x81, 0xA1] + "a".seed
        + [0xC4, 0x20] + [UInt8](repeating: 7, count: 32)

    @Sendable private static func readVersions(_ bytes: [UInt8]) {
        let versions = bytes.parts(by: 0x0a).prefix(8).compactMap { try? CondaVersion(parsing: $0.text) }
        for version in versions {
            let again = try? CondaVersion(parsing: version.description)
            holds(again == version && again?.hashValue == version.hashValue, "'\(version)' does not come back")
            holds(version.starts(with: version), "'\(version)' does not begin with itself")
        }
        for one in versions {
            for other in versions {
                holds(!(one < other && other < one), "'\(one)' and '\(other)' have no order")
                holds((one == other) == (!(one < other) && !(other < one)), "'\(one)' and '\(other)' are neither equal nor not")
                for third in versions where one < other && other < third { holds(one < third, "'\(one)' '\(other)' '\(third)'") }
            }
        }
    }

    @Sendable private static func readVersionSpecs(_ bytes: [UInt8]) {
        let parts = bytes.parts(by: 0x0a)
        guard let spec = try? VersionSpec(parsing: parts[0].text) else { return }
        let again = try? VersionSpec(parsing: spec.description)
        holds(again == spec, "'\(spec)' does not come back")
        for text in parts.dropFirst().prefix(4) {
            guard let version = try? CondaVersion(parsing: text.text) else { continue }
            holds(spec.contains(version) == again?.contains(version), "'\(spec)' holds another way for '\(version)'")
        }
    }

    @Sendable private static func readMatchSpec(_ bytes: [UInt8]) {
        for strictness in [Strictness.lenient, .strict] {
            guard let spec = try? MatchSpec(parsing: bytes.text, strictness: strictness) else { continue }
            let again = try? MatchSpec(parsing: spec.description)
            holds(again == spec, "'\(spec)' does not come back")
        }
    }

    @Sendable private static func readName(_ bytes: [UInt8]) {
        guard let name = try? CondaName(parsing: bytes.text) else { return }
        holds((try? CondaName(parsing: name.description)) == name, "'\(name)' does not come back")
        holds(!name.description.contains("/") && !name.description.utf8.contains(0), "a name with folders")
    }

    @Sendable private static func readArchiveName(_ bytes: [UInt8]) {
        guard let name = try? ArchiveName(parsing: bytes.text) else { return }
        holds((try? ArchiveName(parsing: name.description)) == name, "'\(name)' does not come back")
        holds(!name.description.contains("/") && !name.description.utf8.contains(0), "a name with folders")
        holds(name.description == name.stem + name.format.rawValue, "'\(name)' is not its parts")
    }

    @Sendable private static func readChannel(_ bytes: [UInt8]) {
        guard let reference = try? ChannelReference(parsing: bytes.text),
            let channel = try? CondaChannel(reference, home: "https://home.example", folder: "/folder")
        else { return }
        holds(!channel.baseURL.hasSuffix("/") || channel.baseURL.hasSuffix("://"), "'\(channel.baseURL)' ends with a slash")
        if case .basic(_, let password)? = channel.credentials, password.utf8.count > 8, reference.description.components(of: password) == 1 {
            holds(!channel.baseURL.contains(password), "a password in '\(channel.baseURL)'")
        }
    }

    @Sendable private static func readExplicitList(_ bytes: [UInt8]) {
        guard let list = try? ExplicitList(parsing: bytes.text) else { return }
        let again = try? ExplicitList(parsing: list.description)
        holds(again?.entries.map(\.url) == list.entries.map(\.url) && again?.platform == list.platform, "a list does not come back")
    }

    @Sendable private static func readRepodata(_ bytes: [UInt8]) {
        guard let repodata = try? Repodata(bytes, subdir: .noarch) else { return }
        let index = repodata.storedIndex()
        let again = index.withUnsafeBufferPointer { try? Repodata(bytes, storedIndex: $0, subdir: .noarch) }
        holds(again?.count == repodata.count, "the stored index is another one")
        for name in repodata.packageNames.prefix(20) {
            let candidates = try? repodata.candidates(of: name)
            let same = again.flatMap { try? $0.candidates(of: name) }
            holds(candidates?.count == same?.count, "other candidates of '\(name)'")
            for record in (try? repodata.records(of: name)) ?? [] { holds(record.name == name, "a record of another package") }
            for candidate in candidates ?? [] { _ = try? repodata.record(of: candidate) }
        }
    }

    @Sendable private static func readStoredIndex(_ bytes: [UInt8]) {
        // Whatever an index says, nothing outside of the text is looked at.
        let text = repodataSeeds[0]
        guard let repodata = bytes.withUnsafeBufferPointer({ try? Repodata(text, storedIndex: $0, subdir: .noarch) }) else { return }
        for name in repodata.packageNames {
            _ = try? repodata.candidates(of: name)
            _ = try? repodata.records(of: name)
        }
    }

    @Sendable private static func readShard(_ bytes: [UInt8]) {
        let shard = bytes.withUnsafeBufferPointer { try? RepodataShard($0, subdir: .noarch) }
        let text = bytes.withUnsafeBufferPointer { try? RepodataShard.text(of: $0) }
        guard let text else { return }
        let repodata = try? Repodata(text, subdir: .noarch)
        guard let shard, let repodata else { return }
        for name in Set(shard.records.map(\.name)) {
            guard let records = try? repodata.records(of: name) else { continue }
            holds(records.count <= shard.records.count + shard.passedOverCount, "more records as text")
        }
    }

    @Sendable private static func readShardIndex(_ bytes: [UInt8]) {
        guard let index = bytes.withUnsafeBufferPointer({ try? ShardIndex($0) }) else { return }
        for digest in index.shards.values.prefix(5) { holds(index.fileName(of: digest).hasSuffix(".msgpack.zst"), "an odd name") }
    }
}

extension String {
    /// How often a text is in this one.
    fileprivate func components(of text: String) -> Int {
        var (count, rest) = (0, self[...])
        while let range = rest.firstRange(of: text) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
