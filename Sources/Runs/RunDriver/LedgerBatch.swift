import Executors
import Ledger

/// Entries on their way to the ledger. One transaction holds many tasks' entries: a commit costs more than an entry.
final class LedgerBatch {
    private let ledger: RunLedger
    private let run: RunKey
    private let loop: EventLoop
    private var entries: [LedgerEntry] = []
    private var timer: EventLoop.Timer?
    /// Told when the ledger refuses; the entries are lost then, and the run must end.
    var onFailure: ((any Error) -> Void)?

    /// Entries that make a transaction worthwhile by themselves.
    private static let full = 256
    /// The longest that an entry waits.
    private static let patience: Duration = .milliseconds(25)

    init(ledger: RunLedger, run: RunKey, loop: EventLoop) {
        self.ledger = ledger
        self.run = run
        self.loop = loop
    }

    func add(_ new: LedgerEntry...) {
        entries += new
        if entries.count >= Self.full {
            flush()
        } else if timer == nil {
            timer = loop.after(Self.patience) { [unowned self] in self.flush() }
        }
    }

    /// Writes everything now.
    func flush() {
        if let timer { loop.cancel(timer) }
        timer = nil
        guard !entries.isEmpty else { return }
        let batch = entries
        entries = []
        do {
            try ledger.commit(batch, of: run)
        } catch {
            onFailure?(error)
        }
    }
}
