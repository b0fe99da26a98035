import CUnixSockets
import Glibc
import Synchronization

/// Brings signals of this process to an event loop, one at a time and in order.
///
/// A signal handler may do next to nothing; this one writes the signal's number into a pipe that the loop reads.
package final class SignalPipe {
    private let loop: EventLoop
    private let signals: [Int32]
    private let reader: Int32
    private let writer: Int32
    private let onSignal: (Int32) -> Void

    /// Catches `signals` until this object goes.
    ///
    /// There can be one at a time: signal handlers belong to the process.
    package init(_ signals: [Int32], loop: EventLoop, onSignal: @escaping (Int32) -> Void) throws(SystemFailure) {
        var ends: [Int32] = [-1, -1]
        guard penstock_pipe(&ends) == 0 else { throw SystemFailure("pipe", errno) }
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        (reader, writer) = (ends[0], ends[1])
        self.loop = loop
        self.signals = signals
        self.onSignal = onSignal
        handlerDescriptor.store(writer, ordering: .sequentiallyConsistent)
        for number in signals { setHandler(of: number, to: forwardSignal) }
        loop.whenReadable(reader) { [unowned self] in self.deliver() }
    }

    /// Tells of signals that have come while the loop was not running.
    package func deliver() {
        var number: UInt8 = 0
        while read(reader, &number, 1) == 1 { onSignal(Int32(number)) }
    }

    deinit {
        for number in signals { signal(number, SIG_DFL) }
        handlerDescriptor.store(-1, ordering: .sequentiallyConsistent)
        loop.forget(reader)
        close(reader)
        close(writer)
    }

    private func setHandler(of number: Int32, to handler: @escaping @convention(c) (Int32) -> Void) {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = handler
        action.sa_flags = SA_RESTART
        sigaction(number, &action, nil)
    }
}

private let handlerDescriptor = Atomic<Int32>(-1)

private func forwardSignal(_ number: Int32) {
    let saved = errno
    var byte = UInt8(truncatingIfNeeded: number)
    let descriptor = handlerDescriptor.load(ordering: .sequentiallyConsistent)
    if descriptor >= 0 { _ = write(descriptor, &byte, 1) }
    errno = saved
}
