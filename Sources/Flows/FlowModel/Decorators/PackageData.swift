/// Data files that a flow takes along: one `@package_data(files=[…])`.
struct PackageData {
    /// Patterns of paths below the flow's folder, as they were written.
    let files: [String]

    init(reading site: DecoratorSite, findings: inout [FlowFinding]) {
        switch site["files"] {
        case .string(let pattern)? where !pattern.isEmpty: files = [pattern]
        case .array(let values)?:
            files = values.compactMap { if case .string(let text) = $0, !text.isEmpty { text } else { nil } }
            if files.count == values.count, !files.isEmpty { return }
            findings.append(site.finding("has files=\(JSONValue.array(values))", help: Self.help))
        case nil:
            files = []
            findings.append(site.finding("names no files", help: Self.help))
        case let value?:
            files = []
            findings.append(site.finding("has files=\(value)", help: Self.help))
        }
    }

    private static let help = "write paths or patterns below the flow's folder: files=['data/prices.csv', 'prompts/*.txt']"
}
