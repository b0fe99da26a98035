/// A regular expression over bytes that answers in time proportional to its size times the text's, whatever both are.
///
/// Literals, `.`, classes, groups, `|`, `*`, `+`, `?`, counts and the anchors `^` and `$` are known. The case of ASCII
/// letters does not count. All ways through the expression are followed at once, a byte at a time (Thompson's
/// construction), so nothing is ever tried twice.
struct RegularExpression: Sendable {
    enum Instruction: Sendable {
        /// One byte of this set, then the next instruction.
        case byte(ByteSet)
        /// Both of these go on.
        case split(Int, Int)
        case jump(Int)
        case start
        case end
        case match
    }

    let program: [Instruction]

    init(parsing text: String) throws(TextPatternError) {
        let outcome = text.withBytes { bytes in
            Result { () throws(TextPatternError) in
                var compiler = RegularExpressionCompiler(bytes)
                return try compiler.compile()
            }
        }
        program = try outcome.get()
    }

    /// Whether the expression is found anywhere in `text`.
    func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var current = ThreadList(capacity: program.count)
        var next = ThreadList(capacity: program.count)
        for place in 0...text.count {
            if follow(from: 0, at: place, of: text.count, into: &current) { return true }
            guard place < text.count else { return false }
            next.removeAll()
            for instruction in current.waiting {
                guard case .byte(let set) = program[instruction], set.contains(text[place].lowercased) else { continue }
                if follow(from: instruction + 1, at: place + 1, of: text.count, into: &next) { return true }
            }
            swap(&current, &next)
        }
        return false
    }

    /// Follows everything that takes no byte; `true` where that ends in a match.
    private func follow(from start: Int, at place: Int, of length: Int, into threads: inout ThreadList) -> Bool {
        var open = [start]
        while let instruction = open.popLast() {
            guard threads.note(instruction) else { continue }
            switch program[instruction] {
            case .byte: threads.waiting.append(instruction)
            case .split(let first, let second): open += [second, first]
            case .jump(let target): open.append(target)
            case .start: if place == 0 { open.append(instruction + 1) }
            case .end: if place == length { open.append(instruction + 1) }
            case .match: return true
            }
        }
        return false
    }
}

/// Where the ways through a program stand.
private struct ThreadList {
    /// The instructions that wait for a byte.
    var waiting: [Int] = []
    private var isNoted: [Bool]

    init(capacity: Int) { isNoted = [Bool](repeating: false, count: capacity) }

    /// Whether the instruction has not been met at this place before.
    mutating func note(_ instruction: Int) -> Bool {
        guard !isNoted[instruction] else { return false }
        isNoted[instruction] = true
        return true
    }

    mutating func removeAll() {
        waiting.removeAll(keepingCapacity: true)
        for place in isNoted.indices { isNoted[place] = false }
    }
}

/// Some of the 256 bytes.
struct ByteSet: Sendable, Hashable {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    static let all = ByteSet().inverted

    func contains(_ byte: UInt8) -> Bool {
        let word =
            switch byte >> 6 {
            case 0: words.0
            case 1: words.1
            case 2: words.2
            default: words.3
            }
        return word & 1 << UInt64(byte & 63) != 0
    }

    /// Adds a byte; letters are added in lower case, as texts are looked at.
    mutating func insert(_ byte: UInt8) {
        let bit: UInt64 = 1 << UInt64(byte.lowercased & 63)
        switch byte.lowercased >> 6 {
        case 0: words.0 |= bit
        case 1: words.1 |= bit
        case 2: words.2 |= bit
        default: words.3 |= bit
        }
    }

    mutating func formUnion(_ other: ByteSet) {
        words = (
            words.0 | other.words.0, words.1 | other.words.1, words.2 | other.words.2, words.3 | other.words.3
        )
    }

    var inverted: ByteSet {
        var result = self
        result.words = (~words.0, ~words.1, ~words.2, ~words.3)
        return result
    }

    static func == (left: ByteSet, right: ByteSet) -> Bool { left.words == right.words }

    func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
    }
}
