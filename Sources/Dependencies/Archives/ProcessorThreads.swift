import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Threads for work that keeps a processor busy (unpacking, parsing of large pages): one a processor, apart from Swift's
/// cooperative pool.
package enum ProcessorThreads {
    /// Number of threads.
    package static let count = max(1, min(16, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))))

    // Serial queues have one thread each, so together they are a pool of fixed width.
    private static let queues = (0..<count).map { DispatchQueue(label: "penstock.processor.\($0)") }
    private static let turn = Atomic<Int>(0)

    /// Runs `body` on up to `width` threads at once and returns when all have ended.
    package static func spread(width: Int, _ body: @escaping @Sendable () -> Void) async {
        let width = min(max(1, width), count)
        // Narrow jobs start on different threads.
        let first = turn.add(width, ordering: .relaxed).oldValue
        let remaining = Countdown(width)
        await withCheckedContinuation { continuation in
            for offset in 0..<width {
                queues[((first &+ offset) & Int.max) % count].async {
                    body()
                    if remaining.reachesZero() { continuation.resume() }
                }
            }
        }
    }

    /// Runs `body` on one of the threads.
    package static func run<Success: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Success
    ) async throws(Failure) -> Success {
        let queue = queues[(turn.add(1, ordering: .relaxed).oldValue & Int.max) % count]
        let result: Result<Success, Failure> = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: Result(catching: body)) }
        }
        return try result.get()
    }

    private final class Countdown: Sendable {
        private let value: Atomic<Int>
        init(_ start: Int) { value = Atomic(start) }
        func reachesZero() -> Bool { value.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 }
    }
}
