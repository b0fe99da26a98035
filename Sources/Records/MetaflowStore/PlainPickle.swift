/// A value that was pickled, as far as it is made of plain things: enough for what Metaflow itself stores of graphs, foreaches and
/// exceptions. No code runs, and nothing is looked up.
indirect enum PlainPickle: Sendable, Equatable {
    case nothing
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case bytes([UInt8])
    /// Lists, tuples and sets.
    case sequence([PlainPickle])
    /// In the order in which members were added.
    case mapping([(key: PlainPickle, value: PlainPickle)])
    /// A class or a function, by its name.
    case name(module: String, name: String)
    /// An object: what it was made of, and its state.
    case object(made: PlainPickle, arguments: [PlainPickle], state: PlainPickle)

    static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.nothing, .nothing): true
        case let (.bool(a), .bool(b)): a == b
        case let (.integer(a), .integer(b)): a == b
        case let (.number(a), .number(b)): a == b
        case let (.text(a), .text(b)): a == b
        case let (.bytes(a), .bytes(b)): a == b
        case let (.sequence(a), .sequence(b)): a == b
        case let (.mapping(a), .mapping(b)): a.map(\.key) == b.map(\.key) && a.map(\.value) == b.map(\.value)
        case let (.name(a, b), .name(c, d)): a == c && b == d
        case let (.object(a, b, c), .object(d, e, f)): a == d && b == e && c == f
        default: false
        }
    }

    subscript(_ member: String) -> PlainPickle? {
        guard case .mapping(let members) = self else { return nil }
        return members.last { $0.key == .text(member) }?.value
    }

    var text: String? { if case .text(let text) = self { text } else { nil } }
    var integer: Int? { if case .integer(let value) = self { Int(exactly: value) } else { nil } }
    var sequence: [PlainPickle]? { if case .sequence(let values) = self { values } else { nil } }
    var mapping: [(key: PlainPickle, value: PlainPickle)]? { if case .mapping(let members) = self { members } else { nil } }
    var truth: Bool? { if case .bool(let value) = self { value } else { nil } }
}

extension PlainPickle {
    /// Reads a pickle of protocols 0 to 5; `nil` for anything that is none, or has things in it that are not plain.
    init?(_ bytes: [UInt8]) {
        var reader = PickleReader(bytes)
        guard let value = reader.read() else { return nil }
        self = value
    }
}

/// The machine that a pickle is a program for, without the operations that run code.
private struct PickleReader {
    private enum Item {
        case mark
        case value(Int)
    }

    /// Values that may still be added to; the stack and the memo refer to them by place.
    private var cells: [PlainPickle] = []
    private var stack: [Item] = []
    private var memo: [Int: Int] = [:]
    private let bytes: [UInt8]
    private var position = 0
    /// How many values may still come out: the same one can be in many places.
    private var rest = 1 << 20
    /// What a list or a mapping consists of, by the places of cells.
    private var members: [Int: [Int]] = [:]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func read() -> PlainPickle? {
        while let code = byte() {
            if code == UInt8(ascii: ".") { return pop().flatMap { resolved($0, depth: 0) } }
            guard step(code), cells.count < 1 << 20 else { return nil }
        }
        return nil
    }

    // MARK: Operations

