import Archives
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The making of one environment in a draft folder: wheels are linked into it as they become ready, from several
/// threads; `finish` writes what depends on all of them.
final class EnvironmentAssembly: Sendable {
    let draft: FilePath
    let paths: EnvironmentPaths
    private let methods: LinkMethods
    /// Whether conda packages are there already: of a file that one of them and a wheel have, the wheel's is used.
    private let isOnConda: Bool
    /// Places that were taken when a file was to be linked.
    private let collisions = Mutex<Set<String>>([])

    init(draft: FilePath, paths: EnvironmentPaths, methods: LinkMethods, isOnConda: Bool = false) {
        self.isOnConda = isOnConda
        self.draft = draft
        self.paths = paths
        self.methods = methods
    }

    /// How files get from a file's folder into the environment.
    func method(from source: FilePath, to root: borrowing Folder) throws(EnvironmentError) -> LinkMethod {
        try methods.method(from: source, to: root)
    }

    /// Links the files of these wheels, on all processors.
    func link(_ wheels: [UnpackedWheel]) async throws(EnvironmentError) {
        guard let first = wheels.first else { return }
        let root = try Folder(draft)
        let method = try methods.method(from: first.folder.appending(UnpackedWheel.manifestName), to: root)
        let run = LinkRun(wheels, assembly: self, method: method)
        await ProcessorThreads.spread(width: .max) { run.work() }
        try run.finish()
    }

    /// Notes that something else stands where a file of a wheel goes; `path` is relative to the root.
    func noteCollision(at path: String) {
        collisions.withLock { _ = $0.insert(path) }
    }

    /// Writes scripts and RECORDs and settles whose file stands where several packages have one.
    ///
    /// - Parameter wheels: All that were linked, in the order in which a later one wins.
    func finish(_ wheels: [UnpackedWheel]) throws(EnvironmentError) -> [EnvironmentWarning] {
        let root = try Folder(draft)
        var warnings = try settle(wheels, in: root)
        var writer = OwnFileWriter(paths: paths)
        for wheel in wheels { try writer.write(wheel, in: root) }
        warnings += writer.warnings
        return warnings
    }

    private func settle(
        _ wheels: [UnpackedWheel], in root: borrowing Folder
    ) throws(EnvironmentError) -> [EnvironmentWarning] {
        var warnings: [EnvironmentWarning] = []
        let owners = Owners(wheels, paths: paths, areOnConda: isOnConda)
        for path in collisions.withLock({ $0.sorted() }) {
            if let warning = try owners.settle(path, in: root) { warnings.append(warning) }
        }
        return warnings
    }
}

/// One pass over the folders of some wheels, shared by the threads that link.
private final class LinkRun: Sendable {
    private let wheels: [UnpackedWheel]
    private let assembly: EnvironmentAssembly
    private let method: LinkMethod
    private let turns: [(wheel: Int, group: Int)]
    private let next = Atomic<Int>(0)
    private let failure = Mutex<EnvironmentError?>(nil)

    init(_ wheels: [UnpackedWheel], assembly: EnvironmentAssembly, method: LinkMethod) {
        self.wheels = wheels
        self.assembly = assembly
        self.method = method
        turns = wheels.indices.flatMap { wheel in wheels[wheel].manifest.groups.indices.map { (wheel, $0) } }
    }

    /// Takes folders until none is left.
    func work() {
        do throws(EnvironmentError) {
            let root = try Folder(assembly.draft)
            while failure.withLock({ $0 == nil }) {
                let turn = next.add(1, ordering: .relaxed).oldValue
                guard turn < turns.count else { return }
                let wheel = wheels[turns[turn].wheel]
                try link(wheel.manifest.groups[turns[turn].group], of: wheel, into: root)
            }
        } catch {
            failure.withLock { if $0 == nil { $0 = error } }
        }
    }

    func finish() throws(EnvironmentError) {
        if let error = failure.withLock({ $0 }) { throw error }
    }

    private func link(
        _ group: WheelManifest.Group, of wheel: UnpackedWheel, into root: borrowing Folder
    ) throws(EnvironmentError) {
        let place = assembly.paths.path(
            of: InstallTarget(scheme: group.scheme, path: group.folder), project: wheel.manifest.project)
        let source = try Folder(wheel.files.pushing(FilePath(group.source)))
        guard let target = try folder(at: place, in: root) else { return }
        try group.names.forEach { (name) throws(EnvironmentError) in
            let code = method.place(name, from: source.descriptor, to: target.descriptor)
            if code == 0 { return }
            let path = place.isEmpty ? String(cString: name) : "\(place)/\(String(cString: name))"
            guard code == EEXIST else { throw .system(operation: "link", path: path, code: code) }
            assembly.noteCollision(at: path)
        }
    }

    /// `nil` if a file stands in the way, which is noted.
    private func folder(at place: String, in root: borrowing Folder) throws(EnvironmentError) -> Folder? {
        do throws(EnvironmentError) {
            // Most folders are new: made first, they need not be looked for.
            try root.make(place)
            return try root.folder(place)
        } catch {
            guard case .system(_, _, ENOTDIR) = error else { throw error }
            var parts = place.split(separator: "/")
            var status = stat()
            while parts.count > 1, fstatat(root.descriptor, parts.joined(separator: "/"), &status, AT_SYMLINK_NOFOLLOW) != 0 {
                parts.removeLast()
            }
            assembly.noteCollision(at: parts.joined(separator: "/"))
            return nil
        }
    }
}
