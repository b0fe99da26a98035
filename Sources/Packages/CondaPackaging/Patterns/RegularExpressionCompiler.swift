/// Makes a program of a regular expression's text.
struct RegularExpressionCompiler {
    typealias Instruction = RegularExpression.Instruction

    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0
    private var depth = 0

    private static let maximumDepth = 32
    private static let maximumSize = 4_000
    private static let maximumCount = 1_000

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func compile() throws(TextPatternError) -> [Instruction] {
        let program = try readAlternatives()
        guard position == bytes.count else { throw error(.unopened) }
        return program + [.match]
    }

    var peek: UInt8 { position < bytes.count ? bytes[position] : 0 }
    var isAtEnd: Bool { position >= bytes.count }

    func error(_ problem: TextPatternError.Problem, at place: Int? = nil) -> TextPatternError {
        TextPatternError(text: bytes.text, column: bytes.column(at: place ?? position), problem: problem)
    }

    // Programs are lists whose targets are distances from their own beginning; `shifted` moves them.

    private mutating func readAlternatives() throws(TextPatternError) -> [Instruction] {
        guard depth < Self.maximumDepth else { throw error(.tooComplex) }
        depth += 1
        defer { depth -= 1 }
        var program = try readSequence()
        while peek == UInt8(ascii: "|"), !isAtEnd {
            position += 1
            let other = try readSequence()
            let first = program.count
            program =
                [.split(1, first + 2)] + Self.shifted(program, by: 1) + [.jump(first + 2 + other.count)]
                + Self.shifted(other, by: first + 2)
            try checkSize(program)
        }
        return program
    }

    private mutating func readSequence() throws(TextPatternError) -> [Instruction] {
        var program: [Instruction] = []
        while !isAtEnd, peek != UInt8(ascii: "|"), peek != UInt8(ascii: ")") {
            let item = try readRepeated()
            program += Self.shifted(item, by: program.count)
            try checkSize(program)
        }
        return program
    }

    private mutating func readRepeated() throws(TextPatternError) -> [Instruction] {
        let isAnchor = peek == UInt8(ascii: "^") || peek == UInt8(ascii: "$")
        var item = try readAtom()
        let countStart = position
        while let count = try readCount() {
            guard !isAnchor else { throw error(.nothingToRepeat, at: countStart) }
            item = try Self.repeated(item, count, orThrow: error(.tooComplex))
            // `*?` and `*+` match the same texts as `*`, only in another order.
            if peek == UInt8(ascii: "?") || peek == UInt8(ascii: "+") { position += 1 }
        }
        return item
    }

    private mutating func readAtom() throws(TextPatternError) -> [Instruction] {
        let byte = peek
        switch byte {
        case UInt8(ascii: "("): return try readGroup()
        case UInt8(ascii: "["): return [.byte(try readClass())]
        case UInt8(ascii: "\\"): return [.byte(try readEscape())]
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"): throw error(.nothingToRepeat)
        default: break
        }
        position += 1
        switch byte {
        case UInt8(ascii: "."): return [.byte(.all)]
        case UInt8(ascii: "^"): return [.start]
        case UInt8(ascii: "$"): return [.end]
        default:
            var set = ByteSet()
            set.insert(byte)
            return [.byte(set)]
        }
    }

    private mutating func readGroup() throws(TextPatternError) -> [Instruction] {
        let opening = position
        position += 1
        if peek == UInt8(ascii: "?") {
            guard position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: ":") else { throw error(.unsupported) }
            position += 2
        }
        let program = try readAlternatives()
        guard peek == UInt8(ascii: ")"), !isAtEnd else { throw error(.unclosed("("), at: opening) }
        position += 1
        return program
    }

    private func checkSize(_ program: [Instruction]) throws(TextPatternError) {
        guard program.count <= Self.maximumSize else { throw error(.tooComplex) }
    }
}

// MARK: - Counts

extension RegularExpressionCompiler {
    private typealias Count = (least: Int, most: Int?)

    /// `*`, `+`, `?`, `{2}`, `{2,}` or `{2,5}`, if one comes next. Any other brace stands for itself.
    private mutating func readCount() throws(TextPatternError) -> Count? {
        switch peek {
        case UInt8(ascii: "*"):
            position += 1
            return (0, nil)
        case UInt8(ascii: "+"):
            position += 1
            return (1, nil)
        case UInt8(ascii: "?"):
            position += 1
            return (0, 1)
        case UInt8(ascii: "{"): return try readBraces()
        default: return nil
        }
    }

