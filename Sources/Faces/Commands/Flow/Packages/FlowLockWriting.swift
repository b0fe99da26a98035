import FlowModel
import FoundationEssentials
import Lockfiles
import Resolution
import RunDriver
import SystemPackage

/// Makes the locks of a flow and puts them beside it.
struct FlowLockWriting {
    private let locking: FlowLocking
    private let wishes: FlowWishes
    private let order: FlowLockOrder

    init(_ locking: FlowLocking, _ wishes: FlowWishes, _ order: FlowLockOrder) {
        self.locking = locking
        self.wishes = wishes
        self.order = order
    }

    func perform(isJSON: Bool, on session: FlowSession) throws -> Int32 {
        let locks = try waitingUnlessInterrupted { [locking, wishes, order] in try await locking.relock(wishes, order) }
        for lock in locks where lock.earlier?.text != lock.lock.text {
            try OutputFile(locking.place(of: lock.name)).write(lock.lock.text.utf8)
        }
        let idle = try removeIdle()
        if isJSON {
            session.output.writeLine(try JSONText(locks.map { LockOutput($0) }).text)
        } else {
            for lock in locks { tell(lock, on: session.error) }
            for file in idle { session.error.writeLine("Removed \(file), which no step has any more.") }
            if let project = wishes.project {
                session.error.writeLine("\(project.lockFile) is up to date; 'uv lock' makes it.")
            } else if locks.isEmpty {
                session.error.writeLine("No step asks for packages, so there is nothing to lock.")
            }
        }
        return 0
    }

    private func removeIdle() throws -> [String] {
        let idle = try locking.idle(wishes)
        for file in idle { try FileManager.default.removeItem(atPath: locking.folder.appending(file).string) }
        return idle
    }

    private func tell(_ lock: FlowLock, on terminal: Terminal) {
        let summary = LockSummary(lock.lock, file: lock.name.file, since: lock.earlier)
        for line in summary.lines(on: terminal) { terminal.writeLine(line) }
    }
}

extension LockOutput {
    fileprivate init(_ lock: FlowLock) {
        self.init(lock.lock, file: lock.name.file, steps: lock.steps.map(\.text), since: lock.earlier)
    }
}
