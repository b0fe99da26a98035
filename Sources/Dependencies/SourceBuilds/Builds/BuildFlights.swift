import Synchronization

/// Lets callers that want the same build at the same time share one, keeps what came of it, and sees when builds wait for
/// each other in a circle.
///
/// A failure is told to all who waited for it and then forgotten. A build ends when all who wait for it are cancelled.
final class BuildFlights<Value: Sendable>: Sendable {
    private typealias Flight = Task<Result<Value, SourceBuildError>, Never>

    private struct Board {
        var flying: [BuildKey: (flight: Flight, number: Int, waiting: Int)] = [:]
        var landed: [BuildKey: Value] = [:]
        var waits = WaitGraph()
        var lastNumber = 0
    }

    private let board = Mutex(Board())

    /// What came of `make`, which is called unless another caller's is under way or has ended well.
    ///
    /// - Parameter asker: the build on whose behalf it is wanted.
    func value(
        for key: BuildKey, asker: BuildKey?, _ make: @escaping @Sendable () async throws(SourceBuildError) -> Value
    ) async throws(SourceBuildError) -> Value {
        let (known, flight, number) = try board.withLock { (board) throws(SourceBuildError) -> (Value?, Flight?, Int) in
            if let value = board.landed[key] { return (value, nil, 0) }
            if let asker {
                if let chain = board.waits.chain(from: key, to: asker) {
                    // Environments have no name; what they are made for has.
                    var names = ([asker] + chain).map(\.what).filter { !$0.isEmpty }
                    if let first = names.first, names.count < 2 || first != names.last { names.append(first) }
                    throw .cycle(names)
                }
                board.waits.add(asker, waitsFor: key)
            }
            if let (flight, number, waiting) = board.flying[key] {
                board.flying[key] = (flight, number, waiting + 1)
                return (nil, flight, number)
            }
            board.lastNumber += 1
            let flight = start(key, board.lastNumber, make)
            board.flying[key] = (flight, board.lastNumber, 1)
            return (nil, flight, board.lastNumber)
        }
        if let known { return known }
        defer { if let asker { endWaiting(asker, for: key) } }
        guard let flight else { throw .cancelled }
        let result = await withTaskCancellationHandler {
            await flight.value
        } onCancel: {
            giveUp(key, number)
        }
        return try result.get()
    }

    private func start(
        _ key: BuildKey, _ number: Int, _ make: @escaping @Sendable () async throws(SourceBuildError) -> Value
    ) -> Flight {
        Task {
            let result: Result<Value, SourceBuildError>
            do throws(SourceBuildError) {
                result = .success(try await make())
            } catch {
                result = .failure(error)
            }
            board.withLock { board in
                guard board.flying[key]?.number == number else { return }
                board.flying[key] = nil
                if case .success(let value) = result { board.landed[key] = value }
            }
            return result
        }
    }

    private func endWaiting(_ asker: BuildKey, for key: BuildKey) {
        board.withLock { $0.waits.remove(asker, waitsFor: key) }
    }

    private func giveUp(_ key: BuildKey, _ number: Int) {
        let flight = board.withLock { board -> Flight? in
            guard let (flight, current, waiting) = board.flying[key], current == number else { return nil }
            board.flying[key] = waiting > 1 ? (flight, number, waiting - 1) : nil
            return waiting > 1 ? nil : flight
        }
        flight?.cancel()
    }
}
