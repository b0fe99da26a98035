import Dispatch
import Synchronization

/// Waits for what has to be asynchronous; the engine's function is not.
func waiting<Success: Sendable>(_ body: @escaping @Sendable () async throws -> Success) -> Result<Success, any Error> {
    let answer = Mutex<Result<Success, any Error>?>(nil)
    return withExtendedLifetime(Holder(answer: answer)) { holder in
        let done = DispatchSemaphore(value: 0)
        Task.detached {
            do {
                let success = try await body()
                holder.answer.withLock { $0 = .success(success) }
            } catch {
                holder.answer.withLock { $0 = .failure(error) }
            }
            done.signal()
        }
        done.wait()
        guard let answer = holder.answer.withLock({ $0 }) else { fatalError("nothing came") }
        return answer
    }
}

private final class Holder<Success: Sendable>: Sendable {
    let answer: Mutex<Result<Success, any Error>?>
    init(answer: consuming Mutex<Result<Success, any Error>?>) { self.answer = answer }
}
