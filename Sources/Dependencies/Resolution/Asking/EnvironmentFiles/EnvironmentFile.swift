/// The dependencies of a conda `environment.yml`, as far as they matter here: texts with their lines.
///
/// Such files are a small part of YAML: a mapping whose `dependencies` are a list of texts and of one mapping `pip:` with
/// a list of texts. That part is read strictly, and what goes beyond it (anchors, tags, block texts, mappings in braces) is
/// refused by name; other keys of the file are passed over.
struct EnvironmentFile {
    struct Item: Hashable {
        var text: String
        /// From 1.
        var line: Int
    }

    struct Problem: Error, Hashable {
        var line: Int
        var reason: String
    }

    /// Conda's own packages, `python` among them.
    private(set) var packages: [Item] = []
    /// The lines of the pip part, as in a requirements file.
    private(set) var pip: [Item] = []

    init(_ text: String) throws(Problem) {
        var lines = try YAMLLine.lines(of: text)[...]
        var hasDependencies = false
        while let line = lines.popFirst() {
            guard line.indent == 0, let (key, value) = try line.pair() else {
                throw Problem(line: line.number, reason: "expected 'name: value' at the start of the line")
            }
            let body = lines.prefix { $0.indent > 0 || $0.isItem }
            lines = lines[body.endIndex...]
            guard key == "dependencies" else { continue }
            if hasDependencies { throw Problem(line: line.number, reason: "there are 'dependencies' twice") }
            hasDependencies = true
            try readDependencies(value, of: line, body)
        }
    }

    private mutating func readDependencies(
        _ value: String, of line: YAMLLine, _ body: ArraySlice<YAMLLine>
    ) throws(Problem) {
        if !value.isEmpty {
            if let next = body.first { throw next.problem("expected nothing below a value") }
            packages = try YAMLScalar.list(value, line: line.number)
            return
        }
        var rest = body
        guard let indent = rest.first?.indent else { return }
        while let item = rest.popFirst() {
            guard item.indent == indent, let content = item.item else {
                throw item.problem("expected '- ' as in the line before")
            }
            guard let (key, value) = try content.pair() else {
                packages.append(Item(text: try YAMLScalar.text(content.text, line: item.number), line: item.number))
                continue
            }
            guard key == "pip" else { throw item.problem("expected a package or 'pip:', found '\(key):'") }
            let nested = rest.prefix { $0.indent > indent }
            rest = rest[nested.endIndex...]
            pip += try Self.readPip(value, of: item, nested)
        }
    }

    private static func readPip(
        _ value: String, of line: YAMLLine, _ body: ArraySlice<YAMLLine>
    ) throws(Problem) -> [Item] {
        if !value.isEmpty {
            if let next = body.first { throw next.problem("expected nothing below a value") }
            return try YAMLScalar.list(value, line: line.number)
        }
        var items: [Item] = []
        for entry in body {
            guard entry.indent == body.first?.indent, let content = entry.item else {
                throw entry.problem("expected '- ' as in the line before")
            }
            items.append(Item(text: try YAMLScalar.text(content.text, line: entry.number), line: entry.number))
        }
        return items
    }
}
