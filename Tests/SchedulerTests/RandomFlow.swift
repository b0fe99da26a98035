import FlowModel
import TestSupport

/// Random numbers that are the same for the same seed (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}

/// A flow made of nested blocks.
struct RandomFlow {
    indirect enum Block {
        case step(String)
        case sequence([Block])
        case split(String, branches: [Block], join: String)
        case foreach(String, body: Block, join: String)
        /// A foreach whose control task says how many items there are.
        case unbounded(String, body: Block, join: String)
        /// A split by `num_parallel`, the parallel step, and the join.
        case parallel(String, node: String, join: String)
        /// Alternatives that meet again; nothing is the way straight to where they meet.
        case choice(String, alternatives: [Block?], meeting: String)
        /// A step that goes to itself, and the one after it.
        case loop(String, after: String)
    }

    let root: Block
    let description: FlowDescription
    /// Steps whose foreach is unbounded.
    let unbounded: Set<String>

    init(seed: UInt64) {
        var builder = Builder(numbers: SeededNumbers(seed: seed))
        let inside = builder.block(depth: 3)
        root = .sequence([.step("start"), inside, .step("end")])
        var lines: [String] = []
        Self.sketch(root, next: nil, into: &lines)
        description = FlowDescription(sketch: lines.shuffled(using: &builder.numbers).joined(separator: ";"))
        unbounded = builder.unbounded
    }

    private struct Builder {
        var numbers: SeededNumbers
        var count = 0
        var unbounded: Set<String> = []

        mutating func name() -> String {
            count += 1
            return "s\(count)"
        }

        mutating func block(depth: Int) -> Block {
            switch depth == 0 ? 0 : Int.random(in: 0..<11, using: &numbers) {
            case 0, 1: return .step(name())
            case 2, 3: return .sequence((0..<Int.random(in: 2...3, using: &numbers)).map { _ in block(depth: depth - 1) })
            case 4, 5: return .split(name(), branches: blocks(depth: depth - 1), join: name())
            case 6: return .foreach(name(), body: block(depth: depth - 1), join: name())
            case 7:
                let step = name()
                unbounded.insert(step)
                return .unbounded(step, body: block(depth: depth - 1), join: name())
            case 8: return .parallel(name(), node: name(), join: name())
            case 9: return .loop(name(), after: name())
            default:
                let isShort = Bool.random(using: &numbers)
                return .choice(name(), alternatives: blocks(depth: depth - 1) + (isShort ? [nil] : []), meeting: name())
            }
        }

        private mutating func blocks(depth: Int) -> [Block] {
            (0..<Int.random(in: 2...3, using: &numbers)).map { _ in block(depth: depth) }
        }
    }

    static func first(_ block: Block) -> String {
        switch block {
        case .step(let name), .split(let name, _, _), .foreach(let name, _, _), .unbounded(let name, _, _),
            .parallel(let name, _, _), .choice(let name, _, _), .loop(let name, _):
            name
        case .sequence(let blocks): first(blocks[0])
        }
    }

    /// Writes a block whose last step leads to `next`; a join's name ends with `&` where it is defined.
    private static func sketch(_ block: Block, next: String?, into lines: inout [String]) {
        let onward = next.map { " -> \($0)" } ?? ""
        switch block {
        case .step(let name): lines.append(name + onward)
        case .sequence(let blocks):
            for (index, part) in blocks.enumerated() {
                sketch(part, next: index + 1 < blocks.count ? first(blocks[index + 1]) : next, into: &lines)
            }
        case .split(let name, let branches, let join):
            lines.append("\(name) -> " + branches.map(first).joined(separator: " "))
            for branch in branches { sketch(branch, next: join, into: &lines) }
            lines.append("\(join)&\(onward)")
        case .foreach(let name, let body, let join), .unbounded(let name, let body, let join):
            lines.append("\(name) =items=> \(first(body))")
            sketch(body, next: join, into: &lines)
            lines.append("\(join)&\(onward)")
        case .parallel(let name, let node, let join):
            lines += ["\(name) =2=> \(node)", "@parallel \(node) -> \(join)", "\(join)&\(onward)"]
        case .choice(let name, let alternatives, let meeting):
            lines.append("\(name) ?mode=> " + alternatives.map { $0.map(first) ?? meeting }.joined(separator: " "))
            for alternative in alternatives { if let alternative { sketch(alternative, next: meeting, into: &lines) } }
            lines.append(meeting + onward)
        case .loop(let name, let after): lines += ["\(name) ?more=> \(name) \(after)", after + onward]
        }
    }
}
