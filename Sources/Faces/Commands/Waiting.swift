import Dispatch
import Glibc
import Synchronization

/// Runs asynchronous work from the main thread, which is not one of the cooperative pool, and waits for it.
func waiting<Value: Sendable>(for work: @escaping @Sendable () async throws -> Value) throws -> Value {
    let done = DispatchSemaphore(value: 0)
    let outcome = Outcome<Value>()
    Task.detached {
        do {
            outcome.set(.success(try await work()))
        } catch {
            outcome.set(.failure(error))
        }
        done.signal()
    }
    done.wait()
    return try outcome.take()
}

/// The same for work whose child processes must end with it: Ctrl-C and SIGTERM cancel it, and then end this process.
///
/// Files that are being written appear whole or not at all, so there is nothing else to put in order.
func waitingUnlessInterrupted<Value: Sendable>(for work: @escaping @Sendable () async throws -> Value) throws -> Value {
    let (done, ended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let outcome = Outcome<Value>()
    let isInterrupted = Mutex(false)
    let task = Task.detached {
        do {
            outcome.set(.success(try await work()))
        } catch {
            outcome.set(.failure(error))
        }
        ended.signal()
        done.signal()
    }
    let interruption = Interruption { number in
        isInterrupted.withLock { $0 = true }
        task.cancel()
        // What does not end by itself is left behind.
        _ = ended.wait(timeout: .now() + 2)
        Terminal(descriptor: 2, environment: [:]).write("\nAborted!\n")
        _exit(number == SIGINT ? 1 : 128 + number)
    }
    done.wait()
    // The process is about to end; nothing is told any more.
    while isInterrupted.withLock({ $0 }) { pause() }
    interruption.end()
    return try outcome.take()
}

/// Calls a function when the process is to end, in place of ending it.
private struct Interruption {
    private let sources: [any DispatchSourceSignal]
    /// What the signals did before.
    private let earlier: [(Int32, sighandler_t?)]

    init(_ handler: @escaping @Sendable (Int32) -> Void) {
        let signals = [SIGINT, SIGTERM]
        earlier = signals.map { ($0, signal($0, SIG_IGN)) }
        sources = signals.map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { handler(number) }
            source.resume()
            return source
        }
    }

    func end() {
        for source in sources { source.cancel() }
        for (number, handler) in earlier { signal(number, handler) }
    }
}

/// Where the result waits for the main thread.
private final class Outcome<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)

    func set(_ value: Result<Value, any Error>) {
        result.withLock { $0 = value }
    }

    func take() throws -> Value {
        guard let value = result.withLock({ $0 }) else { throw CancellationError() }
        return try value.get()
    }
}
