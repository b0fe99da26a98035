import CondaPackaging
import Testing

@Suite struct UnmetNeedTests {
    private static func machine() throws -> [VirtualPackage] {
        try ["__archspec=1=zen3", "__glibc=2.31", "__linux=5.10", "__unix"].map { try VirtualPackage(parsing: $0) }
    }

    private static func record(_ depends: [String], constrains: [String] = []) throws -> RepodataRecord {
        var record = RepodataRecord(
            fileName: try ArchiveName(parsing: "a-1-0.conda"), name: try CondaName(parsing: "a"), version: try CondaVersion(parsing: "1"),
            build: "0", buildNumber: 0, subdir: .linux64)
        (record.depends, record.constrains) = (depends, constrains)
        return record
    }

    @Test(arguments: [
        ("__glibc >=2.17,<3.0.a0", nil), ("__unix", nil), ("python >=3.12", nil),
        ("__glibc >=2.35", "a-1-0.conda needs '__glibc >=2.35', and this machine has 2.31"),
        ("__cuda >=12", "a-1-0.conda needs '__cuda >=12', and this machine has no __cuda"),
        ("__archspec 1 x86_64_v2", nil), ("__archspec 1 zen3", nil), ("__archspec * zen2", nil), ("__archspec", nil),
        ("__archspec 1 x86_64_v4", "a-1-0.conda needs '__archspec 1 x86_64_v4', and this machine is zen3"),
        ("__archspec 1 haswell", "a-1-0.conda needs '__archspec 1 haswell', and this machine is zen3"),
        ("__archspec 2 zen3", "a-1-0.conda needs '__archspec 2 zen3', and this machine is zen3"),
    ] as [(String, String?)])
    func dependencies(spec: String, words: String?) throws {
        let found = UnmetNeed.all(of: [try Self.record([spec])], on: try Self.machine())
        #expect(found.map(\.description) == [words].compactMap(\.self))
    }

    @Test func constraintsCountWhereThereIsSomething() throws {
        let record = try Self.record([], constrains: ["__cuda >=12", "__osx >=11", "__glibc >=2.34"])
        #expect(UnmetNeed.all(of: [record], on: try Self.machine()).map(\.spec) == ["__glibc >=2.34"])
    }
}
