public import PythonPackaging

/// A package that is to be installed, and what it is installed from.
public struct LockSelection: Sendable, Hashable {
    /// What is taken of the sources that a lock has for a package.
    public enum Choice: Sendable, Hashable {
        /// With what the name of the wheel says.
        case wheel(LockedWheel, WheelFilename)
        /// Has to be built, since none of the wheels fits, or there are none.
        case sdist(LockedSdist)
        /// A wheel or sources.
        case archive(LockedArchive)
        case repository(LockedRepository)
        case directory(LockedDirectory)
    }

    /// The entry it is of.
    public let package: LockedPackage
    public let choice: Choice

    public init(package: LockedPackage, choice: Choice) {
        self.package = package
        self.choice = choice
    }
}

extension PyLock {
    /// What to install on a target (PEP 751, installation): of every package whose marker holds the most preferred wheel,
    /// else its sources, in the order of the packages.
    ///
    /// - Parameters:
    ///   - dependencyGroups: The groups to install; the lock's default groups where nothing is said.
    ///   - file: The lock as messages shall call it.
    /// - Throws: Where the lock is not for the target, has none of the extras or groups, or a package cannot be installed.
    public func selection(
        for target: PythonTarget, extras: Set<ExtraName> = [], dependencyGroups: [String]? = nil, file: String
    ) throws(LockError) -> [LockSelection] {
        let groups = (dependencyGroups ?? defaultGroups).compactMap { try? PackageName(parsing: $0) }
        let selector = LockSelector(
            target: target, selection: .lockFile(extras: extras, dependencyGroups: Set(groups)), file: file)
        try selector.check(self)
        try selector.checkDeclared(
            "extras", extras.map(\.description), among: self.extras.map(\.description))
        let declared = (self.dependencyGroups + defaultGroups).compactMap { try? PackageName(parsing: $0) }
        try selector.checkDeclared(
            "dependency-groups", groups.map(\.description), among: declared.map(\.description))
        return try selector.select(packages)
    }
}

private struct LockSelector {
    let target: PythonTarget
    let selection: MarkerSelection
    let file: String

    /// That the lock as a whole is for the target.
    func check(_ lock: PyLock) throws(LockError) {
        try checkPython(lock.requiresPython, at: "requires-python")
        let markers = lock.environments.compactMap { try? Marker(parsing: $0) }
        guard markers.isEmpty || markers.contains(where: isTrue) else {
            throw error("environments", "none of the environments that the lock is for is this one")
        }
    }

    /// That the lock has what is chosen of its extras or groups.
    func checkDeclared(_ key: String, _ chosen: [String], among declared: [String]) throws(LockError) {
        guard let missing = chosen.sorted().first(where: { !declared.contains($0) }) else { return }
        let known = declared.isEmpty ? "none" : Set(declared).sorted().joined(separator: ", ")
        throw error(key, "'\(missing)' is asked for, and the lock has \(known)")
    }

    func select(_ packages: [LockedPackage]) throws(LockError) -> [LockSelection] {
        var chosen: [LockSelection] = []
        var positions: [PackageName: Int] = [:]
        for (position, package) in packages.enumerated() where package.marker.map(isTrue) ?? true {
            let path = "packages[\(position)] (\(package.name))"
            if let first = positions.updateValue(position, forKey: package.name) {
                throw error(path, "packages[\(first)] is an entry for the same package and environment")
            }
            try checkPython(package.requiresPython, at: "\(path).requires-python")
            chosen.append(try choose(package, path))
        }
        return chosen
    }

    private func isTrue(_ marker: Marker) -> Bool {
        marker.evaluate(in: target.markerEnvironment, selection: selection)
    }

    private func checkPython(_ text: String?, at path: String) throws(LockError) {
        guard let text, let specifiers = try? SpecifierSet(parsing: text) else { return }
        guard specifiers.contains(target.pythonVersion) else {
            throw error(path, "it is for Python \(text), and this is Python \(target.pythonVersion)")
        }
    }

    private func choose(_ package: LockedPackage, _ path: String) throws(LockError) -> LockSelection {
        let choice: LockSelection.Choice
        switch package.source {
        case .distributions(let sdist, let wheels):
            if let (wheel, filename) = best(of: wheels) {
                choice = .wheel(wheel, filename)
            } else if let sdist {
                choice = .sdist(sdist)
            } else {
                throw noWheel(package, wheels.map(\.filename), path)
            }
        case .archive(let archive):
            let isWheel = archive.file.filename.hasSuffix(".whl")
            if isWheel, best(of: [archive.file]) == nil { throw noWheel(package, [archive.file.filename], path) }
            choice = .archive(archive)
        case .versionControl(let repository): choice = .repository(repository)
        case .directory(let directory): choice = .directory(directory)
        }
        return LockSelection(package: package, choice: choice)
    }

    private func best(of wheels: [LockedWheel]) -> (LockedWheel, WheelFilename)? {
        let names = wheels.compactMap { try? WheelFilename(parsing: $0.filename) }
        guard let filename = target.tags.best(of: names),
            let wheel = wheels.first(where: { $0.filename == filename.description })
        else { return nil }
        return (wheel, filename)
    }

    private func noWheel(_ package: LockedPackage, _ locked: [String], _ path: String) -> LockError {
        LockError(
            file: file, keyPath: path,
            problem: .noWheel(package: "\(package)", python: "Python \(target.pythonVersion)", locked: locked))
    }

    private func error(_ path: String, _ reason: String) -> LockError {
        LockError(file: file, keyPath: path, problem: .unsuitable(reason))
    }
}