    private mutating func step(_ code: UInt8) -> Bool {
        switch code {
        case 0x80: return skip(1)
        case 0x95: return skip(8)
        case UInt8(ascii: "N"): return push(.nothing)
        case 0x88: return push(.bool(true))
        case 0x89: return push(.bool(false))
        case UInt8(ascii: "K"): return push(integer(1))
        case UInt8(ascii: "M"): return push(integer(2))
        case UInt8(ascii: "J"): return push(integer(4, isSigned: true))
        case 0x8A: return push(long(size: integerValue(1)))
        case UInt8(ascii: "I"): return push(line().flatMap(Self.written))
        case UInt8(ascii: "L"): return push(line().flatMap { Int64($0.hasSuffix("L") ? String($0.dropLast()) : $0) }.map { .integer($0) })
        case UInt8(ascii: "G"): return push(take(8).map { .number(Double(bitPattern: $0.reduce(0) { $0 << 8 | UInt64($1) })) })
        case UInt8(ascii: "F"): return push(line().flatMap(Double.init).map { .number($0) })
        case 0x8C: return push(text(size: integerValue(1)))
        case UInt8(ascii: "X"): return push(text(size: integerValue(4)))
        case 0x8D: return push(text(size: integerValue(8)))
        case UInt8(ascii: "V"): return push(line().map { .text($0) })
        case UInt8(ascii: "C"): return push(data(size: integerValue(1)))
        case UInt8(ascii: "B"): return push(data(size: integerValue(4)))
        case UInt8(ascii: "]"), UInt8(ascii: ")"), 0x8F: return pushSequence([])
        case UInt8(ascii: "}"): return pushMapping([])
        case UInt8(ascii: "("):
            stack.append(.mark)
            return true
        case UInt8(ascii: "t"), UInt8(ascii: "l"), 0x91: return popToMark().map { pushSequence($0) } ?? false
        case UInt8(ascii: "d"): return popToMark().map { pushMapping($0) } ?? false
        case 0x85, 0x86, 0x87: return pop(count: Int(code) - 0x84).map { pushSequence($0) } ?? false
        case UInt8(ascii: "a"): return pop(count: 1).map { add($0) } ?? false
        case UInt8(ascii: "e"), UInt8(ascii: "u"), 0x90: return popToMark().map { add($0) } ?? false
        case UInt8(ascii: "s"): return pop(count: 2).map { add($0) } ?? false
        case 0x94:
            guard case .value(let cell) = stack.last else { return false }
            memo[memo.count] = cell
            return true
        case UInt8(ascii: "q"), UInt8(ascii: "r"), UInt8(ascii: "p"): return remember(code)
        case UInt8(ascii: "h"), UInt8(ascii: "j"), UInt8(ascii: "g"): return recall(code)
        case UInt8(ascii: "c"):
            guard let module = line(), let name = line() else { return false }
            return push(.name(module: module, name: name))
        case 0x93:
            guard let parts = pop(count: 2), let module = cells[parts[0]].text, let name = cells[parts[1]].text else { return false }
            return push(.name(module: module, name: name))
        case UInt8(ascii: "R"), 0x81: return make()
        case UInt8(ascii: "b"): return build()
        case UInt8(ascii: "0"): return pop() != nil
        default: return false
        }
    }

    /// An object's parts are kept as members: what makes it, the arguments, the state.
    private mutating func make() -> Bool {
        guard let parts = pop(count: 2) else { return false }
        _ = push(.object(made: .nothing, arguments: [], state: .nothing))
        members[cells.count - 1] = parts
        return true
    }

    private mutating func build() -> Bool {
        guard let state = pop(), case .value(let cell) = stack.last, case .object = cells[cell] else { return false }
        members[cell, default: []].append(state)
        return true
    }

    private mutating func remember(_ code: UInt8) -> Bool {
        guard case .value(let cell) = stack.last, let key = memoKey(code) else { return false }
        memo[key] = cell
        return true
    }

    private mutating func recall(_ code: UInt8) -> Bool {
        guard let key = memoKey(code), let cell = memo[key] else { return false }
        stack.append(.value(cell))
        return true
    }

    private mutating func memoKey(_ code: UInt8) -> Int? {
        switch code {
        case UInt8(ascii: "q"), UInt8(ascii: "h"): integerValue(1)
        case UInt8(ascii: "r"), UInt8(ascii: "j"): integerValue(4)
        default: line().flatMap { Int($0) }
        }
    }

    // MARK: The stack

    private mutating func push(_ value: PlainPickle?) -> Bool {
        guard let value else { return false }
        cells.append(value)
        stack.append(.value(cells.count - 1))
        return true
    }

