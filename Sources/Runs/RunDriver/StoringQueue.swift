import Dispatch

/// Threads that put large artifacts into the store while the loop goes on.
struct StoringQueue: Sendable {
    private let queue = DispatchQueue(label: "penstock.storing", attributes: .concurrent)
    private let group = DispatchGroup()

    func async(_ work: @escaping @Sendable () -> Void) {
        queue.async(group: group, execute: work)
    }

    func waitUntilIdle() {
        group.wait()
    }
}

/// A value of the loop's thread on its way through another one.
///
/// Unchecked, since the value is taken out only on the loop's thread, where it came from.
struct LoopBound<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) {
        self.value = value
    }
}
