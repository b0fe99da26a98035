import Dispatch
import Synchronization

/// Does asynchronous work from a thread that may block, and waits for it.
///
/// The work has a thread of its own: should the waiting ones be all of the cooperative pool, it goes on all the same.
package func blocking<Value: Sendable, Failure: Error>(
    on work: @escaping @Sendable () async throws(Failure) -> Value
) throws(Failure) -> Value {
    let done = DispatchSemaphore(value: 0)
    let outcome = Outcome<Value, Failure>()
    let thread = OwnThread()
    Task.detached(executorPreference: thread) {
        do throws(Failure) {
            outcome.set(.success(try await work()))
        } catch {
            outcome.set(.failure(error))
        }
        done.signal()
    }
    withExtendedLifetime(thread) { done.wait() }
    return try outcome.take().get()
}

/// Runs the parts of one task, one after the other, on a thread that is not of the cooperative pool.
private final class OwnThread: TaskExecutor {
    // Serial queues get a thread whatever the others do.
    private let queue = DispatchQueue(label: "penstock.remote")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// Where the result waits.
private final class Outcome<Value: Sendable, Failure: Error>: Sendable {
    private let result = Mutex<Result<Value, Failure>?>(nil)

    func set(_ value: Result<Value, Failure>) {
        result.withLock { $0 = value }
    }

    /// Called behind the semaphore, so there is one.
    func take() -> Result<Value, Failure> {
        guard let value = result.withLock({ $0 }) else { preconditionFailure("the work has not ended") }
        return value
    }
}
