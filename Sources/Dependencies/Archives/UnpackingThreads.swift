import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The threads that unpack: one a processor, shared by all archives, apart from Swift's cooperative pool.
package enum UnpackingThreads {
    /// Number of threads.
    package static let count = max(1, min(16, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))))

    // Serial queues have one thread each, so together they are a pool of fixed width.
    private static let queues = (0..<count).map { DispatchQueue(label: "penstock.unpacking.\($0)") }
    private static let turn = Atomic<Int>(0)

    /// Runs `body` on up to `width` threads at once and returns when all have ended.
    package static func run(width: Int, _ body: @escaping @Sendable () -> Void) async {
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

    private final class Countdown: Sendable {
        private let value: Atomic<Int>
        init(_ start: Int) { value = Atomic(start) }
        func reachesZero() -> Bool { value.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 }
    }
}

/// Blocking work (files, processes, hashing of much data) beside Swift's cooperative pool.
package enum BlockingWork {
    private static let queue = DispatchQueue(label: "penstock.blocking", attributes: .concurrent)

    /// Runs `body` on a thread that may block, and waits for it without blocking.
    package static func run<Success: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Success
    ) async throws(Failure) -> Success {
        let result: Result<Success, Failure> = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: Result(catching: body)) }
        }
        return try result.get()
    }
}
