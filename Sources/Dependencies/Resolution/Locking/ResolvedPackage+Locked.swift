internal import Digests
internal import Lockfiles
internal import PythonPackaging

extension ResolvedPackage {
    /// As a lock has it; `nil` for a file without a hash, which is not chosen.
    var locked: LockedPackage? {
        let source: LockedSource
        var version: Version? = version
        switch self.source {
        case .wheel(let offered):
            guard let wheel = LockedFile(offered.file) else { return nil }
            source = .distributions(sdist: nil, wheels: [wheel])
        case .sdist(let offered):
            guard let sdist = LockedFile(offered.file) else { return nil }
            source = .distributions(sdist: sdist, wheels: [])
        case .direct(let distribution):
            source = distribution.source
            if distribution.hasDynamicVersion { version = nil }
        }
        return LockedPackage(
            name: name, version: version, requiresPython: requiresPython,
            dependencies: dependencies.map { LockedDependency(name: $0) }, source: source, index: offered?.index)
    }
}

extension LockedFile {
    fileprivate init?(_ file: IndexFile) {
        guard let digest = file.sha256 else { return nil }
        self.init(
            filename: file.filename, url: file.url, sha256: digest, size: file.size, uploadTime: file.uploadTime)
    }
}
