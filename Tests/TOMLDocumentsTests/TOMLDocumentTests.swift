import TOMLDocuments
import Testing

/// A plain form to compare with: tables and arrays without lines.
indirect enum Plain: Equatable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    case value(TOMLValue)
    case array([Plain])
    case table([String: Plain])

    init(stringLiteral value: String) { self = .value(.string(value)) }
    init(integerLiteral value: Int64) { self = .value(.integer(value)) }
    init(floatLiteral value: Double) { self = .value(.float(value)) }
    init(booleanLiteral value: Bool) { self = .value(.boolean(value)) }
    init(arrayLiteral elements: Plain...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, Plain)...) { self = .table(Dictionary(uniqueKeysWithValues: elements)) }

    init(_ node: TOMLNode) {
        switch node.value {
        case .array(let elements): self = .array(elements.map(Plain.init))
        case .table(let table): self = .table(table.mapValues(Plain.init))
        default: self = .value(node.value)
        }
    }

    static func time(_ text: String) -> Plain { .value(.time(text)) }
}

@Suite struct TOMLDocumentTests {
    private func read(_ text: String) throws -> Plain { .table(try TOMLDocument.read(text).mapValues(Plain.init)) }

    struct Row: Sendable, CustomTestStringConvertible {
        var text: String
        var expected: @Sendable () -> Plain
        var testDescription: String { text.debugDescription }

        init(_ text: String, _ expected: @escaping @Sendable @autoclosure () -> Plain) {
            self.text = text
            self.expected = expected
        }
    }

