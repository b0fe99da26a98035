public import PythonPackaging

/// A wheel that is to be installed.
public struct LockSelection: Sendable, Hashable {
    /// The entry it is of.
    public let package: LockedPackage
    public let wheel: LockedWheel
    /// What the name of the wheel says.
    public let filename: WheelFilename
    /// Where the wheel is fetched from.
    public let url: String
}

extension PyLock {
    /// The wheels to install on a target (PEP 751, installation): of every package whose marker holds the most
    /// preferred wheel, in the order of the packages.
    ///
    /// - Parameters:
    ///   - dependencyGroups: The groups to install; the lock's default groups where nothing is said.
    ///   - file: The lock as messages shall call it.
    /// - Throws: Where the lock is not for the target, or a package cannot be installed on it.
    public func selection(
        for target: PythonTarget, extras: Set<ExtraName> = [], dependencyGroups: [String]? = nil, file: String
    ) throws(LockError) -> [LockSelection] {
        let groups = (dependencyGroups ?? defaultGroups).compactMap { try? PackageName(parsing: $0) }
        let selector = LockSelector(
            target: target, selection: .lockFile(extras: extras, dependencyGroups: Set(groups)), file: file)
        try selector.check(self)
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
        guard !package.wheels.isEmpty else {
            throw LockError(file: file, keyPath: path, problem: .unsupported(package.source.words))
        }
        var names: [WheelFilename] = []
        for wheel in package.wheels {
            if let name = try? WheelFilename(parsing: wheel.filename) { names.append(name) }
        }
        guard let filename = target.tags.best(of: names),
            let wheel = package.wheels.first(where: { $0.filename == filename.description })
        else {
            throw LockError(
                file: file, keyPath: path,
                problem: .noWheel(
                    package: "\(package)", python: "Python \(target.pythonVersion)",
                    locked: package.wheels.map(\.filename)))
        }
        guard let url = wheel.url else {
            throw LockError(file: file, keyPath: path, problem: .unsupported("its wheel lies in a folder"))
        }
        return LockSelection(package: package, wheel: wheel, filename: filename, url: url)
    }

    private func error(_ path: String, _ reason: String) -> LockError {
        LockError(file: file, keyPath: path, problem: .unsuitable(reason))
    }
}
