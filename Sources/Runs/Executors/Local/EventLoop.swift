import CUnixSockets
import Glibc
import Synchronization

/// Waits for descriptors, timers and posted work on one thread, and calls back on that thread.
///
/// A run has a few descriptors for each running task, so poll(2) is as quick as its successors, and portable.
package final class EventLoop {
    /// Names a timer, to cancel it.
    package struct Timer: Hashable {
        fileprivate var number: UInt64
    }

    private struct Watch {
        var onReadable: (() -> Void)?
        var onWritable: (() -> Void)?
    }

    private struct PendingTimer {
        var deadline: ContinuousClock.Instant
        var action: () -> Void
    }

    private var watches: [Int32: Watch] = [:]
    private var timers: [Timer: PendingTimer] = [:]
    private var timerCount: UInt64 = 0
    private var isStopped = false
    private let mailbox: Mailbox

    /// Posts work to the loop from any thread.
    package var remote: Remote { Remote(mailbox: mailbox) }

    /// Called each time before the loop waits, when everything at hand is done.
    package var onIdle: (() -> Void)?

    /// - Throws: `SystemFailure` when the system gives no pipe.
    package init() throws(SystemFailure) {
        mailbox = Mailbox(pipe: try Pipe())
    }

    /// Calls `action` whenever `descriptor` has bytes or has ended. Replaces an earlier action.
    package func whenReadable(_ descriptor: Int32, _ action: (() -> Void)?) {
        watches[descriptor, default: Watch()].onReadable = action
        forgetIfUnused(descriptor)
    }

    /// Calls `action` whenever `descriptor` takes bytes. Replaces an earlier action.
    package func whenWritable(_ descriptor: Int32, _ action: (() -> Void)?) {
        watches[descriptor, default: Watch()].onWritable = action
        forgetIfUnused(descriptor)
    }

    /// Forgets a descriptor; call it before closing one.
    package func forget(_ descriptor: Int32) {
        watches[descriptor] = nil
    }

    /// Calls `action` once, after `delay`.
    @discardableResult
    package func after(_ delay: Duration, _ action: @escaping () -> Void) -> Timer {
        timerCount += 1
        let timer = Timer(number: timerCount)
        timers[timer] = PendingTimer(deadline: .now + delay, action: action)
        return timer
    }

    package func cancel(_ timer: Timer) {
        timers[timer] = nil
    }

    /// Runs until `stop()`.
    package func run() {
        isStopped = false
        while !isStopped {
            runPosted()
            runTimers()
            if isStopped { break }
            onIdle?()
            if isStopped { break }
            wait()
        }
    }

    /// Makes `run()` return after the present callback.
    package func stop() {
        isStopped = true
    }

    private func forgetIfUnused(_ descriptor: Int32) {
        if let watch = watches[descriptor], watch.onReadable == nil, watch.onWritable == nil {
            watches[descriptor] = nil
        }
    }

    /// Does the posted work that is at hand, without waiting.
    package func runPosted() {
        for action in mailbox.take() { action() }
    }

    private func runTimers() {
        guard !timers.isEmpty else { return }
        let now = ContinuousClock.now
        let due = timers.filter { $0.value.deadline <= now }.sorted { $0.value.deadline < $1.value.deadline }
        for (timer, pending) in due where timers.removeValue(forKey: timer) != nil {
            pending.action()
        }
    }

    /// Milliseconds until the next timer, rounded up; -1 without one.
    private var timeout: Int32 {
        guard let next = timers.values.map(\.deadline).min() else { return -1 }
        let left = next - .now
        guard left > .zero else { return 0 }
        let (seconds, attoseconds) = left.components
        return Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
    }

    private func wait() {
        var polled = [pollfd(fd: mailbox.pipe.output, events: Int16(POLLIN), revents: 0)]
        for (descriptor, watch) in watches {
            let events = (watch.onReadable == nil ? 0 : POLLIN) | (watch.onWritable == nil ? 0 : POLLOUT)
            polled.append(pollfd(fd: descriptor, events: Int16(events), revents: 0))
        }
        guard poll(&polled, nfds_t(polled.count), timeout) > 0 else { return }
        if polled[0].revents != 0 { mailbox.pipe.drain() }
        for entry in polled.dropFirst() where entry.revents != 0 {
            deliver(entry)
        }
    }

    private func deliver(_ entry: pollfd) {
        let ended = Int32(entry.revents) & (POLLHUP | POLLERR | POLLNVAL) != 0
        if Int32(entry.revents) & POLLOUT != 0 || ended { watches[entry.fd]?.onWritable?() }
        if Int32(entry.revents) & POLLIN != 0 || ended { watches[entry.fd]?.onReadable?() }
    }
}

extension EventLoop {
    /// A sendable handle that posts work to a loop.
    package struct Remote: Sendable {
        fileprivate let mailbox: Mailbox

        /// Runs `action` on the loop's thread, soon.
        package func post(_ action: @escaping @Sendable () -> Void) {
            mailbox.put(action)
        }
    }

    fileprivate final class Mailbox: Sendable {
        let pipe: Pipe
        private let actions = Mutex<[@Sendable () -> Void]>([])

        init(pipe: consuming Pipe) {
            self.pipe = pipe
        }

        func put(_ action: @escaping @Sendable () -> Void) {
            let wasEmpty = actions.withLock { actions in
                actions.append(action)
                return actions.count == 1
            }
            if wasEmpty { pipe.wake() }
        }

        func take() -> [@Sendable () -> Void] {
            actions.withLock { actions in
                defer { actions = [] }
                return actions
            }
        }

        deinit { pipe.close() }
    }
}

/// A pipe that only wakes.
private struct Pipe: Sendable {
    let output: Int32
    let input: Int32

    init() throws(SystemFailure) {
        var ends: [Int32] = [-1, -1]
        guard penstock_pipe(&ends) == 0 else { throw SystemFailure("pipe", errno) }
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        (output, input) = (ends[0], ends[1])
    }

    func wake() {
        var byte: UInt8 = 1
        _ = Glibc.write(input, &byte, 1)
    }

    func drain() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while Glibc.read(output, &bytes, bytes.count) > 0 {}
    }

    func close() {
        _ = Glibc.close(output)
        _ = Glibc.close(input)
    }
}

/// A system call that failed: which, and errno.
package struct SystemFailure: Error, CustomStringConvertible {
    package var call: String
    package var code: Int32

    package init(_ call: String, _ code: Int32) {
        self.call = call
        self.code = code
    }

    package var description: String { "\(call): \(String(cString: strerror(code)))" }
}
