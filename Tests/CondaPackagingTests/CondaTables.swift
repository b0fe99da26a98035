import FoundationEssentials
import Testing

/// The shared truth tables, in the folder named by `PENSTOCK_FIXTURES` (by default `../shared/fixtures` beside the
/// package). Where the folder is missing the suites that need it say so and are skipped.
enum CondaTables {
    static let folder: String = {
        if let named = ProcessInfo.processInfo.environment["PENSTOCK_FIXTURES"] { return named }
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        return root + "/../shared/fixtures"
    }()

    static var arePresent: Bool { FileManager.default.fileExists(atPath: folder + "/conda/versions.json") }

    static let notice: Comment = "no tables of conda's rules in the folder that PENSTOCK_FIXTURES names"

    static func load<Table: Decodable>(_ name: String, as type: Table.Type = Table.self) throws -> Table {
        let content = try Data(contentsOf: URL(filePath: "\(folder)/conda/\(name).json"))
        return try JSONDecoder().decode(type, from: content)
    }
}

/// Counts rows that hold and keeps those that do not, so that a table of thousands fails with a readable list.
struct RowCheck {
    private(set) var count = 0
    private(set) var failures: [String] = []

    mutating func expect(_ holds: Bool, _ row: @autoclosure () -> String) {
        count += 1
        if !holds { failures.append(row()) }
    }

    func verify(atLeast expected: Int = 1, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(count >= expected, "the table has only \(count) rows", sourceLocation: sourceLocation)
        let shown = failures.prefix(25).joined(separator: "\n")
        #expect(failures.isEmpty, "\(failures.count) of \(count) rows fail:\n\(shown)", sourceLocation: sourceLocation)
    }
}