    private mutating func pushSequence(_ parts: [Int]) -> Bool {
        _ = push(.sequence([]))
        members[cells.count - 1] = parts
        return true
    }

    private mutating func pushMapping(_ parts: [Int]) -> Bool {
        _ = push(.mapping([]))
        members[cells.count - 1] = parts
        return true
    }

    private mutating func add(_ parts: [Int]) -> Bool {
        guard case .value(let cell) = stack.last else { return false }
        switch cells[cell] {
        case .sequence, .mapping:
            members[cell, default: []] += parts
            return true
        // What an object that is a container was given; nobody asks for it.
        case .object: return true
        default: return false
        }
    }

    private mutating func pop() -> Int? {
        guard case .value(let cell) = stack.popLast() else { return nil }
        return cell
    }

    private mutating func pop(count: Int) -> [Int]? {
        var cells: [Int] = []
        for _ in 0..<count {
            guard let cell = pop() else { return nil }
            cells.append(cell)
        }
        return cells.reversed()
    }

    private mutating func popToMark() -> [Int]? {
        var cells: [Int] = []
        while let item = stack.popLast() {
            guard case .value(let cell) = item else { return cells.reversed() }
            cells.append(cell)
        }
        return nil
    }

    /// The value of a cell with all that is in it; `nil` for what holds itself, or would become too much.
    private mutating func resolved(_ cell: Int, depth: Int) -> PlainPickle? {
        rest -= 1
        guard depth < 64, rest > 0 else { return nil }
        var parts: [PlainPickle] = []
        for member in members[cell] ?? [] {
            guard let part = resolved(member, depth: depth + 1) else { return nil }
            parts.append(part)
        }
        switch cells[cell] {
        case .sequence: return .sequence(parts)
        case .mapping:
            return .mapping(stride(from: 0, to: parts.count - 1, by: 2).map { (parts[$0], parts[$0 + 1]) })
        case .object:
            return .object(
                made: parts.first ?? .nothing, arguments: parts.dropFirst().first?.sequence ?? [],
                state: parts.count > 2 ? parts[2] : .nothing)
        case let plain: return plain
        }
    }

    // MARK: Bytes

    private mutating func byte() -> UInt8? {
        guard position < bytes.count else { return nil }
        defer { position += 1 }
        return bytes[position]
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= bytes.count - position else { return nil }
        defer { position += count }
        return bytes[position..<position + count]
    }

    private mutating func skip(_ count: Int) -> Bool { take(count) != nil }

    private mutating func integerValue(_ size: Int) -> Int? {
        take(size).flatMap { Int(exactly: $0.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }) }
    }

    private mutating func integer(_ size: Int, isSigned: Bool = false) -> PlainPickle? {
        integerValue(size).map { .integer(isSigned ? Int64(Int32(truncatingIfNeeded: $0)) : Int64($0)) }
    }

    /// Little-endian in two's complement, of any length; those of more than 64 bits are not read.
    private mutating func long(size: Int?) -> PlainPickle? {
        guard let size, size <= 8, let digits = take(size) else { return nil }
        guard let last = digits.last else { return .integer(0) }
        let start: Int64 = last & 0x80 == 0 ? 0 : -1
        return .integer(digits.reversed().reduce(start) { $0 << 8 | Int64($1) })
    }

    private mutating func text(size: Int?) -> PlainPickle? {
        guard let size, let content = take(size) else { return nil }
        return .text(String(decoding: content, as: UTF8.self))
    }

    private mutating func data(size: Int?) -> PlainPickle? {
        guard let size, let content = take(size) else { return nil }
        return .bytes(Array(content))
    }

    private mutating func line() -> String? {
        guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { position = end + 1 }
        return String(decoding: bytes[position..<end], as: UTF8.self)
    }

    /// A number, or a truth as protocol 0 writes it.
    private static func written(_ text: String) -> PlainPickle? {
        switch text {
        case "00": .bool(false)
        case "01": .bool(true)
        default: Int64(text).map { .integer($0) }
        }
    }
}
