import Dispatch

/// Blocking work (files, processes, hashing of much data) beside Swift's cooperative pool.
package enum BlockingWork {
    private static let queue = DispatchQueue(label: "penstock.blocking", attributes: .concurrent)

    /// Runs `body` on a thread of its own: for work that waits for other blocking work, which must find a thread.
    package static func runApart<Success: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Success
    ) async throws(Failure) -> Success {
        let result: Result<Success, Failure> = await withCheckedContinuation { continuation in
            DispatchQueue(label: "penstock.apart").async { continuation.resume(returning: Result(catching: body)) }
        }
        return try result.get()
    }

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
