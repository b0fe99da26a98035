import Archives
import Datastore
import Dispatch
import FlowModel
package import Ledger
import Synchronization

/// Publishes a run while it goes on, so that little is left to do at its end.
///
/// What fails meanwhile is tried again; only the end tells of it.
package final class BackgroundPublication: Sendable {
    private struct State {
        var isEnding = false
        var sleeper: Task<Void, Never>?
    }

    private let state = Mutex(State())
    private let done = DispatchSemaphore(value: 0)
    private let outcome = Mutex<Result<Void, any Error>>(.success(()))

    /// How long to wait between two looks into the outbox; longer as a run takes longer.
    private static let pauses: (shortest: Duration, longest: Duration) = (.milliseconds(200), .seconds(10))

    /// Begins at once.
    ///
    /// - Parameter others: runs whose engines did not get to the end of it; sent as far as there is time.
    package init(of run: RunKey, others: [RunKey] = [], by publisher: RemotePublisher) {
        Task.detached { [self] in
            let result = await follow(run, others, publisher)
            outcome.withLock { $0 = result }
            done.signal()
        }
    }

    /// Publishes what is left. Blocks until the remote has everything.
    ///
    /// - Parameter patience: how long to wait; for as long as it takes without one.
    /// - Returns: false when it was not done in time. It is done when the process lives on.
    /// - Throws: why the remote could not be written to.
    package func finish(within patience: Duration? = nil) throws -> Bool {
        let sleeper = state.withLock { state in
            state.isEnding = true
            return state.sleeper
        }
        sleeper?.cancel()
        if let patience {
            let (seconds, attoseconds) = patience.components
            let limit = DispatchTimeInterval.milliseconds(Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
            guard done.wait(timeout: .now() + limit) == .success else { return false }
        } else {
            done.wait()
        }
        // The next caller need not wait.
        done.signal()
        try outcome.withLock { $0 }.get()
        return true
    }

    private func follow(_ run: RunKey, _ others: [RunKey], _ publisher: RemotePublisher) async -> Result<Void, any Error> {
        var publication = publisher.publication(of: run)
        var rest = others[...]
        var pause = Self.pauses.shortest
        while await sleep(for: pause) {
            pause = min(pause * 1.5, Self.pauses.longest)
            do {
                try await publication.publishWhileAlive()
                if let other = rest.popFirst() { _ = try await publisher.publish(other) }
            } catch {
                // Whatever it knew of the remote may be wrong now.
                publication = publisher.publication(of: run)
            }
        }
        do {
            _ = try await publication.publish()
            await publication.removeSign()
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    /// False when the end has come.
    private func sleep(for pause: Duration) async -> Bool {
        let sleeper = state.withLock { state -> Task<Void, Never>? in
            guard !state.isEnding else { return nil }
            let sleeper = Task { _ = try? await Task.sleep(for: pause) }
            state.sleeper = sleeper
            return sleeper
        }
        await sleeper?.value
        return state.withLock { !$0.isEnding }
    }
}
