import CUnixSockets
import FoundationEssentials
import Glibc
import WorkerProtocol

/// Frames to and from a client, blocking: on standard input and output, or both ways on standard input where that is a
/// socket.
final class ClientChannel {
    /// A frame to send and the descriptor that goes with it, which is closed afterwards.
    struct Message {
        var frame: Frame
        var descriptor: Int32?
    }

    private let output: Int32
    /// True when descriptors can be passed.
    let isSocket: Bool
    private var decoder = FrameDecoder()

    init() {
        var status = stat()
        isSocket = fstat(STDIN_FILENO, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
        output = isSocket ? STDIN_FILENO : STDOUT_FILENO
    }

    /// The next frame; `nil` at the end of the stream.
    func receive() throws -> Frame? {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            if let frame = try decoder.next() { return frame }
            let size = read(STDIN_FILENO, &buffer, buffer.count)
            if size < 0, errno == EINTR { continue }
            guard size > 0 else { return nil }
            buffer.withUnsafeBytes { decoder.append(UnsafeRawBufferPointer(rebasing: $0[..<size])) }
        }
    }

    /// Sends a frame whole. A client that is gone is the end of the stream, told by the next `receive`.
    func send(_ message: Message) throws {
        defer { if let descriptor = message.descriptor { close(descriptor) } }
        var descriptors = message.descriptor.map { [$0] } ?? []
        let bytes = message.frame.encoded
        bytes.withUnsafeBytes { bytes in
            var start = 0
            while start < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
                let sent = isSocket
                    ? penstock_send_with_descriptors(
                        output, rest.baseAddress, rest.count, descriptors, Int32(descriptors.count))
                    : write(output, rest.baseAddress, rest.count)
                if sent < 0, errno == EINTR { continue }
                guard sent > 0 else { return }
                descriptors = []
                start += sent
            }
        }
    }
}
