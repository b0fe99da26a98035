import CondaPackaging
import Testing

@Suite(.enabled(if: CondaTables.arePresent, CondaTables.notice)) struct VersionSpecTableTests {
    struct Table: Decodable {
        struct Match: Decodable {
            var spec: String
            var version: String
            var matches: Bool

            init(from decoder: any Decoder) throws {
                var values = try decoder.unkeyedContainer()
                spec = try values.decode(String.self)
                version = try values.decode(String.self)
                matches = try values.decode(Bool.self)
            }
        }

        var match: [Match]
    }

    @Test func matches() throws {
        let table: Table = try CondaTables.load("versionspecs")
        var check = RowCheck()
        for row in table.match {
            guard let spec = try? VersionSpec(parsing: row.spec) else {
                check.expect(false, "refused: \(row.spec)")
                continue
            }
            check.expect(
                try spec.contains(CondaVersion(parsing: row.version)) == row.matches,
                "\(row.spec) and \(row.version): not \(row.matches)")
        }
        check.verify(atLeast: 2_000)
    }
}

@Suite(.enabled(if: CondaTables.arePresent, CondaTables.notice)) struct MatchSpecTableTests {
    struct Table: Decodable {
        struct Match: Decodable {
            struct Package: Decodable {
                var name: String
                var version: String
                var build: String
                var buildNumber: UInt64
                var subdir: String

                init(from decoder: any Decoder) throws {
                    var values = try decoder.unkeyedContainer()
                    name = try values.decode(String.self)
                    version = try values.decode(String.self)
                    build = try values.decode(String.self)
                    buildNumber = try values.decode(UInt64.self)
                    subdir = try values.decode(String.self)
                }

                func record() throws -> RepodataRecord {
                    RepodataRecord(
                        fileName: try ArchiveName(parsing: "\(name)-\(version)-\(build).conda"),
                        name: try CondaName(parsing: name), version: try CondaVersion(parsing: version), build: build,
                        buildNumber: buildNumber, subdir: try Subdir(parsing: subdir))
                }
            }

            var spec: String
            var package: Package
            var matches: Bool

            init(from decoder: any Decoder) throws {
                var values = try decoder.unkeyedContainer()
                spec = try values.decode(String.self)
                package = try values.decode(Package.self)
                matches = try values.decode(Bool.self)
            }
        }

        struct Normal: Decodable {
            var spec: String
            var text: String
            var name: String
            var version: String?
            var build: String?

            init(from decoder: any Decoder) throws {
                var values = try decoder.unkeyedContainer()
                spec = try values.decode(String.self)
                text = try values.decode(String.self)
                name = try values.decode(String.self)
                version = try values.decode(String?.self)
                build = try values.decode(String?.self)
            }
        }

        var match: [Match]
        var normal: [Normal]
        var invalid: [String]
        var lenient_only: [String]
    }

    let table: Table

    init() throws { table = try CondaTables.load("matchspecs") }

    @Test func matches() throws {
        var check = RowCheck()
        for row in table.match {
            guard let spec = try? MatchSpec(parsing: row.spec) else {
                check.expect(false, "refused: \(row.spec)")
                continue
            }
            check.expect(
                try spec.matches(row.package.record()) == row.matches, "\(row.spec) and \(row.package): not \(row.matches)")
        }
        check.verify(atLeast: 3_000)
    }

    @Test func normalForm() throws {
        var check = RowCheck()
        for row in table.normal {
            guard let spec = try? MatchSpec(parsing: row.spec) else {
                check.expect(false, "refused: \(row.spec)")
                continue
            }
            check.expect(
                spec.description == row.text && spec.name.description == row.name
                    && spec.version?.description == row.version && spec.build?.description == row.build,
                "\(row.spec): \(spec), not \(row.text)")
            check.expect(try MatchSpec(parsing: spec.description) == spec, "\(row.spec): \(spec) is read differently")
        }
        check.verify(atLeast: 700)
    }

    @Test func invalidSpecs() {
        var check = RowCheck()
        for text in table.invalid { check.expect((try? MatchSpec(parsing: text)) == nil, "accepted: \(text)") }
        check.verify(atLeast: 10)
    }

    @Test func strictness() {
        var check = RowCheck()
        for text in table.lenient_only {
            check.expect((try? MatchSpec(parsing: text)) != nil, "refused: \(text)")
            check.expect((try? MatchSpec(parsing: text, strictness: .strict)) == nil, "accepted strictly: \(text)")
        }
        // Everything else is read the same either way.
        let lenientOnly = Set(table.lenient_only)
        for row in table.normal where !lenientOnly.contains(row.spec) {
            let strict = try? MatchSpec(parsing: row.spec, strictness: .strict)
            check.expect(
                strict?.description == row.text, "\(row.spec), strictly: \(strict?.description ?? "refused"), not \(row.text)")
        }
        check.verify(atLeast: 500)
    }
}
