import Datastore
import Digests
import FlowModel
import Ledger
import SystemPackage
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Engines that are killed without warning (`store-writer` plays them).
@Suite struct KilledEngineTests {
    @Test func whatWasCommittedIsThere() throws {
        let folder = Scenario.newFolder()
        defer { Scenario.remove(folder) }
        let location = StoreLocation(root: folder.appending(".penstock"))
        // One after the other in the same folder, each killed at another point.
        for round in 0..<12 {
            let run = RunKey(flow: "KilledFlow", run: RunID("\(round)"))
            let engine = try Engine(location, run)
            let committed = engine.end(afterTasks: round * 5 % 37, pause: round * 150)
            try check(run, in: location, committed: committed)
        }
        #expect(Scenario.names(in: location.staging) == [])
    }

    @Test func severalAtOnceDoNotHarmEachOther() throws {
        let folder = Scenario.newFolder()
        defer { Scenario.remove(folder) }
        let location = StoreLocation(root: folder.appending(".penstock"))
        let runs = (0..<3).map { RunKey(flow: "KilledFlow", run: RunID("\($0)")) }
        let engines = try runs.map { try Engine(location, $0) }
        #expect(engines[1].readTask() != nil)
        #expect(try RunLedger(location, mode: .read).run(runs[1])?.state == .running)
        let committed = engines.map { $0.end(afterTasks: 20, pause: 0) }
        for (run, count) in zip(runs, committed) { try check(run, in: location, committed: count) }
    }

    /// All tasks that the engine said it had committed are there, with all their bytes; the run reads as abandoned.
    private func check(_ run: RunKey, in location: StoreLocation, committed: Int) throws {
        let ledger = try RunLedger(location)
        let store = try BlobStore(location)
        let log = try RunLogReader(location, flow: run.flow.text, run: run.run.text)
        #expect(try ledger.run(run)?.state == .abandoned)
        let done = try ledger.tasks(of: run).filter(\.isFinished)
        #expect(done.count >= committed)
        for task in done {
            let attempt = AttemptKey(task: task.task, attempt: 0)
            let artifacts = try ledger.artifacts(of: attempt, in: run)
            #expect(artifacts.map(\.name) == ["extra", "value"])
            let own = artifacts.filter(\.isOwn)
            #expect(own.count == 2)
            for artifact in artifacts {
                let blob = try #require(try ledger.blob(artifact.digest))
                #expect(SHA256Digest(hashing: try store.read(blob)) == artifact.digest)
            }
            let range = try #require(try ledger.attempts(of: TaskKey(run: run, task: task.task)).first).logRange
            let source = LogSource(task: task.task.text, attempt: 0)
            #expect(try log.text(from: source, stream: .stdout, in: range) == Array("task \(task.task) says\n".utf8))
        }
    }
}

/// A `store-writer` process.
private final class Engine {
    private let process: pid_t
    private let output: Int32
    private var unread: [UInt8] = []

    init(_ location: StoreLocation, _ run: RunKey) throws {
        var ends: [Int32] = [0, 0]
        pipe(&ends)
        // Other engines must not hold this pipe open.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let arguments = [Self.program, location.root.string, run.run.text]
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { pointers.forEach { free($0) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, Self.program, &actions, nil, &pointers, environ)
        try #require(code == 0, "\(Self.program) cannot be started: \(String(cString: strerror(code)))")
        close(ends[1])
        self.process = process
        output = ends[0]
        try #require(readLine() == "began")
    }

    deinit { close(output) }

    /// Built beside the program that runs the tests.
    private static let program: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        _ = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        return FilePath(platformString: buffer).removingLastComponent().appending("store-writer").string
    }()

    private func readLine() -> String? {
        while true {
            if let end = unread.firstIndex(of: 10) {
                defer { unread.removeFirst(end + 1) }
                return String(decoding: unread[..<end], as: UTF8.self)
            }
            var buffer = [UInt8](repeating: 0, count: 512)
            let count = read(output, &buffer, buffer.count)
            if count <= 0 { return nil }
            unread += buffer[..<count]
        }
    }

    /// Waits for the next task that the process commits.
    func readTask() -> Int? {
        readLine()?.split(separator: " ").last.flatMap { Int($0) }
    }

    /// Kills the process once so many tasks are committed; returns how many it had said by then.
    ///
    /// - Parameter pause: microseconds more, so that the moment within a task differs.
    func end(afterTasks wanted: Int, pause: Int) -> Int {
        var committed = 0
        while committed < wanted, let task = readTask() { committed = task + 1 }
        usleep(UInt32(pause))
        kill(process, SIGKILL)
        while let task = readTask() { committed = task + 1 }
        var status: Int32 = 0
        waitpid(process, &status, 0)
        return committed
    }
}
