internal import CondaPackaging
internal import Lockfiles
internal import Yams

/// Reads an `environment.yml`, part by part.
struct EnvironmentFileReader {
    private let text: String
    private let yaml: ForeignYAML
    private let comments: LineComments

    /// Nobody writes more; aliases of lists could.
    private static let limit = 100_000

    init(_ text: String, file: String) {
        self.text = text
        yaml = ForeignYAML(file: file)
        comments = LineComments(of: text)
    }

    func read(into file: inout EnvironmentFile) throws(ForeignFileError) {
        guard let document = try yaml.mapping(of: text) else { return }
        for (key, value) in document {
            switch try yaml.text(key, "the names at the start of lines") {
            case "name": file.name = value.null == nil ? try yaml.text(value, "name") : nil
            case "channels": file.channels = try items(of: value, "channels")
            case "platforms": file.platforms = try items(of: value, "platforms")
            case "dependencies": try readDependencies(value, into: &file)
            case "variables": file.variables = try variables(value)
            // Where somebody's own environment lies, and what conda-lock calls a group of dependencies, change nothing here.
            case "prefix", "category": break
            case let other: file.otherKeys.append(.init(text: other, line: line(of: key)))
            }
        }
        for item in file.channels + file.platforms where item.platforms != nil {
            throw error(item, "'\(item.text)' cannot be for some platforms only", help: "take the selector away")
        }
    }

    private func readDependencies(_ node: Node, into file: inout EnvironmentFile) throws(ForeignFileError) {
        guard node.null == nil else { return }
        for element in try yaml.sequence(node, "dependencies") {
            guard let parts = element.mapping else {
                file.packages.append(try item(element, "dependencies"))
                try checkCount(file, element)
                continue
            }
            for (key, value) in parts {
                let name = try yaml.text(key, "dependencies")
                if name == "pip" {
                    file.pip += try items(of: value, "pip")
                } else if let selector = PlatformSelector.dictionaryExpression(name) {
                    let platforms = try platforms(selector, at: key)
                    for var item in try value.sequence == nil ? [item(value, name)] : items(of: value, name) {
                        item.platforms = item.platforms.map { $0.intersection(platforms) } ?? platforms
                        file.packages.append(item)
                    }
                } else {
                    throw yaml.error(
                        key, "dependencies: expected a package, 'pip:' or 'sel(…):', found '\(name):'",
                        help: "write a package as one text, such as numpy>=1.26; in quotes if it has a ': ' in it")
                }
                try checkCount(file, element)
            }
        }
    }

    private func checkCount(_ file: EnvironmentFile, _ node: Node) throws(ForeignFileError) {
        guard file.packages.count + file.pip.count <= Self.limit else {
            throw yaml.error(node, "there are more than \(Self.limit) dependencies")
        }
    }

    private func variables(_ node: Node) throws(ForeignFileError) -> [EnvironmentFile.Item] {
        guard node.null == nil else { return [] }
        var items: [EnvironmentFile.Item] = []
        for (key, value) in try yaml.mapping(node, "variables") {
            _ = try yaml.text(value, "variables")
            items.append(.init(text: try yaml.text(key, "variables"), line: line(of: key)))
        }
        return items
    }

    // MARK: - Items

    private func items(of node: Node, _ what: String) throws(ForeignFileError) -> [EnvironmentFile.Item] {
        guard node.null == nil else { return [] }
        var items: [EnvironmentFile.Item] = []
        for element in try yaml.sequence(node, what) { items.append(try item(element, what)) }
        return items
    }

    private func item(_ node: Node, _ what: String) throws(ForeignFileError) -> EnvironmentFile.Item {
        guard node.null == nil else { throw yaml.wrong(node, what, "a text behind '- '") }
        if let (key, _) = node.mapping?.first, let name = key.scalar?.string {
            throw yaml.error(node, "\(what): expected a text, found '\(name): …'", help: "put the text in quotes if it has a ': ' in it")
        }
        let line = line(of: node)
        // The text of a block begins below its mark.
        let isBlock = node.scalar?.style == .literal || node.scalar?.style == .folded
        return .init(text: try yaml.text(node, what), line: isBlock ? line + 1 : line, platforms: try platforms(onLine: line, node))
    }

    private func line(of node: Node) -> Int { node.mark?.line ?? 1 }

    private func error(_ item: EnvironmentFile.Item, _ reason: String, help: String) -> ForeignFileError {
        ForeignFileError(file: yaml.file, line: item.line, reason, help: help)
    }

    // MARK: - Selectors

    private func platforms(onLine line: Int, _ node: Node) throws(ForeignFileError) -> Set<Subdir>? {
        guard let comment = comments.comment(onLine: line), let selector = PlatformSelector.commentExpression(comment) else { return nil }
        return try platforms(selector, at: node)
    }

    private func platforms(_ expression: String, at node: Node) throws(ForeignFileError) -> Set<Subdir> {
        do throws(PlatformSelector.Problem) {
            return try PlatformSelector(parsing: expression).platforms
        } catch {
            throw yaml.error(node, "'[\(expression)]' is no selector of platforms: \(error.reason)", help: PlatformSelector.help)
        }
    }
}

/// The comments of a text of YAML, line by line.
struct LineComments {
    private let lines: [Substring]

    init(of text: String) {
        lines = text.contains("#") ? text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) : []
    }

    /// What stands behind `#`; it begins a comment at the start or after white space, outside of quotes.
    ///
    /// - Parameter line: from 1.
    func comment(onLine line: Int) -> Substring? {
        guard lines.indices.contains(line - 1) else { return nil }
        let text = lines[line - 1]
        var quote: Character?
        var previous: Character = " "
        for index in text.indices {
            let character = text[index]
            if let open = quote {
                if character == open, !(open == "\"" && previous == "\\") { quote = nil }
            } else if character == "#", previous.isWhitespace {
                return text[index...].dropFirst()
            } else if character == "'" || character == "\"", previous.isWhitespace || "[,:{".contains(previous) {
                quote = character
            }
            previous = character
        }
        return nil
    }
}
