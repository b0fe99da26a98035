package import CondaPackaging
import Digests
public import Lockfiles

/// The conda packages of a lock for one target: what an environment with a Python of its own is made of, below the wheels.
package struct CondaPart: Sendable {
    package let target: LockTarget
    /// In the order of the lock.
    package let packages: [LockedCondaPackage]

    /// - Throws: where the lock has none for the target, or no Python among them.
    package init(of lock: PyLock, for target: LockTarget) throws(EnvironmentError) {
        self.target = target
        packages = lock.condaPackages(for: target)
        if packages.isEmpty { throw Self.unsuitable("it has no conda packages for \(target.words)") }
        guard packages.contains(where: { $0.record.name.description == "python" }) else {
            throw Self.unsuitable("the conda packages for \(target.words) have no python")
        }
    }

    /// What an environment has noted; `nil` for one without conda packages.
    init?(recordedIn origin: EnvironmentOrigin) {
        guard !origin.conda.isEmpty else { return nil }
        let urls = Set(origin.conda.map(\.url))
        target = LockTarget(platform: origin.python.platform, python: origin.python.version)
        packages = ((try? origin.parsedLock()) ?? nil)?.conda?.packages.filter { urls.contains($0.url) } ?? []
    }

    private static func unsuitable(_ reason: String) -> EnvironmentError {
        .lock(LockError(file: "pylock.toml", keyPath: "tool.penstock.conda.packages", problem: .unsuitable(reason)))
    }

    /// Environments that are laid out in another way have other addresses.
    private static let layoutVersion = 1

    /// The address of the environment: its conda packages and wheels. No interpreter of the machine has a part in it.
    ///
    /// - Parameters:
    ///   - lock: the digest of the Python packages.
    ///   - contents: what folders that are installed hold at the moment, in the order of the lock.
    ///   - linkScripts: what becomes of the scripts of packages.
    func digest(_ lock: SHA256Digest, contents: [SHA256Digest], linkScripts: LinkScriptPolicy) -> SHA256Digest {
        let scripts = linkScripts == .run ? ["with link scripts"] : []
        let lines = packages.map { "\($0.record.fileName) \($0.identity)" }.sorted() + contents.map { "\($0)" } + scripts
        return SHA256Digest(
            hashing: "penstock conda environment \(Self.layoutVersion)\n\(lock)\n\(lines.joined(separator: "\n"))")
    }
}

extension PyLock {
    /// The conda packages that a target installs, in the order of the lock: those that were locked for it, or for the one with the
    /// newest system that serves it.
    package func condaPackages(for target: LockTarget) -> [LockedCondaPackage] {
        let packages = conda?.packages ?? []
        let targets = Set(packages.flatMap(\.targets))
        let chosen = targets.contains(target) ? target : targets.filter { $0.covers(target) }.max()
        return packages.filter { package in package.targets.isEmpty || chosen.map(package.targets.contains) ?? false }
    }

    /// The target that a machine installs: its platform, with the Python that was locked for it; `nil` for a lock whose conda
    /// packages have no Python for it, and for one without conda packages.
    ///
    /// - Parameter platform: `linux-x86_64-glibc-2.36`
    public func condaTarget(onPlatform platform: String) -> LockTarget? {
        for package in conda?.packages ?? [] where package.record.name.description == "python" {
            let target = LockTarget(platform: platform, python: package.record.version.description)
            let targets = package.targets.isEmpty ? origin?.targets ?? [] : package.targets
            if targets.isEmpty || targets.contains(where: { $0.covers(target) }) { return target }
        }
        return nil
    }
}

extension LockedCondaPackage {
    /// What tells its archive from every other: its SHA-256, or what else is known where repodata has none.
    var identity: String { record.sha256?.hex ?? record.md5.map { "md5 \($0)" } ?? url }

    /// `numpy-2.1.3-py312_0`
    package var title: String { record.fileName.stem }
}
