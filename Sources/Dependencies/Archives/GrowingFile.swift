import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file that one side writes, from its beginning to its end, while others read what is there already.
package final class GrowingFile: Sendable {
    private struct State {
        var count: UInt64 = 0
        var isGivenUp = false
        var waiting: [(count: UInt64, signal: DispatchSemaphore)] = []
    }

    private let descriptor: Int32
    private let state = Mutex(State())

    /// - Parameter descriptor: of the file, open for reading; stays the caller's.
    package init(_ descriptor: Int32) throws(ArchiveFault) {
        self.descriptor = try calling("open") { fcntl(descriptor, F_DUPFD_CLOEXEC, 0) }
    }

    deinit { close(descriptor) }

    /// That many bytes are there, without gaps.
    package func grow(to count: UInt64) {
        wake { $0.count = max($0.count, count) }
    }

    /// Whatever was written does not count; who reads or waits fails.
    package func giveUp() {
        wake { $0.isGivenUp = true }
    }

    package var isGivenUp: Bool { state.withLock { $0.isGivenUp } }

    private func wake(_ change: (inout State) -> Void) {
        let ready = state.withLock { state in
            change(&state)
            let (count, isGivenUp) = (state.count, state.isGivenUp)
            let waiting = state.waiting
            state.waiting = waiting.filter { $0.count > count && !isGivenUp }
            return waiting.filter { $0.count <= count || isGivenUp }.map(\.signal)
        }
        for signal in ready { signal.signal() }
    }

    /// Waits until `count` bytes are there; blocks. Returns how many there are then.
    ///
    /// - Throws: `.cancelled` if the file was given up.
    func wait(for count: UInt64) throws(ArchiveFault) -> UInt64 {
        while true {
            let signal = DispatchSemaphore(value: 0)
            let found = try state.withLock { (state) throws(ArchiveFault) -> UInt64? in
                if state.isGivenUp { throw .cancelled }
                if state.count >= count { return state.count }
                state.waiting.append((count, signal))
                return nil
            }
            if let found { return found }
            signal.wait()
        }
    }

    /// Reads at `offset`; waits for the first byte, and returns how many were there.
    func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ArchiveFault) -> Int {
        let count = min(UInt64(buffer.count), try wait(for: offset + 1) - offset)
        let read = try calling("read") { pread(descriptor, buffer.baseAddress, Int(count), off_t(offset)) }
        guard read > 0 else { throw .truncated }
        return read
    }
}
