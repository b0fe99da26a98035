import Synchronization

/// Lets a fixed number of tasks through at a time, in the order in which they came.
package final class ConcurrencyLimit: Sendable {
    private struct State {
        var free: Int
        var nextTicket = 0
        var waiting: [(ticket: Int, continuation: CheckedContinuation<Bool, Never>)] = []
        /// Tickets whose task was cancelled before it came to wait.
        var cancelled: Set<Int> = []
    }

    private let state: Mutex<State>

    package init(_ count: Int) {
        state = Mutex(State(free: max(1, count)))
    }

    /// Runs `body` when there is room.
    ///
    /// - Throws: `.cancelled` when the task is cancelled while it waits, and what `body` throws.
    package func run<Success>(
        _ body: () async throws(PackageSourceError) -> Success
    ) async throws(PackageSourceError) -> Success {
        guard await enter() else { throw .cancelled }
        defer { leave() }
        return try await body()
    }

    /// Runs `body` when there is room; `nil` when the task is cancelled while it waits.
    package func pass<Success>(_ body: () async -> Success) async -> Success? {
        guard await enter() else { return nil }
        defer { leave() }
        return await body()
    }

    private func enter() async -> Bool {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if state.cancelled.remove(ticket) != nil { return false }
                    if state.free > 0 {
                        state.free -= 1
                        return true
                    }
                    state.waiting.append((ticket, continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> CheckedContinuation<Bool, Never>? in
                guard let place = state.waiting.firstIndex(where: { $0.ticket == ticket }) else {
                    state.cancelled.insert(ticket)
                    return nil
                }
                return state.waiting.remove(at: place).continuation
            }
            waiter?.resume(returning: false)
        }
    }

    private func leave() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst().continuation
        }
        next?.resume(returning: true)
    }
}

/// Lets a fixed number of tasks through at a time for each host.
final class HostLimits: Sendable {
    private let count: Int
    private let limits = Mutex<[Substring: ConcurrencyLimit]>([:])

    init(_ count: Int) { self.count = count }

    /// Runs `body` when there is room for another request to the host of `url`.
    ///
    /// - Throws: `.cancelled` when the task is cancelled while it waits, and what `body` throws.
    func run<Success>(
        for url: String, _ body: () async throws(PackageSourceError) -> Success
    ) async throws(PackageSourceError) -> Success {
        let host = Self.host(url)
        let limit = limits.withLock { limits in
            if let limit = limits[host] { return limit }
            let limit = ConcurrencyLimit(count)
            limits[host] = limit
            return limit
        }
        return try await limit.run(body)
    }

    /// What stands before the path; good enough to tell hosts apart.
    private static func host(_ url: String) -> Substring {
        var slashes = 0
        let end = url.utf8.firstIndex { byte in
            if byte == UInt8(ascii: "/") { slashes += 1 }
            return slashes == 3
        }
        let origin = url[..<(end ?? url.endIndex)]
        // Who asks is no part of whom is asked.
        return origin.utf8.lastIndex(of: UInt8(ascii: "@")).map { origin[origin.utf8.index(after: $0)...] } ?? origin
    }
}
