internal import PythonPackaging

/// What a requirements file says, line by line (pip, requirements file format). The files that it names are not read.
struct RequirementsFile {
    struct Entry: Hashable {
        /// From 1.
        var line: Int
        var statement: Statement
        /// What the person should know about the line.
        var warnings: [String] = []
    }

    enum Statement: Hashable {
        /// `spelled` is without options and variables' values.
        case requirement(String, spelled: String, hashes: [String], isEditable: Bool)
        case options([RequirementsOption])
    }

    /// A line that is not understood.
    struct Problem: Error, Hashable {
        var line: Int
        var text: String
        var error: RequirementsOptionError
    }

    let entries: [Entry]

    init(_ text: String, environment: [String: String], firstLine: Int = 1) throws(Problem) {
        var entries: [Entry] = []
        for var line in RequirementsLines(text, environment: environment).lines {
            line.number += firstLine - 1
            do {
                entries.append(try Self.entry(line))
            } catch {
                throw Problem(line: line.number, text: DirectReference.redacting(line.spelled), error: error)
            }
        }
        self.entries = entries
    }

    private static func entry(_ line: RequirementsLines.Line) throws(RequirementsOptionError) -> Entry {
        let (requirement, rest) = split(line.text)
        let (options, marker) = rest.isEditable ? rest.splitMarker() : (rest, nil)
        var reader = try RequirementsOptionReader(options)
        let read = try reader.read()
        if !requirement.isEmpty {
            return self.requirement(requirement, spelled: split(line.spelled).requirement, read, line: line.number)
        }
        guard case .editable(let place) = read.first(where: \.isEditable) else {
            return statement(read, line: line.number)
        }
        var entry = statement(read, line: line.number)
        if read.count > 1 { entry.warnings.append("of a line with -e, only the first -e counts") }
        entry.statement = .requirement(
            place + (marker.map { " ; \($0)" } ?? ""), spelled: line.spelled, hashes: [], isEditable: true)
        return entry
    }

    /// Options on a requirement's line concern that requirement alone; pip ignores all but `--hash`.
    private static func requirement(
        _ text: String, spelled: String, _ options: [RequirementsOption], line: Int
    ) -> Entry {
        var hashes: [String] = []
        var warnings: [String] = []
        for option in options {
            switch option {
            case .hash(let hash): hashes.append(hash)
            case .ignored(let name): warnings.append("\(name) is not followed")
            default: warnings.append("an option after a requirement has no effect: give it a line of its own")
            }
        }
        return Entry(
            line: line,
            statement: .requirement(text, spelled: spelled, hashes: hashes, isEditable: false), warnings: warnings)
    }

    private static func statement(_ options: [RequirementsOption], line: Int) -> Entry {
        var warnings: [String] = []
        for option in options {
            if case .ignored(let name) = option { warnings.append("\(name) is not followed") }
            if case .hash = option { warnings.append("--hash without a requirement on its line has no effect") }
        }
        return Entry(line: line, statement: .options(options), warnings: warnings)
    }

    /// The options of a line begin with the first word that begins with `-`.
    private static func split(_ line: String) -> (requirement: String, options: Substring) {
        var isStart = true
        for index in line.indices {
            if isStart, line[index] == "-" { return (line[..<index].trimmed, line[index...]) }
            isStart = line[index] == " " || line[index] == "\t"
        }
        return (line.trimmed, "")
    }
}

extension RequirementsOption {
    fileprivate var isEditable: Bool { if case .editable = self { true } else { false } }
}

extension Substring {
    fileprivate var isEditable: Bool { hasPrefix("-e") || hasPrefix("--e") }

    /// What stands before and behind a `;` that has a blank beside it.
    fileprivate func splitMarker() -> (Substring, String?) {
        var previous: Character = "x"
        for index in indices {
            defer { previous = self[index] }
            guard self[index] == ";" else { continue }
            let rest = self[self.index(after: index)...]
            if previous.isWhitespace || rest.first?.isWhitespace == true { return (self[..<index], rest.trimmed) }
        }
        return (self, nil)
    }
}
