import Synchronization

/// A sum that any thread may add to.
final class Tally: Sendable {
    private let sum = Mutex<Int64>(0)

    var total: Int64 { sum.withLock { $0 } }

    func add(_ number: Int64) { sum.withLock { $0 += number } }
}
