/// The nodes of a parallel step: they start together, and they fail together.
struct Gang {
    let node: Int
    let split: Int
    /// The place of node 0 in the run's count.
    let number: Int
    let nodes: Int
    let attempt: Int
    /// Whether only node 0 runs, to finish the task in the place of the person's code.
    let isFallback: Bool
    /// The nodes that have not ended.
    private(set) var running: Set<Int>
    /// What node 0 said.
    private(set) var control: TaskOutcome?
    /// What failed first.
    private(set) var failure: (key: TaskKey, failure: AttemptFailure)?
    /// Whether none of those that failed asked not to be tried again.
    private(set) var mayRetry = true
    /// Whether the failure has been told as the run's.
    var isTold = false

    init(node: Int, split: Int, number: Int, nodes: Int, attempt: Int, isFallback: Bool) {
        self.node = node
        self.split = split
        self.number = number
        self.nodes = nodes
        self.attempt = attempt
        self.isFallback = isFallback
        running = isFallback ? [0] : Set(0..<nodes)
    }

    var isOver: Bool { running.isEmpty }

    /// Whether the join takes only node 0: the others have no results when its exception was caught.
    var isControlAlone: Bool { isFallback || control?.caughtException == true }

    mutating func succeeded(_ index: Int, _ outcome: TaskOutcome) {
        running.remove(index)
        if index == 0 { control = outcome }
    }

    /// True when it is the first failure that counts. After node 0 has caught an exception, nobody needs the others.
    mutating func failed(_ index: Int, _ key: TaskKey, _ failure: AttemptFailure) -> Bool {
        running.remove(index)
        guard control?.caughtException != true else { return false }
        mayRetry = mayRetry && failure.mayRetry
        guard self.failure == nil else { return false }
        self.failure = (key, failure)
        return true
    }

    func number(of index: Int) -> TaskNumber {
        TaskNumber(number, index == 0 ? .whole : .node(Int32(clamping: index)))
    }
}
