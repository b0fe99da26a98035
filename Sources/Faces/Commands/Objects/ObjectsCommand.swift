import Archives
import ArgumentParser
import Glibc
import ObjectStores
import PackageSources

/// `penstock objects --stdio`: fetches and stores objects for the Python class `S3` (docs/worker-protocol.md, "Objects").
struct ObjectsCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "objects",
        abstract: "Fetch and store objects of S3.",
        discussion: "The Python class S3 starts this for itself; the protocol is in docs/worker-protocol.md.",
        shouldDisplay: false)

    @Flag(help: "Speak on standard input and output.")
    var stdio = false

    func validate() throws {
        guard stdio else { throw ValidationError("say how to speak: --stdio") }
    }

    func perform(in session: StandaloneSession) throws -> Int32 {
        // Whoever asked may be gone.
        signal(SIGPIPE, SIG_IGN)
        let service = ObjectService(environment: session.environment)
        let lines = InputLines()
        return try waitingUnlessInterrupted {
            // More would only wait for connections, with their bytes in memory.
            let limit = ConcurrencyLimit(service.concurrency * 2)
            await withDiscardingTaskGroup { group in
                while let line = await BlockingWork.runApart({ lines.next() }) {
                    group.addTask { _ = await limit.pass { await service.answer(line) } }
                }
            }
            return 0
        }
    }
}
