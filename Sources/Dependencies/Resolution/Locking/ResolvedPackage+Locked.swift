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
            if distribution.hasDynamicVersion || source.isTree { version = nil }
        }
        return LockedPackage(
            name: name, version: version, requiresPython: requiresPython,
            dependencies: dependencies.map { LockedDependency(name: $0) }, source: source, index: offered?.index,
            tool: LockedPackage.noting(requirements.filter { $0.name != name }.compactMap(\.lockText)))
    }
}

extension Requirement {
    /// The text to note beside the name of a dependency; `nil` where it says no more than that.
    fileprivate var lockText: String? {
        guard case .registry(let specifiers) = source, !specifiers.specifiers.isEmpty || !extras.isEmpty else { return nil }
        return Requirement(name: name, extras: extras, source: source, marker: marker).description
    }
}

extension LockedPackage {
    /// The requirements of the metadata, in Penstock's own table of a package: a report can say which versions were asked
    /// for, and of the lock format the names alone are known.
    static func noting(_ requirements: some Sequence<String>) -> [String: LockValue] {
        let texts = Set(requirements).sorted()
        return texts.isEmpty ? [:] : ["penstock": .table(["requires": .array(texts.map(LockValue.string))])]
    }

    /// The requirements that are noted.
    var notedRequirements: [String] {
        guard case .table(let own)? = tool["penstock"], case .array(let texts)? = own["requires"] else { return [] }
        return texts.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }
}

extension LockedFile {
    fileprivate init?(_ file: IndexFile) {
        guard let digest = file.sha256 else { return nil }
        self.init(
            filename: file.filename, url: file.url, sha256: digest, size: file.size, uploadTime: file.uploadTime)
    }
}
