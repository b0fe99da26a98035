import Synchronization
import TestSupport

/// How the next answers are delivered; later ones whole.
final class Cuts: Sendable {
    private struct State {
        var deliveries: [LoopbackServer.Reply.Delivery]
        var afterwards: (@Sendable () -> Void)?
    }

    private let state: Mutex<State>

    init(_ deliveries: [LoopbackServer.Reply.Delivery]) {
        state = Mutex(State(deliveries: deliveries))
    }

    /// Something to do when the first delivery has been taken.
    func onNext(_ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.afterwards = body }
    }

    func next() -> LoopbackServer.Reply.Delivery {
        let (delivery, afterwards) = state.withLock { state in
            defer { state.afterwards = nil }
            return (state.deliveries.isEmpty ? .whole : state.deliveries.removeFirst(), state.afterwards)
        }
        afterwards?()
        return delivery
    }
}
