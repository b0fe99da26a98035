import Glibc
import Synchronization

/// The lines of standard input. Blocks.
final class InputLines: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var start = 0
    }

    private let state = Mutex(State())

    /// The next line without its end; `nil` after the last.
    func next() -> [UInt8]? {
        state.withLock { state in
            var searched = state.start
            while true {
                if let end = state.bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                    defer { state.start = end + 1 }
                    return Array(state.bytes[state.start..<end])
                }
                state.bytes.removeFirst(state.start)
                state.start = 0
                searched = state.bytes.count
                var chunk = [UInt8](repeating: 0, count: 64 << 10)
                let count = read(STDIN_FILENO, &chunk, chunk.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return nil }
                state.bytes += chunk[..<count]
            }
        }
    }
}

/// Writes lines to standard output, one at a time. A reader that is gone is no matter.
final class OutputLines: Sendable {
    private let isGone = Mutex(false)

    func write(_ line: [UInt8]) {
        isGone.withLock { isGone in
            var rest = (line + [UInt8(ascii: "\n")])[...]
            while !rest.isEmpty, !isGone {
                let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    isGone = true
                    return
                }
                rest = rest.dropFirst(count)
            }
        }
    }
}
