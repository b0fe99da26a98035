import Synchronization

/// Lets callers that want the same thing at the same time share one attempt, and keeps what came of it.
///
/// A failure is told to all who waited for it and then forgotten. The attempt belongs to nobody who waits: one of them
/// may be cancelled without harm to the others. `cancel` ends all.
final class Flights<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private typealias Flight = Task<Result<Value, PackageSourceError>, Never>

    private enum State {
        case flying(Flight)
        case landed(Value)
    }

    private let states = Mutex<[Key: State]>([:])

    /// What came of an earlier attempt.
    subscript(key: Key) -> Value? {
        states.withLock { if case .landed(let value) = $0[key] { value } else { nil } }
    }

    /// Keeps what was had without an attempt.
    func land(_ value: Value, for key: Key) {
        states.withLock { $0[key] = .landed(value) }
    }

    func value(
        for key: Key, _ make: @escaping @Sendable () async throws(PackageSourceError) -> Value
    ) async throws(PackageSourceError) -> Value {
        let state = states.withLock { states in
            if let state = states[key] { return state }
            let state = State.flying(start(key, make))
            states[key] = state
            return state
        }
        switch state {
        case .landed(let value): return value
        case .flying(let flight): return try await flight.value.get()
        }
    }

    private func start(
        _ key: Key, _ make: @escaping @Sendable () async throws(PackageSourceError) -> Value
    ) -> Flight {
        Task {
            let result: Result<Value, PackageSourceError>
            do throws(PackageSourceError) {
                result = .success(try await make())
            } catch {
                result = .failure(error)
            }
            states.withLock { states in
                switch result {
                case .success(let value): states[key] = .landed(value)
                case .failure: states[key] = nil
                }
            }
            return result
        }
    }

    func cancel() {
        let flights = states.withLock { states in
            states.values.compactMap { if case .flying(let flight) = $0 { flight } else { nil } }
        }
        for flight in flights { flight.cancel() }
    }
}
