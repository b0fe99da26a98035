package import Executors
package import SystemPackage
package import WorkerProtocol

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The worker host of a job, and the loop that serves it: for all attempts that the job does, one after the other. Of one thread.
package final class NodeWorkers {
    let loop: EventLoop
    let pool: WorkerPool
    /// What the host is called on its node.
    let python: String
    /// What this job has for itself on the disk.
    let folder: FilePath
    /// What the host prints on standard error before it has loaded the flow: a library that is missing, an interpreter that does not
    /// start. It is told when the host fails.
    let hostMessages: FilePath
    private var signals: SignalPipe?
    private weak var attempt: NodeAttempt?
    /// The first signal that asked for the end of the job.
    private(set) var interruption: Int32?

    static let host = HostKey("node")

    /// Catches the signals that end a job, from now on.
    ///
    /// - Parameters:
    ///   - commandLine: starts the host.
    ///   - configuration: of the host, before its first attempt.
    /// - Throws: when the system gives no pipe.
    package init(_ commandLine: HostCommandLine, _ configuration: HostConfiguration?, folder: FilePath) throws(SystemFailure) {
        self.folder = folder
        hostMessages = folder.appending("host-messages")
        python = commandLine.python
        loop = try EventLoop()
        pool = WorkerPool(loop: loop)
        var commandLine = commandLine
        commandLine.errorFile = hostMessages.string
        pool.setCommandLine(commandLine, for: Self.host)
        if let configuration, !configuration.isEmpty { pool.setConfiguration(configuration) }
        signals = try SignalPipe([SIGINT, SIGTERM, SIGHUP], loop: loop) { [unowned self] in self.interrupt($0) }
    }

    /// Whether the job was asked to end.
    package var isInterrupted: Bool {
        signals?.deliver()
        return interruption != nil
    }

    /// Serves an attempt until it is over.
    func serve(_ attempt: NodeAttempt) {
        self.attempt = attempt
        pool.delegate = attempt
        loop.run()
        self.attempt = nil
    }

    /// Ends the host, and whatever it has started.
    package func end() { pool.shutDown() }

    private func interrupt(_ number: Int32) {
        interruption = interruption ?? number
        attempt?.interrupt(number)
    }
}
