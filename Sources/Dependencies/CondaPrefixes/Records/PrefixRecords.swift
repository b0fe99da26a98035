import Archives
import CondaPackaging
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Writes the records of packages: of each when it is linked, or when it is compiled.
final class PrefixRecords: Sendable {
    private let packages: [CondaInstallation]
    private let root: PrefixFolder
    private let python: PythonPlaces?
    private let waits: Bool
    /// Files of packages that are compiled first.
    private let waiting = Mutex<[Int: [PrefixRecordText.File]]>([:])

    /// - Parameter waits: Whether `noarch` Python packages are compiled before they are recorded.
    init(_ packages: [CondaInstallation], _ root: PrefixFolder, python: PythonPlaces?, waits: Bool) {
        self.packages = packages
        self.root = root
        self.python = python
        self.waits = waits
    }

    /// Takes what was linked of a package.
    func take(_ files: [PrefixRecordText.File], of number: Int) throws(CondaPrefixError) {
        guard waits, python != nil, packages[number].noarch == .python else { return try write(files, of: number) }
        waiting.withLock { $0[number] = files }
    }

    /// Has the packages compiled that wait for it, and writes their records.
    func finish(_ compile: PrefixInstaller.Compile) async throws(CondaPrefixError) {
        let waiting = waiting.withLock { $0 }.sorted { $0.key < $1.key }
        guard let python, !waiting.isEmpty else { return }
        try await compile(waiting.flatMap { modules(of: $0.value, python) })
        if Task.isCancelled { throw .cancelled }
        try await BlockingWork.run { [self] () throws(CondaPrefixError) in
            for (number, files) in waiting { try write(files + compiled(files, python), of: number) }
        }
    }

    private func modules(of files: [PrefixRecordText.File], _ python: PythonPlaces) -> [String] {
        files.lazy.filter { $0.kind != "directory" }.map(\.path).filter(python.isModule)
    }

    /// What was compiled, as far as something came of it.
    private func compiled(_ files: [PrefixRecordText.File], _ python: PythonPlaces) -> [PrefixRecordText.File] {
        modules(of: files, python).map(python.compiled).compactMap { path in
            var status = stat()
            guard fstatat(root.descriptor, path, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
            return PrefixRecordText.File(path: path, kind: "pyc_file", size: UInt64(status.st_size))
        }
    }

    private func write(_ files: [PrefixRecordText.File], of number: Int) throws(CondaPrefixError) {
        let package = packages[number]
        let text = PrefixRecordText(package: package, files: files, requested: package.requestedSpecs.first)
        try root.write(text.bytes, to: "conda-meta/\(package.record.fileName.stem).json", mode: 0o644)
    }
}
