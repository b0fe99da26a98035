import Lockfiles
import PythonPackaging

/// What is said about a lock that was made.
struct LockSummary {
    private let file: String
    private let lock: PyLock
    private let earlier: PyLock?

    init(_ lock: PyLock, file: String, since earlier: PyLock?) {
        self.file = file
        self.lock = lock
        self.earlier = earlier
    }

    var isUnchanged: Bool { earlier.map { $0.text == lock.text } ?? false }

    /// `Wrote pylock.toml: 12 packages for Python 3.11.7 on linux-x86_64-glibc-2.28`, and below it what changed.
    func lines(on terminal: Terminal) -> [String] {
        let count = lock.packages.count == 1 ? "1 package" : "\(lock.packages.count) packages"
        let targets = (lock.origin?.targets ?? []).map(\.words).joined(separator: ", ")
        let what = "\(file): \(count)" + (targets.isEmpty ? "" : " for \(targets)")
        if isUnchanged { return ["Nothing changes in \(what)"] }
        return ["Wrote \(what)"] + (earlier.map { lock.changes(since: $0) } ?? []).map { "  " + words($0, terminal) }
    }

    private func words(_ change: LockChange, _ terminal: Terminal) -> String {
        func list(_ versions: [Version]) -> String { versions.map(\.description).joined(separator: ", ") }
        let arrow = terminal.isUnicode ? "→" : "->"
        if change.old.isEmpty { return "\(change.name) \(list(change.new)) is new" }
        if change.new.isEmpty { return "\(change.name) \(list(change.old)) is gone" }
        return "\(change.name) \(list(change.old)) \(arrow) \(list(change.new))"
    }
}
