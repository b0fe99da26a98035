public import CondaPackaging
import PythonPackaging

extension PyLock {
    /// The lock of a list of archives (`@EXPLICIT`). Nothing is solved: what it names is installed.
    ///
    /// - Parameter file: the list as messages shall call it.
    /// - Throws: where an archive is not in a channel, has no hash, or is there twice.
    public init(_ list: ExplicitList, file: String) throws(ForeignFileError) {
        var packages: [LockedCondaPackage] = []
        for entry in list.entries {
            guard let place = CondaArchivePlace(entry.url) else {
                throw ForeignFileError(
                    file: file, line: nil, "\(LockedURL.withoutSecrets(entry.url)) does not lie in the folder of a channel")
            }
            guard entry.md5 != nil || entry.sha256 != nil else {
                throw ForeignFileError(
                    file: file, line: nil, "\(entry.archive) has no hash, so that a lock could not tell whether it is the same",
                    help: "make the list with: conda list --explicit --md5")
            }
            if packages.contains(where: { $0.record.name == place.archive.name }) {
                throw ForeignFileError(file: file, line: nil, "\(place.archive.name) is in the list twice")
            }
            var record = place.record()
            record.md5 = entry.md5
            record.sha256 = entry.sha256
            packages.append(LockedCondaPackage(record: record, url: place.url, channel: place.channel))
        }
        let subdir = list.platform ?? packages.map(\.record.subdir).first { $0 != .noarch }
        self.init(imported: packages, on: subdir)
    }

    /// A lock of what another tool has locked for one platform.
    init(imported: [LockedCondaPackage], python: [LockedPackage] = [], on subdir: Subdir?) {
        let target = LockedConda.target(of: imported, on: subdir)
        let packages = imported.map { package in
            LockedCondaPackage(
                record: package.record, url: package.url, channel: package.channel, targets: target.map { [$0] } ?? [],
                provides: package.provides)
        }
        self.init(packages: python, conda: LockedConda(packages: packages))
    }

    /// The conda packages as a list of archives that conda, mamba and others install, each behind those that it needs.
    ///
    /// - Parameters:
    ///   - subdir: the platform; that of the lock where it is for one.
    ///   - file: the lock as messages shall call it.
    /// - Throws: where the lock is for several platforms and none is named, has no conda packages for it, or Python packages, which
    ///   the format has no place for.
    public func explicitList(for subdir: Subdir?, file: String) throws(LockError) -> ExplicitList {
        let (subdir, packages) = try condaPackages(on: subdir, file: file)
        guard self.packages.isEmpty else {
            let names = self.packages.prefix(3).map(\.name.description).joined(separator: ", ")
            throw LockError(
                file: file, keyPath: "packages",
                problem: .unsuitable("an @EXPLICIT list has no place for Python packages, and the lock has some (\(names)); use environment.yml"))
        }
        return ExplicitList(
            platform: subdir,
            entries: Self.inOrderOfNeed(packages).map {
                ExplicitList.Entry(url: $0.url, archive: $0.record.fileName, md5: $0.record.md5, sha256: $0.record.sha256)
            })
    }

    /// The conda packages that are installed on a platform.
    func condaPackages(on subdir: Subdir?, file: String) throws(LockError) -> (Subdir, [LockedCondaPackage]) {
        let packages = conda?.packages ?? []
        func error(_ reason: String) -> LockError {
            LockError(file: file, keyPath: "tool.penstock.conda.packages", problem: .unsuitable(reason))
        }
        guard !packages.isEmpty else { throw error("the lock has no conda packages") }
        let known = Set(packages.map(\.record.subdir).filter { $0 != .noarch }).sorted()
        guard let chosen = subdir ?? (known.count == 1 ? known[0] : nil) else {
            let names = known.map(\.description).joined(separator: ", ")
            throw error(known.isEmpty ? "none of the conda packages tells a platform: name one" : "the lock is for \(names): name one of them")
        }
        guard known.isEmpty || known.contains(chosen) else {
            throw error("the lock has no conda packages for \(chosen), only for \(known.map(\.description).joined(separator: ", "))")
        }
        let targets = Set(packages.filter { $0.record.subdir == chosen }.flatMap(\.targets))
        return (
            chosen,
            packages.filter { package in
                package.record.subdir == chosen
                    || package.record.subdir == .noarch && (package.targets.isEmpty || targets.isEmpty || !targets.isDisjoint(with: package.targets))
            }
        )
    }

    /// Each package behind those that it needs; in circles, by name.
    private static func inOrderOfNeed(_ packages: [LockedCondaPackage]) -> [LockedCondaPackage] {
        let positions = Dictionary(packages.indices.map { (packages[$0].record.name, $0) }) { first, _ in first }
        var ordered: [LockedCondaPackage] = []
        var state: [Int: Bool] = [:]
        for start in packages.indices {
            // A stack of its own: chains can be as long as the lock.
            var open = [start]
            while let next = open.last {
                if state[next] != nil {
                    open.removeLast()
                    if state[next] == false { ordered.append(packages[next]) }
                    state[next] = true
                    continue
                }
                state[next] = false
                let needs = packages[next].neededNames.compactMap { positions[$0] }.filter { state[$0] == nil }
                open += needs.sorted(by: >)
            }
        }
        return ordered
    }
}

extension LockedCondaPackage {
    /// The names that its dependencies are about.
    var neededNames: [CondaName] {
        record.depends.compactMap { (try? MatchSpec(parsing: $0))?.name.exactName }
    }
}
