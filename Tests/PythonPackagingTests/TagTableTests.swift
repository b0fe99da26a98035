import PythonPackaging
import Testing

@Suite(.enabled(if: ConformanceTables.arePresent, ConformanceTables.notice)) struct TagTableTests {
    struct Table: Decodable {
        struct List: Decodable {
            var env: String
            var tags: [String]
        }

        var lists: [List]
    }

    @Test func completeLists() throws {
        var check = RowCheck()
        for list in try ConformanceTables.load("tags", as: Table.self).lists {
            let tags = try #require(TagList(named: list.env), "\(list.env) is not understood").tags.map(\.description)
            check.expect(tags == list.tags, "\(list.env): \(firstDifference(tags, list.tags))")
        }
        check.verify(atLeast: 5)
    }

    private func firstDifference(_ left: [String], _ right: [String]) -> String {
        for position in 0..<max(left.count, right.count) {
            let pair = (position < left.count ? left[position] : "-", position < right.count ? right[position] : "-")
            if pair.0 != pair.1 { return "at \(position): \(pair.0) instead of \(pair.1)" }
        }
        return "none"
    }
}

@Suite(.enabled(if: ConformanceTables.arePresent, ConformanceTables.notice)) struct FilenameTableTests {
    struct Table: Decodable {
        struct File: Decodable {
            var file: String
            var kind: String
            var name: String
            var version: String
            var build: Build?
            var tags: [String]?
        }

        struct Build: Decodable {
            var number: UInt64
            var suffix: String

            init(from decoder: any Decoder) throws {
                var values = try decoder.unkeyedContainer()
                number = try values.decode(UInt64.self)
                suffix = try values.decode(String.self)
            }
        }

        struct Pick: Decodable {
            var offered: [String]
            var best: [String: String?]
        }

        var files: [File]
        var invalid: [String]
        var pick: [Pick]
    }

    let table: Table

    init() throws { table = try ConformanceTables.load("filenames") }

    @Test func files() {
        var check = RowCheck()
        for row in table.files {
            guard let file = try? DistributionFilename(parsing: row.file) else {
                check.expect(false, "refused: \(row.file)")
                continue
            }
            check.expect(file.name.description == row.name, "\(row.file): name \(file.name)")
            check.expect(file.version.description == row.version, "\(row.file): version \(file.version)")
            switch file {
            case .sdist: check.expect(row.kind == "sdist", "\(row.file): sdist")
            case .wheel(let wheel):
                check.expect(row.kind == "wheel", "\(row.file): wheel")
                check.expect(
                    wheel.build?.value == row.build?.number, "\(row.file): build \(String(describing: wheel.build))")
                check.expect(
                    wheel.build?.suffix == row.build?.suffix, "\(row.file): build \(String(describing: wheel.build))")
                check.expect(wheel.tags.map(\.description).sorted() == row.tags?.sorted(), "\(row.file): \(wheel.tags)")
            }
        }
        check.verify(atLeast: 10)
    }

    @Test func invalidFiles() {
        var check = RowCheck()
        for name in table.invalid {
            check.expect((try? DistributionFilename(parsing: name)) == nil, "accepted: \(name)")
        }
        check.verify(atLeast: 5)
    }

    @Test func bestWheels() throws {
        var check = RowCheck()
        for row in table.pick {
            let wheels = try row.offered.map { try WheelFilename(parsing: $0) }
            for (environment, expected) in row.best {
                let tags = try #require(TagList(named: environment), "\(environment) is not understood")
                let best = tags.best(of: wheels)?.description
                check.expect(best == expected, "\(row.offered) for \(environment): \(best ?? "none")")
            }
        }
        check.verify(atLeast: 50)
    }
}

extension TagList {
    /// The list that the tables call `cp313t-glibc2.28-x86_64`, `cp39-macos11.0-arm64` or `cp38-windows-amd64`.
    init?(named name: String) {
        let parts = name.split(separator: "-")
        guard parts.count == 3, parts[0].hasPrefix("cp") else { return nil }
        let digits = parts[0].dropFirst(2).prefix { $0.isNumber }
        guard let major = digits.first?.wholeNumberValue, let minor = Int(digits.dropFirst()) else { return nil }
        guard let platform = PythonPlatform(named: parts[1], arch: String(parts[2])) else { return nil }
        self = .compatible(
            implementation: .cPython, version: (major, minor),
            abiFlags: String(parts[0].dropFirst(2 + digits.count)), platform: platform)
    }
}

extension PythonPlatform {
    fileprivate init?(named name: Substring, arch: String) {
        let system = name.prefix { $0.isLetter }
        let numbers = name.dropFirst(system.count).split(separator: ".").compactMap { Int($0) }
        switch (system, numbers.count) {
        case ("glibc", 2): self = .linux(arch: arch, libc: .glibc(numbers[0], numbers[1]))
        case ("musl", 2): self = .linux(arch: arch, libc: .musl(numbers[0], numbers[1]))
        case ("macos", 2): self = .macOS(major: numbers[0], minor: numbers[1], arch: arch)
        case ("windows", 0): self = .windows(arch: arch)
        default: return nil
        }
    }
}
