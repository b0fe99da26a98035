import CUnixSockets
import Glibc

/// The pipe by which workers learn that this process is gone, whatever they are doing (docs/worker-protocol.md,
/// "Lifeline"): nothing is ever written into it, and its writing end closes with the process.
final class Lifeline {
    private let writer: Int32
    /// Kept only where the pipe was made here.
    private let reader: Int32

    /// - Parameter writer: of a pipe that exists; `nil` to make one.
    init(writer: Int32?) {
        if let writer, fcntl(writer, F_SETFD, FD_CLOEXEC) == 0 {
            (self.writer, reader) = (writer, -1)
            return
        }
        var ends: [Int32] = [-1, -1]
        // Without a pipe hosts still end their tasks when their channel ends.
        (reader, self.writer) = penstock_pipe(&ends) == 0 ? (ends[0], ends[1]) : (-1, -1)
    }

    deinit {
        if writer >= 0 { close(writer) }
        if reader >= 0 { close(reader) }
    }

    /// A reading end for a new host, to be closed here afterwards; `nil` where there is none.
    func openReader() -> Int32? {
        let descriptor = reader >= 0 ? dup(reader) : open("/proc/self/fd/\(writer)", O_RDONLY | O_CLOEXEC)
        return descriptor >= 0 ? descriptor : nil
    }
}
