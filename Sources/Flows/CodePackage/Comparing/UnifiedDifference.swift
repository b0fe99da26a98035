/// Two texts in the unified format that `patch` and Git read (POSIX, `diff -u`).
package struct UnifiedDifference: Sendable, Hashable {
    /// Without their ends: two that name the files, then hunks. Empty when the texts are equal.
    package private(set) var lines: [String] = []
    package private(set) var added = 0
    package private(set) var removed = 0

    /// Lines around a change that are shown.
    private static let context = 3

    /// - Parameters:
    ///   - old: `nil` when there is no such file on that side, as with `new`.
    ///   - path: from the archive's root.
    package init(_ old: String?, _ new: String?, path: String) {
        if let old, let new, old.utf8.elementsEqual(new.utf8) { return }
        if old == nil, new == nil { return }
        let (before, after) = (Text(old ?? ""), Text(new ?? ""))
        lines = ["--- " + (old == nil ? "/dev/null" : "a/\(path)"), "+++ " + (new == nil ? "/dev/null" : "b/\(path)")]
        var changes = LineDifference(before.compared, after.compared).changes[...]
        while let first = changes.first {
            var hunk = [first]
            changes.removeFirst()
            while let next = changes.first, next.old.lowerBound - (hunk.last?.old.upperBound ?? 0) <= 2 * Self.context {
                hunk.append(next)
                changes.removeFirst()
            }
            add(hunk, before, after)
        }
    }

    private mutating func add(_ changes: [LineDifference.Change], _ before: Text, _ after: Text) {
        guard let first = changes.first, let last = changes.last else { return }
        let lead = min(Self.context, first.old.lowerBound)
        let tail = min(Self.context, before.lines.count - last.old.upperBound)
        let old = (first.old.lowerBound - lead)..<(last.old.upperBound + tail)
        let new = (first.new.lowerBound - lead)..<(last.new.upperBound + tail)
        lines.append("@@ -\(Self.place(old)) +\(Self.place(new)) @@")
        var position = old.lowerBound
        for change in changes {
            for line in position..<change.old.lowerBound { add(" ", before, line) }
            for line in change.old { add("-", before, line) }
            for line in change.new { add("+", after, line) }
            (removed, added) = (removed + change.old.count, added + change.new.count)
            position = change.old.upperBound
        }
        for line in position..<old.upperBound { add(" ", before, line) }
    }

    private mutating func add(_ mark: String, _ text: Text, _ line: Int) {
        lines.append(mark + text.lines[line])
        if line == text.lines.count - 1, !text.endsWithNewline { lines.append("\\ No newline at end of file") }
    }

    /// The first line and how many; one is not said, and nothing begins at the line before.
    private static func place(_ range: Range<Int>) -> String {
        let start = range.isEmpty ? range.lowerBound : range.lowerBound + 1
        return range.count == 1 ? "\(start)" : "\(start),\(range.count)"
    }

    private struct Text {
        /// Without their ends, but with a carriage return before that.
        var lines: [String] = []
        var endsWithNewline: Bool
        /// What is compared: by bytes, since to Swift an accented letter equals a letter with an accent; a last line without a
        /// newline is another one than with it.
        var compared: [[UInt8]] = []

        init(_ text: String) {
            endsWithNewline = text.utf8.last == 0x0a
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                let line = rest.prefix { $0 != 0x0a }
                lines.append(String(decoding: line, as: UTF8.self))
                rest = rest.dropFirst(line.count)
                compared.append(Array(line) + (rest.isEmpty ? [0x0a] : []))
                rest = rest.dropFirst()
            }
        }
    }
}
