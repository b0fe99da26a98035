/// A step in its place in the graph.
package struct GraphNode: Hashable, Sendable {
    package let step: StepDescription
    /// Its place in `FlowGraph.nodes`.
    package let index: Int
    /// Whether it is the flow's first step.
    package let isEntry: Bool
    package let decorators: StepDecorators
    /// Nothing for the last step.
    package let transition: Transition?
    /// The steps that lead here, in the order of the graph; a recursive step is not among its own.
    package let inputs: [StepName]
    /// The splits that are open while this step runs, outermost first; a join's own split is no longer among them.
    package let openSplits: [OpenSplit]
    /// Where the branches of this split or foreach meet again.
    package let join: StepName?
    /// The split or foreach whose branches this join brings together.
    package let joins: StepName?

    package var name: StepName { step.name }
    package var isJoin: Bool { step.arguments == 2 }
    package var outputs: [StepName] { transition?.targets ?? [] }
    package var isInsideForeach: Bool { openSplits.contains { $0.isForeach } }
    /// Whether it runs on several nodes at a time (`@parallel`).
    package var isParallel: Bool { decorators.isParallel }
    /// Whether it may go to itself.
    package var isRecursive: Bool { outputs.contains(name) }

    /// The word for this kind of step that existing scripts know.
    package var kindName: String {
        if transition == nil { return "end" }
        if isJoin { return "join" }
        switch transition {
        case nil, .linear: return isEntry ? "start" : "linear"
        case .split: return "split"
        case .foreach, .parallel: return "foreach"
        case .switch: return "split-switch"
        }
    }
}

/// A split that has not been joined yet, and on which of its branches one is.
package struct OpenSplit: Hashable, Sendable {
    package let step: StepName
    /// The place of the branch among the split's targets; 0 for a foreach.
    package let branch: Int
    package let isForeach: Bool
}
