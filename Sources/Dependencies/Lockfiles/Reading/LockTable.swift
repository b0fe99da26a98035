import PythonPackaging
import TOMLDocuments

/// A table of the document, with the place it was found at for the sake of messages.
struct LockTable {
    let values: [String: TOMLNode]
    /// The path of the table; empty for the document itself.
    var path: String
    /// Where it begins.
    let line: Int?

    /// What is wrong with a value, before the file is known.
    struct Failure: Error {
        let path: String
        let line: Int?
        let problem: LockError.Problem
    }

    func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// That the value of a key is wrong.
    func failure(_ key: String, _ problem: LockError.Problem) -> Failure {
        Failure(path: path(of: key), line: values[key]?.line ?? line, problem: problem)
    }

    /// That the table as a whole is wrong.
    func failure(_ problem: LockError.Problem) -> Failure { Failure(path: path, line: line, problem: problem) }

    private func wrongKind(_ key: String, expected: String, _ found: TOMLNode) -> Failure {
        Failure(
            path: path(of: key), line: found.line,
            problem: .wrongKind(expected: expected, found: LockValue(found).kind))
    }

    /// The value, which has to be there.
    func required<Value>(_ key: String, _ value: Value?) throws(Failure) -> Value {
        guard let value else { throw failure(key, .missing) }
        return value
    }
}

// MARK: - Kinds

extension LockTable {
    func string(_ key: String) throws(Failure) -> String? {
        guard let value = values[key] else { return nil }
        guard let text = value.string else { throw wrongKind(key, expected: "a string", value) }
        return text
    }

    func integer(_ key: String) throws(Failure) -> Int64? {
        guard let value = values[key] else { return nil }
        guard let number = value.integer else { throw wrongKind(key, expected: "an integer", value) }
        return number
    }

    func boolean(_ key: String) throws(Failure) -> Bool? {
        guard let value = values[key] else { return nil }
        guard let truth = value.boolean else { throw wrongKind(key, expected: "a boolean", value) }
        return truth
    }

    func time(_ key: String) throws(Failure) -> UTCTime? {
        guard let value = values[key] else { return nil }
        guard case .time(let literal) = value.value else { throw wrongKind(key, expected: "a date and time", value) }
        guard let time = UTCTime(parsing: literal) else {
            throw failure(key, .invalid("'\(literal)' is no date with time and offset"))
        }
        return time
    }

    func table(_ key: String) throws(Failure) -> LockTable? {
        guard let value = values[key] else { return nil }
        guard let table = value.table else { throw wrongKind(key, expected: "a table", value) }
        return LockTable(values: table, path: path(of: key), line: value.line)
    }

    func tables(_ key: String) throws(Failure) -> [LockTable]? {
        guard let value = values[key] else { return nil }
        guard let elements = value.array else { throw wrongKind(key, expected: "an array of tables", value) }
        var tables: [LockTable] = []
        tables.reserveCapacity(elements.count)
        for (position, element) in elements.enumerated() {
            guard let table = element.table else {
                throw wrongKind("\(key)[\(position)]", expected: "a table", element)
            }
            tables.append(LockTable(values: table, path: path(of: "\(key)[\(position)]"), line: element.line))
        }
        return tables
    }

    /// An element of an array, with its place.
    struct Element {
        let node: TOMLNode
        fileprivate let path: String

        var string: String? { node.string }

        func table(orExpecting expected: String) throws(Failure) -> LockTable {
            guard let table = node.table else {
                throw Failure(
                    path: path, line: node.line, problem: .wrongKind(expected: expected, found: LockValue(node).kind))
            }
            return LockTable(values: table, path: path, line: node.line)
        }
    }

    /// The elements of an array whose kinds vary; none without the key.
    func elements(_ key: String) throws(Failure) -> [Element] {
        guard let value = values[key] else { return [] }
        guard let elements = value.array else { throw wrongKind(key, expected: "an array", value) }
        return elements.enumerated().map { Element(node: $0.element, path: path(of: "\(key)[\($0.offset)]")) }
    }

    func strings(_ key: String) throws(Failure) -> [String]? {
        guard let value = values[key] else { return nil }
        guard let elements = value.array else { throw wrongKind(key, expected: "an array of strings", value) }
        var strings: [String] = []
        for (position, element) in elements.enumerated() {
            guard let text = element.string else {
                throw wrongKind("\(key)[\(position)]", expected: "a string", element)
            }
            strings.append(text)
        }
        return strings
    }
}

// MARK: - Parsed values

extension LockTable {
    /// A string that has a grammar.
    func parsed<Value: TextCoded>(_ key: String, as type: Value.Type = Value.self) throws(Failure) -> Value? {
        guard let text = try string(key) else { return nil }
        return try parse(text, at: key)
    }

    /// An array of strings that have a grammar.
    func parsedList<Value: TextCoded>(_ key: String, as type: Value.Type = Value.self) throws(Failure) -> [Value] {
        var values: [Value] = []
        for (position, text) in (try strings(key) ?? []).enumerated() {
            values.append(try parse(text, at: "\(key)[\(position)]"))
        }
        return values
    }

    /// A string that has a grammar, as it is written.
    func checked<Value: TextCoded>(_ key: String, as type: Value.Type) throws(Failure) -> String? {
        _ = try parsed(key, as: type)
        return try string(key)
    }

    /// An array of strings that have a grammar, as they are written.
    func checkedList<Value: TextCoded>(_ key: String, as type: Value.Type) throws(Failure) -> [String] {
        _ = try parsedList(key, as: type)
        return try strings(key) ?? []
    }

    private func parse<Value: TextCoded>(_ text: String, at key: String) throws(Failure) -> Value {
        do {
            return try Value(decoding: text)
        } catch {
            throw failure(key, .invalid("\(error)"))
        }
    }
}
