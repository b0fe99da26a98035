import CondaPackaging
import Testing

@Suite struct CondaVersionTests {
    /// Spellings and their normal form.
    @Test(arguments: [
        ("1.0", "1.0"), ("01.002", "1.2"), ("1.0RC1", "1.0rc1"), ("2.0.POST3", "2.0.post3"), ("1!2.0", "1!2.0"), ("0!1", "0!1"),
        ("1.0+Local.07", "1.0+local.7"), ("1_2_3", "1_2_3"), ("1-2-3", "1-2-3"), ("1.1.1_", "1.1.1_"), ("1__", "1__"),
        ("1.0-", "1.0-"), ("000", "0"), ("a", "a"), ("v1.00.0a", "v1.0.0a"), ("18446744073709551615", "18446744073709551615"),
    ])
    func normalForm(text: String, normal: String) throws {
        let version = try CondaVersion(parsing: text)
        #expect(version.description == normal && version.spelling == text)
        #expect(try CondaVersion(parsing: normal) == version)
    }

    /// What is refused, where, and why.
    @Test(arguments: [
        ("", 1, CondaVersionError.Problem.empty), (" 1", 1, .noComponent), ("1 ", 2, .unexpected), ("1.", 2, .unexpected),
        ("1..0", 2, .unexpected), (".1", 1, .noComponent), ("_1", 1, .noComponent), ("!1", 1, .noComponent),
        ("1!", 3, .noComponent), ("a!1", 2, .unexpected), ("1!2!3", 4, .unexpected), ("1.0+", 5, .noComponent),
        ("1.0+a+b", 6, .unexpected), ("1.*", 2, .unexpected), ("1.0-a_b", 6, .mixedDashes), ("1_2-3", 4, .mixedDashes),
        ("1___", 4, .unexpected), ("1é", 2, .unexpected), ("é.1", 1, .noComponent), ("1.0\0", 4, .unexpected),
        ("1.18446744073709551616", 22, .numberTooLarge), ("99999999999999999999!1", 20, .numberTooLarge),
    ])
    func refused(text: String, column: Int, problem: CondaVersionError.Problem) {
        let error = #expect(throws: CondaVersionError.self) { try CondaVersion(parsing: text) }
        #expect(error?.text == text && error?.column == column && error?.problem == problem)
    }

    /// The example of CEP 33, and the corners of the order, ascending; members of a group are equal.
    static let ascending: [[String]] = [
        ["0dev", "dev"], ["0dev1"], ["0_"], ["0a", "a"], ["0.dev"], ["0.0a", "0.a"], ["0.0.a"],
        ["0+local"], ["0", "0.0", "00", "0+0", "0!0"], ["0+1"], ["0.0.post"], ["0.0post", "0.post"],
        ["0.4.1.rc", "0.4.1.RC", "0.4.1.0rc"], ["0.4.1+local"], ["0.4.1+0.local"], ["0.4.1", "0.4.1+0"], ["0.4.1+1.local"],
        ["0.5a1"], ["0.5b3"], ["0.5C1"], ["0.5"], ["0.9.6"], ["0.960923"], ["1.0", "1", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0"],
        ["1.0.1_", "1.0.1-"], ["1.0.1a"], ["1.0.1a1"], ["1.0.1"], ["1.1dev1"], ["1.1a1"], ["1.1.0dev1", "1.1.dev1"], ["1.1.a1"],
        ["1.1.0rc1"], ["1.1.0", "1.1", "1.1.0.0"], ["1.1.post1", "1.1.0post1"], ["1.1post1"], ["1.232"], ["1.233"], ["1.255"],
        ["1.256"], ["1.65535"], ["1.65536"], ["1.18446744073709551615"], ["1996.07.12", "1996.7.12"],
        ["2022.08.07.13.04.47.a"], ["2022.08.07.13.04.47"], ["2022.08.07.13.04.47.1"],
        ["2022.08.07.13.04.48"],
        ["1!0.4.1"], ["1!3.1.1.6"], ["2!0.4.1"], ["255!0"], ["256!0"],
    ]

    @Test func order() throws {
        let groups = try Self.ascending.map { try $0.map { try CondaVersion(parsing: $0) } }
        for (position, group) in groups.enumerated() {
            #expect(Set(group).count == 1, "\(group.map(\.spelling))")
            for later in groups[(position + 1)...] {
                #expect(group[0] < later[0] && !(later[0] < group[0]) && group[0] != later[0], "\(group[0]), \(later[0])")
            }
        }
    }

    /// The order of keys is the order that comparing component by component gives.
    @Test func orderByAnOracle() throws {
        var generator = SplitMix(seed: 33)
        let versions = try (0..<400).map { _ in Oracle(try CondaVersion(parsing: generator.versionText())) }
        for left in versions {
            for right in versions {
                let expected = left.order(before: right)
                let actual = left.version < right.version ? -1 : left.version == right.version ? 0 : 1
                guard expected != actual else { continue }
                Issue.record("\(left.version.spelling) and \(right.version.spelling): \(actual), not \(expected)")
                return
            }
        }
    }

    @Test func beginningsByAnOracle() throws {
        var generator = SplitMix(seed: 29)
        let versions = try (0..<400).map { _ in Oracle(try CondaVersion(parsing: generator.versionText())) }
        var count = 0
        for one in versions {
            for beginning in versions {
                let expected = one.begins(with: beginning)
                count += expected ? 1 : 0
                guard one.version.starts(with: beginning.version) != expected else { continue }
                Issue.record("\(one.version.spelling) begins with \(beginning.version.spelling): not \(expected)")
                return
            }
        }
        #expect(count > 1_000)
    }

    @Test(arguments: [
        ("1.2.3", "1.2", true), ("1.20", "1.2", false), ("1", "1.0.0", true), ("1.2a1", "1.2", true), ("1.2.a1", "1.2", true),
        ("1.0rc1", "1.0.0", false), ("1!1.2", "1.2", false), ("1.2+x", "1.2", true), ("1.2", "1.2+x", false),
        ("1.2+x.1", "1.2+x", true), ("1.2.3+x", "1.2+x", true), ("1.2.post1", "1.2", true), ("1.2post1", "1.2", true),
        ("1.1.1w", "1.1.1", true), ("1.1.1w", "1.1.1v", false), ("1rc", "1rc0", true), ("1rc1", "1rc0", false),
    ])
    func beginnings(version: String, beginning: String, expected: Bool) throws {
        #expect(try CondaVersion(parsing: version).starts(with: CondaVersion(parsing: beginning)) == expected)
    }

    @Test func storedAsItsSpelling() throws {
        let version = try CondaVersion(parsing: "2022.08.07")
        let text = try Coding.json(version)
        #expect(text == "\"2022.08.07\"")
        #expect(try Coding.value(CondaVersion.self, from: text).spelling == "2022.08.07")
        #expect(throws: DecodingError.self) { try Coding.value(CondaVersion.self, from: "\"1..0\"") }
    }

    /// Long input is read in time proportional to its length. Not as arguments: the runner would print them.
    @Test func longVersions() throws {
        let zeros = String(repeating: "0.", count: 100_000)
        #expect(try CondaVersion(parsing: zeros + "0") == CondaVersion(parsing: "0"))
        #expect(try CondaVersion(parsing: zeros + "a") < CondaVersion(parsing: zeros + "1"))
        #expect(try CondaVersion(parsing: String(repeating: "0", count: 100_000)).description == "0")
        #expect(try CondaVersion(parsing: String(repeating: "a1", count: 100_000)).segments.count == 1)
        #expect(throws: CondaVersionError.self) { try CondaVersion(parsing: String(repeating: "1.", count: 100_000)) }
        #expect(throws: CondaVersionError.self) { try CondaVersion(parsing: String(repeating: "9", count: 100_000)) }
    }
}

/// The order of CEP 33 as it is told there: components in turn, what is missing counts as 0.
private struct Oracle {
    typealias Component = CondaVersion.Component

