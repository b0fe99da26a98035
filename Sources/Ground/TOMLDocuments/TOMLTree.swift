/// The tables of a document while it is read, with the rules on which may be opened or added to (TOML 1.0, table).
struct TOMLTree {
    /// How deep tables and values may be within each other.
    static let maximumDepth = 128

    let root = Table(.header, line: 1)
    /// The table that pairs go to.
    private(set) var current: Table

    init() { current = root }

    /// How a table came to be, which decides what may be done with it later.
    enum Origin {
        /// Named by its own header, or an element of an array of tables: not to be opened again.
        case header
        /// Needed by the header of a table below it: may still get a header of its own.
        case implied
        /// Made by a dotted key: only more dotted keys of the same table add to it.
        case dotted
    }

    enum Entry {
        case node(TOMLNode)
        case table(Table)
        case tables(TableArray)
    }

    final class TableArray {
        var elements: [Table] = []
    }

    final class Table {
        var origin: Origin
        let line: Int
        private(set) var entries: [String: Entry] = [:]

        init(_ origin: Origin, line: Int) {
            self.origin = origin
            self.line = line
        }

        subscript(key: String) -> Entry? {
            get { entries[key] }
            set { entries[key] = newValue }
        }
    }

    /// Makes the table of a header the current one.
    mutating func open(_ key: [String], isElement: Bool, line: Int) throws(TOMLError) {
        var table = root
        for part in key.dropLast() { table = try Self.step(into: part, of: table, line: line) }
        let last = key[key.count - 1]
        current =
            isElement
            ? try Self.append(last, to: table, line: line) : try Self.open(last, in: table, line: line)
    }

    /// The table on the way to a header's own; of an array of tables, the latest.
    private static func step(into key: String, of table: Table, line: Int) throws(TOMLError) -> Table {
        switch table[key] {
        case .table(let next): return next
        case .tables(let array):
            if let latest = array.elements.last { return latest }
        case .node: throw TOMLError(line: line, reason: "'\(key)' has a value already and cannot be a table")
        case nil: break
        }
        let next = Table(.implied, line: line)
        table[key] = .table(next)
        return next
    }

    private static func open(_ key: String, in table: Table, line: Int) throws(TOMLError) -> Table {
        guard let entry = table[key] else {
            let opened = Table(.header, line: line)
            table[key] = .table(opened)
            return opened
        }
        guard case .table(let opened) = entry, opened.origin == .implied else {
            throw TOMLError(line: line, reason: "the table '\(key)' is there already")
        }
        opened.origin = .header
        return opened
    }

    private static func append(_ key: String, to table: Table, line: Int) throws(TOMLError) -> Table {
        let element = Table(.header, line: line)
        switch table[key] {
        case .tables(let array): array.elements.append(element)
        case nil:
            let array = TableArray()
            array.elements.append(element)
            table[key] = .tables(array)
        default: throw TOMLError(line: line, reason: "'\(key)' is there already and is no array of tables")
        }
        return element
    }
}

extension TOMLTree.Table {
    /// Sets the value of a key, whose dots make tables.
    func set(_ key: [String], _ value: TOMLNode, line: Int) throws(TOMLError) {
        var table = self
        for part in key.dropLast() {
            switch table[part] {
            case .table(let next) where next.origin == .dotted: table = next
            case nil:
                let next = TOMLTree.Table(.dotted, line: line)
                table[part] = .table(next)
                table = next
            default: throw TOMLError(line: line, reason: "'\(part)' cannot be added to by a dotted key")
            }
        }
        let last = key[key.count - 1]
        guard table[last] == nil else { throw TOMLError(line: line, reason: "the key '\(last)' is there already") }
        table[last] = .node(value)
    }

    /// The finished table.
    var frozen: [String: TOMLNode] {
        entries.mapValues { entry in
            switch entry {
            case .node(let node): node
            case .table(let table): TOMLNode(.table(table.frozen), line: table.line)
            case .tables(let array):
                TOMLNode(
                    .array(array.elements.map { TOMLNode(.table($0.frozen), line: $0.line) }),
                    line: array.elements.first?.line ?? line)
            }
        }
    }
}
