import CondaPackaging
import Digests
import PythonPackaging

/// A package of an environment or of a lock, as far as another one may differ from it.
public struct ComparedPackage: Sendable, Hashable {
    /// Normalized.
    public var name: String
    /// More than one where a lock for several targets has more.
    public var versions: [String]
    /// Where it comes from: `index`, `folder …`, `git …`, `archive …`.
    public var source: String
    /// SHA-256 of its files, in hexadecimal digits.
    public var hashes: Set<String>

    public init(name: String, versions: [String], source: String = "index", hashes: Set<String> = []) {
        self.name = name
        self.versions = versions
        self.source = source
        self.hashes = hashes
    }
}

/// What is different in a second environment or lock.
public struct PackageDelta: Sendable, Hashable {
    public enum Part: String, Sendable, Hashable { case version, source, files }

    public struct Change: Sendable, Hashable {
        public var before: ComparedPackage
        public var after: ComparedPackage
        /// At least one.
        public var parts: [Part]
    }

    /// In the order of names, like the others.
    public var added: [ComparedPackage] = []
    public var removed: [ComparedPackage] = []
    public var changed: [Change] = []

    public var isEmpty: Bool { added.isEmpty && removed.isEmpty && changed.isEmpty }

    public init(from before: [ComparedPackage], to after: [ComparedPackage]) {
        let (old, new) = (Self.byName(before), Self.byName(after))
        added = new.filter { old[$0.key] == nil }.map(\.value).sorted { $0.name < $1.name }
        removed = old.filter { new[$0.key] == nil }.map(\.value).sorted { $0.name < $1.name }
        for (name, first) in old.sorted(by: { $0.key < $1.key }) {
            guard let second = new[name] else { continue }
            let parts = Self.differences(first, second)
            if !parts.isEmpty { changed.append(Change(before: first, after: second, parts: parts)) }
        }
    }

    private static func byName(_ packages: [ComparedPackage]) -> [String: ComparedPackage] {
        Dictionary(packages.map { ($0.name, $0) }) { first, second in
            var both = first
            both.versions = Set(first.versions + second.versions).sorted()
            both.hashes.formUnion(second.hashes)
            return both
        }
    }

    private static func differences(_ before: ComparedPackage, _ after: ComparedPackage) -> [Part] {
        var parts: [Part] = []
        if before.versions != after.versions { parts.append(.version) }
        if before.source != after.source { parts.append(.source) }
        // A lock names files for other machines, too: those in common are enough to be the same.
        let isKnown = !before.hashes.isEmpty && !after.hashes.isEmpty
        if parts.isEmpty, isKnown, before.hashes.isDisjoint(with: after.hashes) { parts.append(.files) }
        return parts
    }
}

extension PyLock {
    /// The packages, those of all targets.
    public var comparedPackages: [ComparedPackage] {
        packages.map { package in
            ComparedPackage(
                name: package.name.description, versions: package.version.map { [$0.description] } ?? [],
                source: package.source.comparedWords, hashes: Set(package.source.fileHashes))
        } + (conda?.packages ?? []).map { package in
            let record = package.record
            return ComparedPackage(
                name: record.name.description, versions: ["\(record.version) \(record.build)"], source: "conda",
                hashes: Set([record.sha256?.hex ?? record.md5?.description].compactMap(\.self)))
        }
    }
}

extension LockedSource {
    /// `index`, `folder ../tools`, `git https://…@1f2e…`, `archive …`
    public var comparedWords: String {
        switch self {
        case .distributions: "index"
        case .versionControl(let repository):
            "\(repository.type) \(repository.url ?? repository.path ?? "")@\(repository.commitID.prefix(12))"
                + (repository.subdirectory.map { "#\($0)" } ?? "")
        case .directory(let directory): "folder \(directory.path)"
        case .archive(let archive): "archive \(archive.file.url ?? archive.file.path ?? archive.file.filename)"
        }
    }

    fileprivate var fileHashes: [String] {
        switch self {
        case .distributions(let sdist, let wheels): (wheels + [sdist].compactMap(\.self)).map(\.sha256.hex)
        case .archive(let archive): [archive.file.sha256.hex]
        case .versionControl, .directory: []
        }
    }
}
