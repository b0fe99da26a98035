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

/// A flow made of nested blocks, and what a run of it must do, told by walking the blocks.
struct RandomFlow {
    indirect enum Block {
        case step(String)
        case sequence([Block])
        case split(String, branches: [Block], join: String)
        case foreach(String, body: Block, join: String)
    }

    /// A task by what it is and not by when it started.
    struct Place: Hashable, CustomStringConvertible {
        let step: String
        let indices: [Int]
        var description: String { step + (indices.isEmpty ? "" : "\(indices)") }
    }

    let root: Block
    let description: FlowDescription

    init(seed: UInt64) {
        var builder = Builder(numbers: SeededNumbers(seed: seed))
        let inside = builder.block(depth: 3)
        root = .sequence([.step("start"), inside, .step("end")])
        var lines: [String] = []
        Self.sketch(root, next: nil, into: &lines)
        description = FlowDescription(sketch: lines.shuffled(using: &builder.numbers).joined(separator: ";"))
    }

    private struct Builder {
        var numbers: SeededNumbers
        var count = 0

        mutating func name() -> String {
            count += 1
            return "s\(count)"
        }

        mutating func block(depth: Int) -> Block {
            switch depth == 0 ? 0 : Int.random(in: 0..<6, using: &numbers) {
            case 0, 1: return .step(name())
            case 2: return .sequence((0..<Int.random(in: 2...3, using: &numbers)).map { _ in block(depth: depth - 1) })
            case 3, 4:
                let branches = (0..<Int.random(in: 2...3, using: &numbers)).map { _ in block(depth: depth - 1) }
                return .split(name(), branches: branches, join: name())
            default: return .foreach(name(), body: block(depth: depth - 1), join: name())
            }
        }
    }

    private static func first(_ block: Block) -> String {
        switch block {
        case .step(let name), .split(let name, _, _), .foreach(let name, _, _): name
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
        case .foreach(let name, let body, let join):
            lines.append("\(name) =items=> \(first(body))")
            sketch(body, next: join, into: &lines)
            lines.append("\(join)&\(onward)")
        }
    }

    /// How many items a foreach has at a place; 1 to 4, the same every time.
    static func splits(at place: Place) -> Int {
        1 + place.description.utf8.reduce(7) { ($0 &* 31 &+ Int($1)) & 0xffff } % 4
    }

    /// Every task that a run must have, with its parents in order.
    var expected: [Place: [Place]] {
        var tasks: [Place: [Place]] = [:]
        _ = walk(root, indices: [], parent: Place(step: "_parameters", indices: []), into: &tasks)
        return tasks
    }

    private func walk(_ block: Block, indices: [Int], parent: Place, into tasks: inout [Place: [Place]]) -> Place {
        switch block {
        case .step(let name):
            let place = Place(step: name, indices: indices)
            tasks[place] = [parent]
            return place
        case .sequence(let blocks):
            return blocks.reduce(parent) { walk($1, indices: indices, parent: $0, into: &tasks) }
        case .split(let name, let branches, let join):
            let split = Place(step: name, indices: indices)
            tasks[split] = [parent]
            let ends = branches.map { walk($0, indices: indices, parent: split, into: &tasks) }
            let joined = Place(step: join, indices: indices)
            tasks[joined] = ends
            return joined
        case .foreach(let name, let body, let join):
            let split = Place(step: name, indices: indices)
            tasks[split] = [parent]
            let ends = (0..<Self.splits(at: split)).map {
                walk(body, indices: indices + [$0], parent: split, into: &tasks)
            }
            let joined = Place(step: join, indices: indices)
            tasks[joined] = ends
            return joined
        }
    }
}
