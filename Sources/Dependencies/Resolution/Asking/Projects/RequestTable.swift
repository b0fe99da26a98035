internal import PythonPackaging
internal import TOMLDocuments

/// A table of a file that asks for something, with what errors need to say where it is.
struct RequestTable {
    let values: [String: TOMLNode]
    /// Its own place, such as `project`, or empty for the whole file.
    let place: String
    let file: String
    /// The line of the file that the document's first line is.
    let firstLine: Int

    init(_ values: [String: TOMLNode], place: String = "", file: String, firstLine: Int = 1) {
        self.values = values
        self.place = place
        self.file = file
        self.firstLine = firstLine
    }

    /// A text and the line where it stands in the file.
    struct Text: Hashable {
        var text: String
        var line: Int
    }

    func placed(_ key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }

    func line(of node: TOMLNode) -> Int { node.line + firstLine - 1 }

    func line(of key: String) -> Int? { values[key].map(line) }

    func error(_ key: String, expected: String) -> RequestError {
        RequestError(.value(placed(key), expected: expected), file: file, line: line(of: key))
    }

    func table(_ key: String) throws(RequestError) -> RequestTable? {
        guard let node = values[key] else { return nil }
        guard let table = node.table else { throw error(key, expected: "a table") }
        return RequestTable(table, place: placed(key), file: file, firstLine: firstLine)
    }

    func string(_ key: String) throws(RequestError) -> String? {
        guard let node = values[key] else { return nil }
        guard let text = node.string else { throw error(key, expected: "a text") }
        return text
    }

    func boolean(_ key: String) throws(RequestError) -> Bool? {
        guard let node = values[key] else { return nil }
        guard let truth = node.boolean else { throw error(key, expected: "true or false") }
        return truth
    }

    func strings(_ key: String) throws(RequestError) -> [Text] {
        guard let node = values[key] else { return [] }
        guard let array = node.array else { throw error(key, expected: "a list of texts") }
        var texts: [Text] = []
        for element in array {
            guard let text = element.string else {
                throw RequestError(.value(placed(key), expected: "a list of texts"), file: file, line: line(of: element))
            }
            texts.append(Text(text: text, line: line(of: element)))
        }
        return texts
    }

    /// The keys by their normal form.
    ///
    /// - Throws: where two keys are the same name, or one is no name.
    func namedKeys(_ what: String) throws(RequestError) -> [ExtraName: String] {
        var keys: [ExtraName: String] = [:]
        for (key, _) in values.sorted(by: { ($0.value.line, $0.key) < ($1.value.line, $1.key) }) {
            guard let name = try? ExtraName(parsing: key) else { throw error(key, expected: "\(what) with a valid name") }
            if let other = keys.updateValue(key, forKey: name) {
                throw error(key, expected: "the only \(what) of this name; there is '\(other)' too")
            }
        }
        return keys
    }
}
