import CUnixSockets
import Glibc
import WorkerProtocol

/// How to start a worker host with an interpreter of one's choice.
package struct HostCommandLine: Sendable, Hashable {
    /// The interpreter.
    package var python: String
    /// The SDK's script that starts a host.
    package var entry: String
    /// The flow file.
    package var flowFile: String
    /// What the person gave the flow, for its `sys.argv`.
    package var arguments: [String]
    /// The complete environment of the host.
    package var environment: [String: String]
    /// A file to which it prints errors until it has loaded the flow; otherwise they go where this process prints its own.
    package var errorFile: String?

    package init(
        python: String, entry: String, flowFile: String, arguments: [String] = [], environment: [String: String]
    ) {
        self.python = python
        self.entry = entry
        self.flowFile = flowFile
        self.arguments = arguments
        self.environment = environment
    }

    /// The descriptor at which a started host finds its channel.
    static let channelDescriptor: Int32 = 3
    /// The descriptor at which it finds its end of the lifeline.
    static let lifelineDescriptor: Int32 = 4

    /// Starts the host as the leader of a process group, with standard input and output at /dev/null.
    ///
    /// - Parameter lifeline: closed when this returns.
    func spawn(channel: Int32, lifeline: Int32?) throws(SystemFailure) -> pid_t {
        // Away from the numbers that descriptors go to.
        let moved = [channel, lifeline ?? -1].map { $0 < 0 ? -1 : fcntl($0, F_DUPFD_CLOEXEC, 10) }
        if let lifeline { close(lifeline) }
        defer { for descriptor in moved where descriptor >= 0 { close(descriptor) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        if let errorFile { posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errorFile, O_WRONLY | O_CREAT | O_APPEND, 0o600) }
        posix_spawn_file_actions_adddup2(&actions, moved[0], Self.channelDescriptor)
        if moved[1] >= 0 { posix_spawn_file_actions_adddup2(&actions, moved[1], Self.lifelineDescriptor) }
        penstock_spawn_closing_from(&actions, moved[1] >= 0 ? Self.lifelineDescriptor + 1 : Self.lifelineDescriptor)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        let descriptors = ["--fd", "\(Self.channelDescriptor)"]
            + (moved[1] >= 0 ? ["--lifeline-fd", "\(Self.lifelineDescriptor)"] : [])
        let arguments = [python, "-s", entry] + descriptors + ["--flow", flowFile, "--"] + arguments
        var pid: pid_t = 0
        let code = withCStrings(arguments) { argv in
            withCStrings(environment.map { "\($0)=\($1)" }.sorted()) { envp in
                posix_spawn(&pid, python, &actions, &attributes, argv, envp)
            }
        }
        guard code == 0 else { throw SystemFailure("posix_spawn \(python)", code) }
        return pid
    }
}

private func withCStrings<Result>(
    _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
    let pointers = texts.map { strdup($0) }
    defer { pointers.forEach { free($0) } }
    return body(pointers + [nil])
}

/// One worker host: a process that has loaded the flow and forks attempts.
final class WorkerHost {
    enum State {
        /// Its `hello` has not come yet.
        case starting
        case ready
        case gone
    }

    let key: HostKey
    let pid: pid_t
    var state = State.starting
    var channel: FrameChannel?
    /// Attempts that wait for the host's `hello`.
    var waiting: [(Launch, [Int32])] = []

    init(key: HostKey, pid: pid_t) {
        self.key = key
        self.pid = pid
    }

    func configure(_ configuration: HostConfiguration) {
        // A configuration holds only texts and JSON: its encoding cannot fail.
        guard let frame = try? Frame(HostCommand.configure(configuration)) else { return }
        channel?.send(frame)
    }

    /// Sends a launch now, or as soon as the host is ready.
    func launch(_ launch: Launch, descriptors: [Int32]) {
        guard state == .ready else { return waiting.append((launch, descriptors)) }
        send(launch, descriptors)
    }

    /// Takes the host's `hello` and sends what waited for it.
    func becomeReady() {
        state = .ready
        for (launch, descriptors) in waiting { send(launch, descriptors) }
        waiting = []
    }

    /// Closes the channel and waits for the process, which ends at once.
    func end() {
        state = .gone
        channel?.close()
        channel = nil
        waiting.flatMap(\.1).forEach { _ = close($0) }
        waiting = []
        kill(pid, SIGKILL)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    }

    private func send(_ launch: Launch, _ descriptors: [Int32]) {
        // A launch holds only texts: its encoding cannot fail.
        guard let frame = try? Frame(HostCommand.launch(launch)) else { return }
        channel?.send(frame, descriptors: descriptors)
    }
}
