import Synchronization

/// Lets callers that want the same thing at the same time share one attempt, and keeps what came of it.
///
/// A failure is told to all who waited for it and then forgotten. The attempt ends when all who wait for it are
/// cancelled; one of them may be without harm to the others.
final class Flights<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private typealias Flight = Task<Result<Value, PackageSourceError>, Never>

    private enum State {
        case flying(Flight, number: Int, waiting: Int)
        case landed(Value)
    }

    private struct Board {
        var states: [Key: State] = [:]
        var lastNumber = 0
    }

    private let board = Mutex(Board())

    /// What came of an earlier attempt.
    subscript(key: Key) -> Value? {
        board.withLock { if case .landed(let value) = $0.states[key] { value } else { nil } }
    }

    /// Keeps what was had without an attempt.
    func land(_ value: Value, for key: Key) {
        board.withLock { $0.states[key] = .landed(value) }
    }

    func value(
        for key: Key, _ make: @escaping @Sendable () async throws(PackageSourceError) -> Value
    ) async throws(PackageSourceError) -> Value {
        let state = board.withLock { board in
            switch board.states[key] {
            case .landed(let value): return State.landed(value)
            case .flying(let flight, let number, let waiting):
                board.states[key] = .flying(flight, number: number, waiting: waiting + 1)
                return .flying(flight, number: number, waiting: waiting + 1)
            case nil:
                board.lastNumber += 1
                let number = board.lastNumber
                let state = State.flying(start(key, number, make), number: number, waiting: 1)
                board.states[key] = state
                return state
            }
        }
        switch state {
        case .landed(let value): return value
        case .flying(let flight, let number, _):
            let result = await withTaskCancellationHandler {
                await flight.value
            } onCancel: {
                giveUp(key, number)
            }
            return try result.get()
        }
    }

    private func start(
        _ key: Key, _ number: Int, _ make: @escaping @Sendable () async throws(PackageSourceError) -> Value
    ) -> Flight {
        Task {
            let result: Result<Value, PackageSourceError>
            do throws(PackageSourceError) {
                result = .success(try await make())
            } catch {
                result = .failure(error)
            }
            board.withLock { board in
                guard case .flying(_, number, _) = board.states[key] else { return }
                switch result {
                case .success(let value): board.states[key] = .landed(value)
                case .failure: board.states[key] = nil
                }
            }
            return result
        }
    }

    /// One who waited does not want it any more. An attempt that nobody waits for ends, and the next caller starts anew.
    private func giveUp(_ key: Key, _ number: Int) {
        let flight = board.withLock { board -> Flight? in
            guard case .flying(let flight, number, let waiting) = board.states[key] else { return nil }
            board.states[key] = waiting > 1 ? .flying(flight, number: number, waiting: waiting - 1) : nil
            return waiting > 1 ? nil : flight
        }
        flight?.cancel()
    }

    /// Ends all attempts.
    func cancel() {
        let flights = board.withLock { board in
            board.states.values.compactMap { if case .flying(let flight, _, _) = $0 { flight } else { nil } }
        }
        for flight in flights { flight.cancel() }
    }
}
