import PythonPackaging
import Testing

@Suite(.enabled(if: ConformanceTables.arePresent, ConformanceTables.notice)) struct MarkerTableTests {
    struct Table: Decodable {
        /// What the reference implementation answers.
        enum Answer: Decodable {
            case truth(Bool)
            /// It refuses to compare.
            case meaningless

            init(from decoder: any Decoder) throws {
                let value = try decoder.singleValueContainer()
                if let truth = try? value.decode(Bool.self) {
                    self = .truth(truth)
                } else {
                    _ = try value.decode(String.self)
                    self = .meaningless
                }
            }
        }

        struct Row: Decodable {
            var marker: String
            var normal: String
            var results: [String: [Answer]]
        }

        var environments: [String: MarkerEnvironment]
        var markers: [Row]
        var invalid: [String]
    }

    let table: Table

    init() throws { table = try ConformanceTables.load("markers") }

    @Test func evaluation() throws {
        var check = RowCheck()
        let selections: [Set<ExtraName>] = [
            [], [try ExtraName(parsing: "dev")], [try ExtraName(parsing: "my-extra")],
        ]
        for row in table.markers {
            guard let marker = try? Marker(parsing: row.marker) else {
                check.expect(false, "refused: \(row.marker)")
                continue
            }
            for (name, answers) in row.results {
                guard let environment = table.environments[name] else { continue }
                for (answer, extras) in zip(answers, selections) {
                    let meaningless = marker.meaninglessComparisons(
                        in: environment, selection: .requirement(extras: extras))
                    let truth = marker.evaluate(in: environment, extras: extras)
                    switch answer {
                    case .truth(let expected):
                        check.expect(truth == expected && meaningless.isEmpty, "\(row.marker) in \(name), \(extras)")
                    case .meaningless:
                        check.expect(!meaningless.isEmpty, "\(row.marker) in \(name) should have no meaning")
                    }
                }
            }
        }
        check.verify(atLeast: 100)
    }

    @Test func normalForm() throws {
        var check = RowCheck()
        for row in table.markers {
            let marker = try Marker(parsing: row.marker)
            check.expect(marker.description == row.normal, "\(row.marker): \(marker)")
            check.expect(try Marker(parsing: marker.description) == marker, "\(row.marker): changed by its own text")
        }
        check.verify(atLeast: 20)
    }

    @Test func invalidMarkers() {
        var check = RowCheck()
        for text in table.invalid { check.expect((try? Marker(parsing: text)) == nil, "accepted: \(text)") }
        check.verify(atLeast: 10)
    }
}
