/// A report about one lock.
protocol PackageReport {
    associatedtype Output: Encodable

    /// What it is about, where there are several.
    var title: String { get }
    /// What `--json` prints.
    var output: Output { get }
    /// What a person should know about the lines.
    var footnotes: [String] { get }
    func lines(on terminal: Terminal) -> [String]
}

/// Prints reports: as JSON, a list with one member for each; otherwise one below the other.
struct ReportPrinter {
    let isJSON: Bool
    let output: Terminal
    let error: Terminal

    /// The exit code of a command that has nothing else to tell.
    func tell(_ reports: [some PackageReport]) throws -> Int32 {
        guard !isJSON else {
            output.writeLine(try JSONText(reports.map(\.output)).text)
            return 0
        }
        var buffer = OutputBuffer(output)
        for (position, report) in reports.enumerated() {
            if reports.count > 1 {
                if position > 0 { buffer.writeLine("") }
                buffer.writeLine(Style.bold(report.title + ":", on: output))
            }
            for line in report.lines(on: output) { buffer.writeLine(line) }
        }
        buffer.flush()
        var told: Set<String> = []
        for note in reports.flatMap(\.footnotes) where told.insert(note).inserted { error.writeLine(note) }
        return 0
    }
}