    private mutating func readBraces() throws(TextPatternError) -> Count? {
        let opening = position
        position += 1
        guard let least = readNumber() else {
            position = opening
            throw error(.malformed)
        }
        var most: Int? = least
        if peek == UInt8(ascii: ",") {
            position += 1
            most = readNumber()
        }
        guard peek == UInt8(ascii: "}"), !isAtEnd else { throw error(.unclosed("{"), at: opening) }
        guard most.map({ $0 >= least }) ?? true else { throw error(.malformed, at: opening) }
        guard max(least, most ?? 0) <= Self.maximumCount else { throw error(.tooComplex, at: opening) }
        position += 1
        return (least, most)
    }

    private mutating func readNumber() -> Int? {
        let start = position
        var number = 0
        while peek.isDigit, position < bytes.count {
            number = min(number * 10 + Int(peek &- 0x30), Self.maximumCount + 1)
            position += 1
        }
        return position > start ? number : nil
    }

    private static func repeated(
        _ item: [Instruction], _ count: Count, orThrow tooComplex: TextPatternError
    ) throws(TextPatternError) -> [Instruction] {
        let copies = max(count.least, count.most ?? count.least + 1)
        guard (item.count + 2) * copies <= maximumSize else { throw tooComplex }
        var program: [Instruction] = []
        for _ in 0..<count.least { program += shifted(item, by: program.count) }
        if let most = count.most {
            for _ in 0..<most - count.least {
                let start = program.count
                program += [.split(start + 1, start + 1 + item.count)] + shifted(item, by: start + 1)
            }
        } else {
            let start = program.count
            program += [.split(start + 1, start + 2 + item.count)] + shifted(item, by: start + 1) + [.jump(start)]
        }
        return program
    }

    private static func shifted(_ program: [Instruction], by distance: Int) -> [Instruction] {
        program.map { instruction in
            switch instruction {
            case .split(let first, let second): .split(first + distance, second + distance)
            case .jump(let target): .jump(target + distance)
            case .byte, .start, .end, .match: instruction
            }
        }
    }
}

// MARK: - Classes

extension RegularExpressionCompiler {
    /// `[a-z_]` or `[^…]`.
    private mutating func readClass() throws(TextPatternError) -> ByteSet {
        let opening = position
        position += 1
        let isInverted = peek == UInt8(ascii: "^")
        if isInverted { position += 1 }
        var set = ByteSet()
        let first = position
        while !isAtEnd, peek != UInt8(ascii: "]") || position == first {
            if peek == UInt8(ascii: "\\") {
                set.formUnion(try readEscape())
                continue
            }
            let low = bytes[position]
            position += 1
            guard peek == UInt8(ascii: "-"), position + 1 < bytes.count, bytes[position + 1] != UInt8(ascii: "]") else {
                set.insert(low)
                continue
            }
            position += 1
            let high = bytes[position]
            guard high != UInt8(ascii: "\\"), low <= high else { throw error(.malformed) }
            position += 1
            for byte in low...high { set.insert(byte) }
        }
        guard !isAtEnd else { throw error(.unclosed("["), at: opening) }
        position += 1
        return isInverted ? set.inverted : set
    }

    /// `\d`, `\w`, `\s`, their opposites, or a character that is not a letter or digit.
    private mutating func readEscape() throws(TextPatternError) -> ByteSet {
        position += 1
        guard !isAtEnd else { throw error(.malformed) }
        let byte = bytes[position]
        position += 1
        var set = ByteSet()
        switch byte.lowercased {
        case UInt8(ascii: "d"): for digit in UInt8.min...(.max) where digit.isDigit { set.insert(digit) }
        case UInt8(ascii: "w"):
            for word in UInt8.min...(.max) where word.isAlphanumeric || word == UInt8(ascii: "_") { set.insert(word) }
        case UInt8(ascii: "s"): for space in UInt8.min...(.max) where space.isSpace { set.insert(space) }
        default:
            guard !byte.isAlphanumeric else { throw error(.unsupported, at: position - 1) }
            set.insert(byte)
            return set
        }
        return byte.isUppercase ? set.inverted : set
    }
}

extension UInt8 {
    fileprivate var isUppercase: Bool { self &- 0x41 < 26 }
}