    let version: CondaVersion
    let epoch: UInt64
    let segments: [[Component]]
    let localSegments: [[Component]]

    init(_ version: CondaVersion) {
        self.version = version
        epoch = version.epoch
        segments = version.segments
        localSegments = version.localSegments
    }

    func order(before other: Oracle) -> Int {
        if epoch != other.epoch { return epoch < other.epoch ? -1 : 1 }
        let order = Self.order(segments, other.segments)
        return order != 0 ? order : Self.order(localSegments, other.localSegments)
    }

    private static func order(_ left: [[Component]], _ right: [[Component]]) -> Int {
        for place in 0..<max(left.count, right.count) {
            let mine = place < left.count ? left[place] : []
            let theirs = place < right.count ? right[place] : []
            for inner in 0..<max(mine.count, theirs.count) {
                let first = rank(inner < mine.count ? mine[inner] : .number(0))
                let second = rank(inner < theirs.count ? theirs[inner] : .number(0))
                if first != second { return first < second ? -1 : 1 }
            }
        }
        return 0
    }

    func begins(with beginning: Oracle) -> Bool {
        epoch == beginning.epoch && Self.begins(segments, with: beginning.segments)
            && Self.begins(localSegments, with: beginning.localSegments)
    }

    private static func begins(_ segments: [[Component]], with beginning: [[Component]]) -> Bool {
        guard let last = beginning.last else { return true }
        guard order(Array(segments.prefix(beginning.count - 1)), Array(beginning.dropLast())) == 0 else { return false }
        let segment = segments.count < beginning.count ? [] : segments[beginning.count - 1]
        return order([Array(segment.prefix(last.count))], [last]) == 0
    }

    private static func rank(_ component: Component) -> (Int, UInt64, String) {
        switch component {
        case .text("dev"): (0, 0, "")
        case .text("_"): (1, 0, "")
        case .text("post"): (4, 0, "")
        case .text(let text): (2, 0, text)
        case .number(let number): (3, number, "")
        }
    }
}

extension SplitMix {
    /// A version with everything that can be in one, small numbers mostly, so that many are equal or begin alike.
    fileprivate mutating func versionText() -> String {
        let dash = pick(["-", "_"])
        var text = pick(["", "", "", "", "", "", "1!", "0!"]) + partText(dash)
        if pick([true, false, false, false]) { text += "+" + partText(dash) }
        return text + pick(["", "", "", "", "", dash])
    }

    private mutating func partText(_ dash: String) -> String {
        let count = pick([1, 1, 2, 2, 3, 4])
        return (0..<count).map { _ in segmentText() }.joined(separator: pick([".", ".", ".", dash]))
    }

    private mutating func segmentText() -> String {
        let number = pick(["0", "0", "0", "1", "1", "2", "10", "232", "233", "300", "00"])
        let text = pick(["a", "b", "dev", "post", "rc", "ab", "DEV"])
        return pick([
            number, number, number, text, number + text, text + number, number + text + number, number + text + "0" + text,
        ])
    }
}
