/// Rows in columns, with a dim line of headings.
struct TextTable {
    enum Alignment { case left, right }

    /// What stands in one place.
    struct Cell: ExpressibleByStringLiteral {
        var text: String
        var style: Style?

        /// A line break in a text, as a tag may have, does not break the row.
        init(_ text: String, _ style: Style? = nil) {
            let isPlain = text.unicodeScalars.allSatisfy(Self.isShown)
            self.text = isPlain ? text : String(text.map { $0.unicodeScalars.allSatisfy(Self.isShown) ? $0 : " " })
            self.style = style
        }

        init(stringLiteral text: String) { self.init(text) }

        private static func isShown(_ scalar: Unicode.Scalar) -> Bool { scalar.value >= 0x20 && scalar.value != 0x7F }
    }

    private var headings: [String]
    private var alignments: [Alignment]
    private var rows: [[Cell]] = []

    /// - Parameter columns: headings; one that begins with `>` is of a column of numbers, aligned to the right.
    init(_ columns: String...) {
        alignments = columns.map { $0.hasPrefix(">") ? .right : .left }
        headings = columns.map { $0.hasPrefix(">") ? String($0.dropFirst()) : $0 }
    }

    mutating func add(_ cells: Cell...) {
        rows.append(cells)
    }

    var isEmpty: Bool { rows.isEmpty }

    /// The lines. Columns that are empty in every row are left out.
    ///
    /// - Parameter cutsLast: whether the last column is cut where a terminal ends, since the rest of a row is worth more.
    func lines(on terminal: Terminal, indent: String = "", cutsLast: Bool = false) -> [String] {
        let used = headings.indices.filter { column in rows.contains { !$0[column].text.isEmpty } }
        let widths = used.map { column in
            max(TextWidth(headings[column]).columns, rows.map { TextWidth($0[column].text).columns }.max() ?? 0)
        }
        let heading = line(used.map { Cell(headings[$0], .dim) }, used, widths, terminal)
        let before = widths.dropLast().reduce(indent.count) { $0 + $1 + 2 }
        let room = cutsLast && terminal.isInteractive ? max(terminal.width - before - 1, 12) : Int.max
        return ([heading] + rows.map { row in
            var cells = used.map { row[$0] }
            if let last = cells.last, last.text.count > room {
                cells[cells.count - 1].text = last.text.prefix(room - 1) + (terminal.isUnicode ? "…" : "~")
            }
            return line(cells, used, widths, terminal)
        }).map { indent + $0 }
    }

    private func line(_ cells: [Cell], _ columns: [Int], _ widths: [Int], _ terminal: Terminal) -> String {
        let last = cells.count - 1
        let parts = cells.indices.map { place in
            let cell = cells[place]
            let styled = cell.style?(cell.text, on: terminal) ?? cell.text
            let room = String(repeating: " ", count: max(0, widths[place] - TextWidth(cell.text).columns))
            switch alignments[columns[place]] {
            case .right: return room + styled
            // Nothing stands behind the last one, so it needs no room.
            case .left: return place == last ? styled : styled + room
            }
        }
        return parts.joined(separator: "  ")
    }
}
