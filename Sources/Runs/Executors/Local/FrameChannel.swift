import CUnixSockets
import FoundationEssentials
import Glibc
package import WorkerProtocol

/// Frames and descriptors over one end of a socket pair, without blocking.
package final class FrameChannel {
    /// Why a channel ended.
    package enum Ending {
        /// The peer closed its end.
        case endOfFile
        /// The peer sent what is not a frame.
        case malformed(FrameError)
        case failed(SystemFailure)
    }

    private struct Outgoing {
        var bytes: Data
        var descriptors: [Int32]
    }

    private let loop: EventLoop
    private var descriptor: Int32
    private var decoder = FrameDecoder()
    private var received: [Int32] = []
    private var queue: [Outgoing] = []
    private var onFrame: ((Frame) -> Void)?
    private var onEnd: ((Ending) -> Void)?

    /// Takes ownership of `descriptor`.
    package init(
        _ descriptor: Int32, loop: EventLoop, onFrame: @escaping (Frame) -> Void, onEnd: @escaping (Ending) -> Void
    ) {
        self.descriptor = descriptor
        self.loop = loop
        self.onFrame = onFrame
        self.onEnd = onEnd
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        loop.whenReadable(descriptor) { [unowned self] in self.receive() }
    }

    deinit { close() }

    /// Both ends of a new socket pair, close-on-exec.
    package static func pair() throws(SystemFailure) -> (engine: Int32, worker: Int32) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw SystemFailure("socketpair", errno)
        }
        return (ends[0], ends[1])
    }

    /// Sends a frame. The descriptors are closed here once they are on their way.
    package func send(_ frame: Frame, descriptors: [Int32] = []) {
        guard descriptor >= 0 else {
            descriptors.forEach { _ = Glibc.close($0) }
            return
        }
        queue.append(Outgoing(bytes: frame.encoded, descriptors: descriptors))
        if queue.count == 1 { flush() }
    }

    /// The next descriptor that came with the frames so far. The caller owns it.
    package func takeDescriptor() -> Int32? {
        received.isEmpty ? nil : received.removeFirst()
    }

    /// Delivers what has already arrived; for a peer that is known to be gone.
    package func drain() {
        if descriptor >= 0 { receive() }
    }

    /// Closes the channel; no callback follows.
    package func close() {
        onFrame = nil
        onEnd = nil
        guard descriptor >= 0 else { return }
        loop.forget(descriptor)
        _ = Glibc.close(descriptor)
        descriptor = -1
        for owned in received + queue.flatMap(\.descriptors) { _ = Glibc.close(owned) }
        received = []
        queue = []
    }

    private func end(_ ending: Ending) {
        let callback = onEnd
        close()
        callback?(ending)
    }

    private func flush() {
        while let first = queue.first {
            let sent = first.bytes.withUnsafeBytes { bytes in
                penstock_send_with_descriptors(
                    descriptor, bytes.baseAddress, bytes.count, first.descriptors, Int32(first.descriptors.count))
            }
            if sent < 0 {
                if errno == EINTR { continue }
                if errno == EAGAIN { break }
                // The peer is gone; what it said before is still to be read, and its end of file follows.
                queue.flatMap(\.descriptors).forEach { _ = Glibc.close($0) }
                queue = []
                break
            }
            first.descriptors.forEach { _ = Glibc.close($0) }
            queue[0].descriptors = []
            if sent == first.bytes.count {
                queue.removeFirst()
            } else {
                queue[0].bytes = Data(first.bytes.dropFirst(sent))
            }
        }
        loop.whenWritable(descriptor, queue.isEmpty ? nil : { [unowned self] in self.flush() })
    }

    private func receive() {
        // A callback may drop the last other reference to this channel.
        withExtendedLifetime(self) {
            while descriptor >= 0 {
                guard readOnce() else { return }
                deliverFrames()
            }
        }
    }

    /// Reads what fits the buffer. False when there is nothing left to read now.
    private func readOnce() -> Bool {
        var descriptors = [Int32](repeating: -1, count: Int(PENSTOCK_DESCRIPTORS_MAX))
        var count: Int32 = 0
        let result = withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
            let size = penstock_receive_with_descriptors(
                descriptor, buffer.baseAddress, buffer.count, &descriptors, &count)
            if size > 0 { decoder.append(UnsafeRawBufferPointer(rebasing: buffer[..<size])) }
            return size
        }
        received += descriptors.prefix(Int(count))
        if result > 0 { return true }
        if result == 0 {
            end(.endOfFile)
        } else if errno == ECONNRESET {
            end(.endOfFile)
        } else if errno != EAGAIN, errno != EINTR {
            end(.failed(SystemFailure("recvmsg", errno)))
        }
        return result < 0 && errno == EINTR
    }

    private func deliverFrames() {
        do {
            while descriptor >= 0, let frame = try decoder.next() { onFrame?(frame) }
        } catch {
            end(.malformed(error))
        }
    }
}
