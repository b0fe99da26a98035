package import FlowModel
package import FoundationEssentials
import CUnixSockets
import Glibc
package import WorkerProtocol

/// Names a worker host within a run: one for each environment.
package struct HostKey: Hashable, Sendable, CustomStringConvertible {
    package var description: String

    /// The fork of the person's own interpreter.
    package static let launching = HostKey("launching")

    package init(_ name: String) {
        description = name
    }
}

/// Names an attempt within a run, and its process in messages.
package struct AttemptName: Hashable, Sendable, CustomStringConvertible {
    package var step: StepName
    package var task: TaskID
    package var attempt: AttemptNumber

    package init(step: StepName, task: TaskID, attempt: AttemptNumber) {
        self.step = step
        self.task = task
        self.attempt = attempt
    }

    package var description: String { "\(step)/\(task)/\(attempt)" }
}

/// Hears what happens to hosts and attempts, on the loop's thread.
package protocol WorkerPoolDelegate: AnyObject {
    func host(_ key: HostKey, saidHello hello: HostHello)
    /// The host has settled its flow after `WorkerPool.configure`.
    func host(_ key: HostKey, configured flow: ConfiguredFlow)
    /// The host cannot work at all: it refused its flow, or could not be started again.
    func host(_ key: HostKey, failed failure: HostFailure)
    func attempt(_ key: AttemptName, said message: TaskMessage, payload: Data, descriptor: Int32?)
    func attempt(_ key: AttemptName, wrote bytes: UnsafeRawBufferPointer, to stream: OutputStream)
    /// The last word about an attempt.
    func attempt(_ key: AttemptName, ended ending: ProcessEnding, exited: Exited?)
}

/// Why a host cannot work.
package enum HostFailure: Error, Sendable {
    case refused(HostRefusal)
    case notStarted(SystemFailure)
    /// It ended before its `hello`.
    case endedEarly
    case protocolBroken(String)
}

