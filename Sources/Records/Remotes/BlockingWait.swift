import Dispatch
import Synchronization

/// Does asynchronous work from a thread that may block, which is none of the cooperative pool, and waits for it.
func blocking<Value: Sendable, Failure: Error>(
    on work: @escaping @Sendable () async throws(Failure) -> Value
) throws(Failure) -> Value {
    let done = DispatchSemaphore(value: 0)
    let outcome = Outcome<Value, Failure>()
    Task.detached {
        do throws(Failure) {
            outcome.set(.success(try await work()))
        } catch {
            outcome.set(.failure(error))
        }
        done.signal()
    }
    done.wait()
    return try outcome.take().get()
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
