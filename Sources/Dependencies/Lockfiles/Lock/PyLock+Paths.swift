/// For a lock that is to lie in another folder.
extension PyLock {
    /// The same lock with every path that is relative to its folder made an absolute one.
    ///
    /// - Parameter folder: absolute, where the lock lay.
    public func withAbsolutePaths(below folder: String) -> PyLock {
        var lock = self
        for place in lock.packages.indices {
            lock.packages[place].source = lock.packages[place].source.withAbsolutePaths(below: folder)
        }
        return lock
    }
}

extension LockedSource {
    fileprivate func withAbsolutePaths(below folder: String) -> LockedSource {
        switch self {
        case .distributions(var sdist, var wheels):
            sdist?.makePathAbsolute(below: folder)
            for place in wheels.indices { wheels[place].makePathAbsolute(below: folder) }
            return .distributions(sdist: sdist, wheels: wheels)
        case .versionControl(var repository):
            repository.path = repository.path?.madeAbsolute(below: folder)
            return .versionControl(repository)
        case .directory(var directory):
            directory.path = directory.path.madeAbsolute(below: folder)
            return .directory(directory)
        case .archive(var archive):
            archive.file.makePathAbsolute(below: folder)
            return .archive(archive)
        }
    }
}

extension LockedFile {
    fileprivate mutating func makePathAbsolute(below folder: String) {
        path = path?.madeAbsolute(below: folder)
    }
}

extension String {
    fileprivate func madeAbsolute(below folder: String) -> String {
        if hasPrefix("/") { return self }
        var parts = folder.split(separator: "/")
        for part in split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }
}
