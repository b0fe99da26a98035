import CondaPackaging
import Digests
import Lockfiles
import Resolution

/// A Python of a channel with what it depends on.
struct PythonSolution: Sendable {
    let lock: PyLock
    let target: LockTarget
    private let python: LockedCondaPackage?

    init(_ packages: [LockedCondaPackage], to request: CondaRequest, on target: CondaTarget) {
        let answer = CondaAnswer(packages, for: target, platform: target.subdir.description)
        lock = PyLock([answer], to: request)
        self.target = answer.lockTarget
        python = packages.first { $0.record.name.description == "python" }
    }

    /// That of its folder: `cpython-3.12.7-conda-3f2a8b1c9d04`, after all packages; `cpython-3.13.1+freethreaded-conda-…`.
    var name: String {
        let isFreeThreaded = python?.record.build.hasSuffix("t") ?? false
        let packages = lock.conda?.packages ?? []
        let lines = packages.map { "\($0.url) \($0.record.sha256?.hex ?? $0.record.md5.map { "\($0)" } ?? "")" }.sorted()
        let digest = SHA256Digest(hashing: lines.joined(separator: "\n"))
        return "cpython-\(target.python)\(isFreeThreaded ? "+freethreaded" : "")-conda-\(digest.hex.prefix(12))"
    }

    /// For a person.
    var title: String {
        let channel = python.map { $0.channel.split(separator: "/").last.map(String.init) ?? $0.channel } ?? "a channel"
        return "Python \(target.python) of the conda channel \(channel)"
    }
}
