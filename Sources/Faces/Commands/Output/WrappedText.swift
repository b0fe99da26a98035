/// A line broken between words so that it fits into so many columns.
///
/// Lines after the first begin below the first one's text: behind its blanks, its number (`1. `) or its label (`help: `).
struct WrappedText {
    let lines: [String]

    /// Fewer columns than this are not worth breaking for.
    private static let fewestColumns = 40

    init(_ line: String, columns: Int) {
        guard columns >= Self.fewestColumns, TextWidth(line).columns > columns else {
            lines = [line]
            return
        }
        let start = Self.start(of: line)
        let indent = String(repeating: " ", count: start)
        var result: [String] = []
        var current = String(line.prefix(start))
        var isEmpty = true
        for word in line.dropFirst(start).split(separator: " ") {
            if !isEmpty, TextWidth(current).columns + 1 + TextWidth(word).columns > columns {
                result.append(current)
                (current, isEmpty) = (indent, true)
            }
            current += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        lines = result + [current]
    }

    /// Where the text of a line begins, in characters.
    private static func start(of line: String) -> Int {
        let blanks = line.prefix { $0 == " " }.count
        guard let first = line.dropFirst(blanks).split(separator: " ", maxSplits: 1).first else { return blanks }
        let isNumber = first.hasSuffix(".") && first.dropLast().allSatisfy(\.isNumber) && first.count > 1
        return isNumber || first == "help:" ? blanks + first.count + 1 : blanks
    }
}
