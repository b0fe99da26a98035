import FlowModel

/// What a run of a random flow must do, told by walking its blocks.
struct ExpectedRun {
    /// A task by what it is and not by when it started.
    struct Place: Hashable, CustomStringConvertible {
        let step: String
        /// Of the foreaches around it; -1 for a control task.
        let indices: [Int]
        var iteration = 0
        var description: String { "\(step)\(indices)#\(iteration)" }

        /// A number that is the same every time, for what a task decides.
        func decision(_ count: Int) -> Int { description.utf8.reduce(7) { ($0 &* 31 &+ Int($1)) & 0xffff } % count }
    }

    /// How many items, nodes or mappers the task at a place asks for.
    static func splits(at place: Place) -> Int { 1 + place.decision(4) }

    /// Whether node 0 of a parallel step catches an exception.
    static func catches(at place: Place) -> Bool { place.decision(5) == 0 }

    /// Which of so many targets a switch takes.
    static func choice(at place: Place, of count: Int) -> Int { place.decision(count) }

    /// Every task, with its parents in order.
    private(set) var tasks: [Place: [Place]] = [:]

    init(of flow: RandomFlow) {
        _ = walk(flow.root, indices: [], parent: Place(step: "_parameters", indices: []))
    }

    /// Returns the last task of the block.
    private mutating func walk(_ block: RandomFlow.Block, indices: [Int], parent: Place) -> Place {
        switch block {
        case .step(let name): return add(name, indices, [parent])
        case .sequence(let blocks): return blocks.reduce(parent) { walk($1, indices: indices, parent: $0) }
        case .split(let name, let branches, let join):
            let split = add(name, indices, [parent])
            return add(join, indices, branches.map { walk($0, indices: indices, parent: split) })
        case .foreach(let name, let body, let join):
            let split = add(name, indices, [parent])
            let ends = (0..<Self.splits(at: split)).map { walk(body, indices: indices + [$0], parent: split) }
            return add(join, indices, ends)
        case .unbounded(let name, let body, let join):
            let split = add(name, indices, [parent])
            let control = add(RandomFlow.first(body), indices + [-1], [split])
            let ends = (0..<Self.splits(at: control)).map { walk(body, indices: indices + [$0], parent: split) }
            return add(join, indices, ends)
        case .parallel(let name, let node, let join):
            let split = add(name, indices, [parent])
            let nodes = (0..<Self.splits(at: split)).map { add(node, indices + [$0], [split]) }
            return add(join, indices, Self.catches(at: nodes[0]) ? [nodes[0]] : nodes)
        case .choice(let name, let alternatives, let meeting):
            let place = add(name, indices, [parent])
            let taken = alternatives[Self.choice(at: place, of: alternatives.count)]
            return add(meeting, indices, [taken.map { walk($0, indices: indices, parent: place) } ?? place])
        case .loop(let name, let after):
            var place = add(name, indices, [parent])
            while Self.choice(at: place, of: 2) == 0 {
                place = add(name, indices, [place], iteration: place.iteration + 1)
            }
            return add(after, indices, [place])
        }
    }

    private mutating func add(_ step: String, _ indices: [Int], _ parents: [Place], iteration: Int = 0) -> Place {
        let place = Place(step: step, indices: indices, iteration: iteration)
        tasks[place] = parents
        return place
    }
}