/// The worker hosts of a run and the attempts in them.
package final class WorkerPool {
    private let loop: EventLoop
    private var commandLines: [HostKey: HostCommandLine] = [:]
    private var hosts: [HostKey: WorkerHost] = [:]
    private var attempts: [String: AttemptProcess] = [:]
    private var configuration: HostConfiguration?
    private let lifeline: Lifeline
    package weak var delegate: (any WorkerPoolDelegate)?

    /// - Parameter lifeline: the writing end of the pipe that the first host has the other end of; the pool closes it in
    ///   programs that it starts. Without one, a pipe is made.
    package init(loop: EventLoop, lifeline: Int32? = nil) {
        self.loop = loop
        self.lifeline = Lifeline(writer: lifeline)
    }

    /// Takes over the host that the SDK forked before it became the engine.
    package func adopt(descriptor: Int32, pid: Int32) {
        attach(WorkerHost(key: .launching, pid: pid), descriptor: descriptor)
    }

    /// Says how the host of an environment is started; it starts when it is needed.
    package func setCommandLine(_ commandLine: HostCommandLine, for key: HostKey) {
        commandLines[key] = commandLine
    }

    /// Configures the host that holds the flow; its answer comes to the delegate.
    package func configure(_ configuration: HostConfiguration) {
        hosts[.launching]?.configure(configuration)
    }

    /// What every host that is started from now on is configured with, before its first attempt.
    package func setConfiguration(_ configuration: HostConfiguration) {
        self.configuration = configuration
    }

    /// Starts a host before it is needed. Whether that worked shows when it is needed.
    package func prepare(_ key: HostKey) {
        _ = try? host(for: key)
    }

    /// Ends a host that was started for nothing, and forgets how it is started.
    package func drop(_ key: HostKey) {
        commandLines[key] = nil
        hosts.removeValue(forKey: key)?.end()
    }

    /// The number of attempts that have not ended.
    package var attemptCount: Int { attempts.count }

    /// Starts a process for an attempt.
    package func launch(_ key: AttemptName, on hostKey: HostKey, environment: [String: String]) {
        do throws(SystemFailure) {
            let host = try host(for: hostKey)
            let (process, descriptors) = try makeProcess(key, host: hostKey)
            attempts[key.description] = process
            host.launch(Launch(task: key.description, environment: environment), descriptors: descriptors)
        } catch {
            // Told on the next turn: the caller is in the middle of starting the attempt.
            loop.after(.zero) { [weak self] in
                self?.delegate?.attempt(key, ended: .notStarted(reason: error.description), exited: nil)
            }
        }
    }

    /// Answers a task.
    package func send(_ reply: TaskReply, payload: Data = Data(), descriptor: Int32? = nil, to key: AttemptName) {
        guard let channel = attempts[key.description]?.channel,
            let frame = try? Frame(reply, payload: payload)
        else {
            if let descriptor { close(descriptor) }
            return
        }
        channel.send(frame, descriptors: descriptor.map { [$0] } ?? [])
    }

    /// Signals the process group of one running attempt.
    package func signal(_ key: AttemptName, _ number: Int32) {
        attempts[key.description]?.signal(number)
    }

    /// Signals the process groups of every running attempt.
    package func signalAttempts(_ number: Int32) {
        for process in attempts.values { process.signal(number) }
    }

    /// Ends every attempt and host at once. Nothing is called back.
    package func shutDown() {
        for process in attempts.values {
            process.signal(SIGKILL)
            process.channel?.close()
        }
        attempts = [:]
        for host in hosts.values { host.end() }
        hosts = [:]
    }

    // MARK: Hosts

    private func host(for key: HostKey) throws(SystemFailure) -> WorkerHost {
        if let host = hosts[key], host.state != .gone { return host }
        guard let commandLine = commandLines[key] else { throw SystemFailure("no host for \(key)", ENOENT) }
        let ends = try FrameChannel.pair()
        defer { close(ends.worker) }
        do {
            let host = WorkerHost(key: key, pid: try commandLine.spawn(channel: ends.worker, lifeline: lifeline.openReader()))
            attach(host, descriptor: ends.engine)
            return host
        } catch {
            close(ends.engine)
            throw error
        }
    }

    private func attach(_ host: WorkerHost, descriptor: Int32) {
        hosts[host.key] = host
        host.channel = FrameChannel(
            descriptor, loop: loop,
            onFrame: { [unowned self, unowned host] frame in self.host(host, sent: frame) },
            onEnd: { [unowned self, unowned host] ending in self.host(host, ended: ending) })
    }

    private func host(_ host: WorkerHost, sent frame: Frame) {
        do {
            switch try frame.message(HostMessage.self) {
            case .hello(let hello):
                // Frames arrive in order: what was waiting is launched by a host that is configured.
                if host.key != .launching, let configuration { host.configure(configuration) }
                host.becomeReady()
                delegate?.host(host.key, saidHello: hello)
            case .flow(let flow):
                delegate?.host(host.key, configured: flow)
            case .refused(let refusal):
                fail(host, .refused(refusal))
            case .spawned:
                break
            case .exited(let exited):
                end(exited)
            case .spawnFailed(let task, let message):
                end(task, .notStarted(reason: message), exited: nil)
            }
        } catch {
            fail(host, .protocolBroken("\(error)"))
        }
    }

    private func host(_ host: WorkerHost, ended ending: FrameChannel.Ending) {
        if case .malformed(let error) = ending { return fail(host, .protocolBroken("\(error)")) }
        if host.state == .starting { return fail(host, .endedEarly) }
        lose(host)
    }

    private func fail(_ host: WorkerHost, _ failure: HostFailure) {
        lose(host)
        delegate?.host(host.key, failed: failure)
    }

    /// The host is gone: so are its attempts.
    private func lose(_ host: WorkerHost) {
        host.end()
        hosts[host.key] = nil
        for (task, process) in attempts where process.host == host.key {
            // What the task managed to say tells its process id, if nothing else.
            process.channel?.drain()
            process.signal(SIGKILL)
            end(task, .hostLost, exited: nil)
        }
    }

    // MARK: Attempts

    private func makeProcess(
        _ key: AttemptName, host: HostKey
    ) throws(SystemFailure) -> (AttemptProcess, descriptors: [Int32]) {
        let channel = try FrameChannel.pair()
        let output = try OutputPipe()
        let error = try OutputPipe()
        let process = AttemptProcess(
            key: key, host: host, loop: loop, standardOutput: output.reader, standardError: error.reader,
            onOutput: { [unowned self] stream, bytes in self.delegate?.attempt(key, wrote: bytes, to: stream) })
        process.channel = FrameChannel(
            channel.engine, loop: loop,
            onFrame: { [unowned self, unowned process] frame in self.attempt(process, sent: frame) },
            onEnd: { [unowned self, unowned process] ending in self.attempt(process, closed: ending) })
        return (process, [channel.worker, output.writer, error.writer])
    }

    private func attempt(_ process: AttemptProcess, sent frame: Frame) {
        do {
            let message = try frame.message(TaskMessage.self)
            var descriptor: Int32?
            switch message {
            case .ready(let pid): process.pid = pid
            case .artifactFile:
                descriptor = try takeDescriptor(from: process)
            case .card(let card) where card.size != nil:
                descriptor = try takeDescriptor(from: process)
            default: break
            }
            delegate?.attempt(process.key, said: message, payload: frame.payload, descriptor: descriptor)
        } catch {
            breakOff(process, "\(error)")
        }
    }

    private func takeDescriptor(from process: AttemptProcess) throws -> Int32 {
        guard let descriptor = process.channel?.takeDescriptor() else {
            throw FrameError.descriptors(announced: 1, received: 0)
        }
        return descriptor
    }

    private func attempt(_ process: AttemptProcess, closed ending: FrameChannel.Ending) {
        process.channel = nil
        if case .malformed(let error) = ending { breakOff(process, "\(error)") }
        // Otherwise the host reports how the process ended.
    }

    private func breakOff(_ process: AttemptProcess, _ reason: String) {
        process.signal(SIGKILL)
        end(process.key.description, .protocolBroken(reason: reason), exited: nil)
    }

    private func end(_ exited: Exited) {
        let ending: ProcessEnding =
            if let signal = exited.signal { .signalled(signal) } else { .exited(code: exited.code ?? -1) }
        end(exited.task, ending, exited: exited)
    }

    private func end(_ task: String, _ ending: ProcessEnding, exited: Exited?) {
        guard let process = attempts[task] else { return }
        process.finish()
        // Draining may have found the attempt broken, and ended it.
        guard attempts.removeValue(forKey: task) != nil else { return }
        delegate?.attempt(process.key, ended: ending, exited: exited)
    }
}

/// A pipe for an output of an attempt: the engine's end does not block.
private struct OutputPipe {
    let reader: Int32
    let writer: Int32

    init() throws(SystemFailure) {
        var ends: [Int32] = [-1, -1]
        guard penstock_pipe(&ends) == 0 else { throw SystemFailure("pipe", errno) }
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        (reader, writer) = (ends[0], ends[1])
    }
}
