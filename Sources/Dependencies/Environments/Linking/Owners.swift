import Archives
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Answers which packages have a file at a place; asked only when a place was taken.
struct Owners {
    private let wheels: [UnpackedWheel]
    private let paths: EnvironmentPaths
    private let areOnConda: Bool

    /// - Parameters:
    ///   - wheels: In the order in which a later one wins.
    ///   - areOnConda: whether a file that is there may be one of a conda package.
    init(_ wheels: [UnpackedWheel], paths: EnvironmentPaths, areOnConda: Bool = false) {
        self.areOnConda = areOnConda
        self.wheels = wheels
        self.paths = paths
    }

    /// A package's file, as it lies in the cache.
    struct Owner {
        var wheel: UnpackedWheel
        var file: FilePath
    }

    /// All that put a file at `path`, which is relative to the root.
    func owners(of path: String) -> [Owner] {
        wheels.flatMap { wheel in
            InstallScheme.allCases.compactMap { scheme in
                let folder = paths.folder(of: scheme, project: wheel.manifest.project)
                guard folder.isEmpty || path.hasPrefix(folder + "/") else { return nil }
                let rest = folder.isEmpty ? path : String(path.dropFirst(folder.count + 1))
                return wheel.manifest.source(of: InstallTarget(scheme: scheme, path: rest)).map { source in
                    Owner(wheel: wheel, file: wheel.files.pushing(FilePath(source)))
                }
            }
        }
    }

    /// The packages with a file at a place that should be a folder on the way to `path`, or be `path`; and those with
    /// files below.
    func along(_ path: String) -> [String] {
        var packages: [String] = []
        var prefix = path
        while !prefix.isEmpty {
            packages += owners(of: prefix).map(\.wheel.name)
            prefix = prefix.lastIndex(of: "/").map { String(prefix[..<$0]) } ?? ""
        }
        for wheel in wheels {
            let isBelow = wheel.manifest.groups.contains { group in
                let target = InstallTarget(scheme: group.scheme, path: group.folder)
                let folder = paths.path(of: target, project: wheel.manifest.project)
                return folder == path || folder.hasPrefix(path + "/")
            }
            if isBelow, !packages.contains(wheel.name) { packages.append(wheel.name) }
        }
        return packages
    }

    /// Sees to it that the last owner's file stands at `path`; a warning if the others have another content.
    func settle(_ path: String, in root: borrowing Folder) throws(EnvironmentError) -> EnvironmentWarning? {
        var status = stat()
        if fstatat(root.descriptor, path, &status, AT_SYMLINK_NOFOLLOW) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw .collision(path: path, packages: along(path))
        }
        let owners = owners(of: path)
        if areOnConda, let last = owners.last {
            let content = try content(of: last)
            // What a second wheel found here may have been the file of the first one.
            if owners.count == 1, try root.read(path) == content { return nil }
            try put(last, at: path, in: root)
            return .sharedPath(path: path, packages: (owners.count == 1 ? ["the conda packages"] : []) + owners.map(\.wheel.name))
        }
        guard let last = owners.last, owners.count > 1 else { throw .collision(path: path, packages: along(path)) }
        let content = try content(of: last)
        for owner in owners.dropLast() where try self.content(of: owner) != content {
            try put(last, at: path, in: root)
            return .sharedPath(path: path, packages: owners.map(\.wheel.name))
        }
        return nil
    }

    private func content(of owner: Owner) throws(EnvironmentError) -> [UInt8]? {
        try Folder(owner.file.removingLastComponent()).read(owner.file.lastComponent?.string ?? "")
    }

    private func put(_ owner: Owner, at path: String, in root: borrowing Folder) throws(EnvironmentError) {
        let place = FilePath(path)
        let target = try root.folder(place.removingLastComponent().string)
        let source = try Folder(owner.file.removingLastComponent())
        // The name in the cache is the name in the environment.
        guard let name = place.lastComponent?.string else { return }
        try target.remove(name)
        let code = LinkMethod.hardLink.place(name, from: source.descriptor, to: target.descriptor)
        if code != 0 { throw .system(operation: "link", path: path, code: code) }
    }
}
