import Datastore
import Digests
import Executors
import FlowModel
import Glibc
import RunDriver
import SystemPackage
import WorkerProtocol

/// The worker host of the first step, started before it is certain in which environment the step runs: its interpreter
/// starts while the engine opens the ledger and looks the environment up. A wrong guess costs a process.
struct EarlyHost {
    private let step: StepName
    let wishes: FlowWishes
    private let guesses: EnvironmentGuesses
    private let launching: String
    private var started: (guess: EnvironmentGuesses.Guess, identity: FolderIdentity)?

    /// - Parameter isAllowed: whether the first step is certain to run, in an environment that is taken as it is.
    init(of graph: FlowGraph, in session: FlowSession, seed: RunSeed, isAllowed: Bool) throws {
        step = graph.entry
        wishes = try FlowWishes(of: graph, in: session)
        guesses = EnvironmentGuesses(store: session.storeLocation.root)
        let hello = try session.hello()
        launching = hello.python.executable
        guard isAllowed, !wishes.isEmpty, let guess = guesses.guess(of: step, in: wishes, launching: launching),
            let identity = FolderIdentity(guess.root)
        else { return }
        session.prepareHosts([
            HostKey(guess.digest.hex): StepEnvironments.commandLine(
                python: guess.python, in: guess.root, hello, session, seed: seed)
        ])
        session.pool.prepare(HostKey(guess.digest.hex))
        started = (guess, identity)
    }

    /// Keeps the host if the step runs in that environment and it is the one that it was; ends it otherwise.
    func settle(_ environments: StepEnvironments, in session: FlowSession) {
        let made = environments.guess(of: step)
        if let started, made != started.guess || FolderIdentity(started.guess.root) != started.identity {
            session.pool.drop(HostKey(started.guess.digest.hex))
        }
        if let made, made != started?.guess { guesses.note(made, of: step, in: wishes, launching: launching) }
    }
}

/// Tells a folder from another one that took its place.
private struct FolderIdentity: Equatable {
    private let device: dev_t
    private let inode: ino_t

    init?(_ path: FilePath) {
        var status = stat()
        guard stat(path.string, &status) == 0 else { return nil }
        (device, inode) = (status.st_dev, status.st_ino)
    }
}
