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
        let number = lock.packages.count + (lock.conda?.packages.count ?? 0)
        let fromConda = lock.conda.map { " (\($0.packages.count) of conda)" } ?? ""
        let count = (number == 1 ? "1 package" : "\(number) packages") + fromConda
        let targets = (lock.origin?.targets ?? []).map(\.words).joined(separator: ", ")
        let what = "\(file): \(count)" + (targets.isEmpty ? "" : " for \(targets)")
        if isUnchanged { return ["Nothing changes in \(what)"] }
        return ["Wrote \(what)"] + (earlier.map { lock.changes(since: $0) } ?? []).map { "  " + words($0, terminal) }
    }

    private func words(_ change: LockChange, _ terminal: Terminal) -> String {
        func list(_ versions: [String]) -> String { versions.joined(separator: ", ") }
        let arrow = terminal.isUnicode ? "→" : "->"
        let name = change.isConda ? "\(change.name) (conda)" : change.name
        if change.old.isEmpty { return "\(name) \(list(change.new)) is new" }
        if change.new.isEmpty { return "\(name) \(list(change.old)) is gone" }
        return "\(name) \(list(change.old)) \(arrow) \(list(change.new))"
    }
}