    static let rows: [Row] = [
        Row("", [:]),
        Row("\u{FEFF}# comment\r\n \t\r\na = 1 # one", ["a": 1]),
        Row("a.b . \"c.d\" = 'x'\n'' = true", ["a": ["b": ["c.d": "x"]], "": true]),
        Row("a = [ # first\n1,\n\n[ 2, ], # x\n]\nb = []", ["a": [1, [2]], "b": []]),
        Row("a = { b.c = 1, \"d\" = {} , e = [{}] }", ["a": ["b": ["c": 1], "d": [:], "e": [[:]]]]),
        Row("[a.b]\nx = 1\n[a]\ny = 2\n[a.c.d]", ["a": ["b": ["x": 1], "y": 2, "c": ["d": [:]]]]),
        Row(
            "[[a]]\nx = 1\n[a.b]\n[[a]]\n[[a.c]]\n[[a.c]]\ny = 1",
            ["a": [["x": 1, "b": [:]], ["c": [[:], ["y": 1]]]]]),
        Row("[a]\nb.c = 1\nb.d = 2\n[a.b.e]\nx = 1", ["a": ["b": ["c": 1, "d": 2, "e": ["x": 1]]]]),
        Row(#"a = "\b\t\n\f\r\"\\\u00e9\U0001F600""#, ["a": "\u{8}\t\n\u{C}\r\"\\é😀"]),
        Row("a = '''\n'x'\\\n''''\nb = \"\"\"\r\nx \\\n\n  y\\\"\"\"\"\"\"", ["a": "'x'\\\n'", "b": "x y\"\"\""]),
        Row(
            "a = +1_000\nb = -0\nc = 0xDEAD_beef\nd = 0o17\ne = 0b101",
            ["a": 1000, "b": 0, "c": 3_735_928_559, "d": 15, "e": 5]),
        Row(
            "a = 1.5\nb = -2e3\nc = 6.6_2E-1_0\nd = +inf\ne = 1e+2",
            ["a": 1.5, "b": -2000.0, "c": 6.62e-10, "d": .value(.float(.infinity)), "e": 100.0]),
        Row("a = -9223372036854775808", ["a": -9_223_372_036_854_775_808]),
        Row(
            "a = 2024-02-29 23:59:60.5z\nb = 1979-05-27t00:00:00-07:30\nc = 1979-05-27\nd = 07:32:00.999999\ne = [1979-05-27 07:32:00,]",
            [
                "a": .time("2024-02-29T23:59:60.5Z"), "b": .time("1979-05-27T00:00:00-07:30"), "c": .time("1979-05-27"),
                "d": .time("07:32:00.999999"), "e": [.time("1979-05-27T07:32:00")],
            ]),
    ]

    @Test(arguments: rows) func documents(row: Row) throws {
        #expect(try read(row.text) == row.expected())
    }

    /// What is wrong, and its line.
    @Test(arguments: [
        ("a", 1), ("a =", 1), ("= 1", 1), ("a = 1 b = 2", 1), ("\n\na = 1\na = 2", 4), ("a.b = 1\na = 2", 2),
        ("a = 1\na.b = 2", 2),
        ("a = 1\n[a]", 2), ("[a]\n[a]", 2), ("[[a]]\n[a]", 2), ("[a]\n[[a]]", 2), ("a = []\n[[a]]", 2),
        ("a = {}\n[a.b]", 2), ("a = {}\na.b = 1", 2),
        ("[a.b.c]\n[a]\nb.c.d = 1", 3), ("a.b = 1\n[a]", 2), ("[a", 1), ("[[a]", 1), ("[]", 1), ("[a]]", 1),
        ("a = {b = 1,}", 1), ("a = {\nb = 1}", 1),
        ("a = {b = 1, b = 2}", 1), ("a = {b.c = 1, b = 2}", 1), ("a = [1 2]", 1), ("a = [\n1\n", 3), ("a = \"x", 1),
        ("a = \"\n\"", 1), ("a = '\u{1}'", 1),
        ("a = \"\\x41\"", 1), ("a = \"\\uD800\"", 1), ("a = \"\\u12G4\"", 1), ("a = \"\"\"\n\nx", 3),
        ("\"\"\"a\"\"\" = 1", 1), ("a = 01", 1), ("a = 1_", 1), ("a = _1", 1),
        ("a = 1__0", 1), ("a = 0x", 1), ("a = 0xG", 1), ("a = +0x1", 1), ("a = 1.", 1), ("a = .5", 1), ("a = 1.e5", 1),
        ("a = 1e", 1), ("a = 9223372036854775808", 1),
        ("a = True", 1), ("a = 2023-02-29", 1), ("a = 2024-02-29T=2:00:00Z", 1), ("a = 24:00:00", 1),
        ("a = 1979-05-27T07:32Z", 1), ("a = 1979-05-27T07:32:00+24:00", 1),
        ("a = 1 # \u{7F}", 1), ("a = 1\rb = 2", 1), ("é = 1", 1), ("a = 1\n\u{0}", 2), ("a = \"\"\"x\"\"\"\"\"\"", 1),
    ])
    func refusals(text: String, line: Int) {
        let error = #expect(throws: TOMLError.self) { try TOMLDocument.read(text) }
        #expect(error?.line == line, "\(String(describing: error))")
    }

    @Test func valuesKnowTheirLines() throws {
        let document = try TOMLDocument.read("a = '''\n\n'''\nb = [\n 1,\n\n 2]\n[c]\nd.e = 1\n[[f]]\n[[f]]\n")
        #expect(document["a"]?.line == 1 && document["b"]?.array?.map(\.line) == [5, 7])
        #expect(document["c"]?.line == 8 && document["c"]?.table?["d"]?.table?["e"]?.line == 9)
        #expect(document["f"]?.array?.map(\.line) == [10, 11])
    }

    /// However deep a document nests, it ends in an error, and long ones in a value.
    @Test func hostileInput() throws {
        for text in [
            "a = " + String(repeating: "[", count: 1_000_000), "a = " + String(repeating: "{a=", count: 300_000),
            "[" + String(repeating: "a.", count: 300_000) + "a]", String(repeating: "a.", count: 300_000) + "a = 1",
            "a = {" + String(repeating: "a.", count: 300_000) + "a = 1}",
            "a = \"" + String(repeating: "\\", count: 100_001),
            "a = " + String(repeating: "9", count: 100_000), "a = '''" + String(repeating: "''", count: 500_000),
        ] {
            #expect(throws: TOMLError.self) { try TOMLDocument.read(text) }
        }
        let parts = Array(repeating: "a", count: 128).joined(separator: ".")
        let values = String(repeating: "[", count: 127) + String(repeating: "]", count: 127)
        #expect(try TOMLDocument.read("[\(parts)]\n\(parts) = \(values)").count == 1)
        let long = (0..<5_000).map { "[t\($0)]\nk = \($0)\n" }.joined()
        #expect(try TOMLDocument.read(long).count == 5_000)
    }

    /// Any cut of a document and any changed byte ends in a document or an error.
    @Test func damagedDocuments() {
        let bytes = Array(Self.rows.map(\.text).joined(separator: "\n[z]\n").utf8)
        for position in bytes.indices {
            for replacement: UInt8 in [0x22, 0x27, 0x5B, 0x7B, 0x3D, 0x0A, 0x2E, 0x00] {
                var damaged = bytes
                damaged[position] = replacement
                _ = try? TOMLDocument.read(String(decoding: damaged, as: UTF8.self))
            }
            _ = try? TOMLDocument.read(String(decoding: bytes[..<position], as: UTF8.self))
        }
    }
}
