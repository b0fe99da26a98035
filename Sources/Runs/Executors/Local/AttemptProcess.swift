import FoundationEssentials
import Glibc
import WorkerProtocol

/// Which of a process's outputs.
package enum OutputStream: Int, Sendable, Hashable {
    case standardOutput, standardError
}

/// How the process of an attempt ended.
package enum ProcessEnding: Sendable, Hashable {
    case exited(code: Int32)
    case signalled(Int32)
    /// The host ended first; whether the process ran on is not known, and it was killed.
    case hostLost
    /// The host could not make a process.
    case notStarted(reason: String)
    /// The process broke the protocol and was killed.
    case protocolBroken(reason: String)
}

/// The engine's end of one attempt: a task channel and two output pipes.
final class AttemptProcess {
    let key: AttemptName
    let host: HostKey
    var pid: pid_t?
    var channel: FrameChannel?
    private let loop: EventLoop
    private var outputs: [OutputStream: Int32]
    private let onOutput: (OutputStream, UnsafeRawBufferPointer) -> Void

    init(
        key: AttemptName, host: HostKey, loop: EventLoop, standardOutput: Int32, standardError: Int32,
        onOutput: @escaping (OutputStream, UnsafeRawBufferPointer) -> Void
    ) {
        self.key = key
        self.host = host
        self.loop = loop
        self.onOutput = onOutput
        outputs = [.standardOutput: standardOutput, .standardError: standardError]
        for (stream, descriptor) in outputs {
            loop.whenReadable(descriptor) { [unowned self] in _ = self.read(stream) }
        }
    }

    /// Ends the whole process group.
    func signal(_ number: Int32) {
        if let pid { kill(-pid, number) }
    }

    /// Delivers what the process left behind, then closes everything. Its own children may still hold the pipes, so this
    /// does not wait for their end.
    func finish() {
        channel?.drain()
        channel?.close()
        channel = nil
        for stream in [OutputStream.standardOutput, .standardError] {
            while read(stream) {}
            closeOutput(stream)
        }
    }

    /// Reads once. False when there is nothing more now.
    private func read(_ stream: OutputStream) -> Bool {
        guard let descriptor = outputs[stream] else { return false }
        return withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
            let size = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if size > 0 {
                onOutput(stream, UnsafeRawBufferPointer(rebasing: buffer[..<size]))
                return true
            }
            if size < 0, errno == EINTR { return true }
            if size == 0 || errno != EAGAIN { closeOutput(stream) }
            return false
        }
    }

    private func closeOutput(_ stream: OutputStream) {
        guard let descriptor = outputs.removeValue(forKey: stream) else { return }
        loop.forget(descriptor)
        close(descriptor)
    }

    deinit {
        for descriptor in outputs.values {
            loop.forget(descriptor)
            close(descriptor)
        }
    }
}
