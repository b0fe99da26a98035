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
