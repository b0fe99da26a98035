import Archives
import FoundationEssentials
package import PackageSources
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The folder of Pythons that Penstock has fetched: one folder for each, named as `StandaloneBuild.name`.
///
/// A Python appears complete, by renaming, and is not changed afterwards. What begins with a dot is a lock, or a draft of a
/// process that fetches; a draft whose lock can be taken belongs to a process that has ended.
package struct FetchedPythons: Sendable {
    let folder: FilePath

    /// - Throws: `.noFolder`.
    package init(environment: [String: String]) throws(PythonFetchError) {
        guard let folder = PersonalPlaces(environment: environment).fetchedPythons else { throw .noFolder }
        self.folder = folder
    }

    package func place(of name: String) -> FilePath { folder.appending(name) }

    /// The names of what is there.
    var names: [String] {
        FileQuestions.names(in: folder).filter { !$0.hasPrefix(".") && Self.python(in: folder.appending($0)) != nil }
    }

    /// The binary of an installation; `nil` if there is none.
    package static func python(in installation: FilePath) -> FilePath? {
        let bin = installation.appending("bin")
        let usual = [bin.appending("python3"), bin.appending("python")].first(where: FileQuestions.isExecutable)
        if let usual { return usual }
        let named = FileQuestions.names(in: bin).filter { $0.hasPrefix("python3.") && $0.dropFirst(8).allSatisfy { $0.isNumber || $0 == "t" } }
        return named.map { bin.appending($0) }.first(where: FileQuestions.isExecutable)
    }

    /// Makes the folder. Blocks.
    package func prepare() throws(PythonFetchError) {
        do {
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        } catch {
            throw .folder(operation: "make the folder", path: folder.string, code: errno)
        }
    }

    /// Of all processes one has the lock of a name, until it releases it or ends.
    package func lock(_ name: String, waiting: @Sendable () -> Void) async throws(PythonFetchError) -> CacheLock {
        do throws(PackageSourceError) {
            return try await CacheLock.take(lockFile(name), waiting: waiting)
        } catch {
            switch error {
            case .cancelled: throw .cancelled
            case .cache(let operation, let path, let code): throw .folder(operation: operation, path: path, code: code)
            default: throw .source(error)
            }
        }
    }

    /// Makes an empty draft for a name whose lock the caller holds. Blocks.
    func makeDraft(_ name: String) throws(PythonFetchError) -> FilePath {
        let token = String(UInt64.random(in: .min ... .max), radix: 36)
        let draft = folder.appending(".\(name).\(getpid()).\(token)")
        guard mkdir(draft.string, 0o755) == 0 else {
            throw .folder(operation: "make the folder", path: draft.string, code: errno)
        }
        return draft
    }

    /// Moves a finished installation to its place; what is there and has no Python gives way. Blocks.
    func publish(_ installation: FilePath, as name: String) throws(PythonFetchError) {
        let place = place(of: name)
        if rename(installation.string, place.string) == 0 { return }
        guard errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR else {
            throw .folder(operation: "move the Python to its place", path: place.string, code: errno)
        }
        let old = try makeDraft(name)
        defer { remove(old) }
        guard rename(place.string, old.appending("old").string) == 0, rename(installation.string, place.string) == 0 else {
            throw .folder(operation: "move the Python to its place", path: place.string, code: errno)
        }
    }

    /// Removes what is at a name whose lock the caller holds: at once for others, then file by file. Blocks.
    func discard(_ name: String) throws(PythonFetchError) {
        let draft = try makeDraft(name)
        defer { remove(draft) }
        guard rename(place(of: name).string, draft.appending("old").string) == 0 else {
            throw .folder(operation: "remove the Python", path: place(of: name).string, code: errno)
        }
    }

    /// Removes what ended processes have left behind. Blocks.
    ///
    /// - Parameter held: the name whose lock the caller holds, and for which it has made no draft yet.
    package func sweep(held: String) {
        for entry in FileQuestions.names(in: folder) where entry.hasPrefix(".") && !entry.hasSuffix(".lock") {
            let parts = entry.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count > 2 else { continue }
            let name = parts.dropLast(2).joined(separator: ".")
            if name == held {
                remove(folder.appending(entry))
            } else if let lock = (try? CacheLock.attempt(lockFile(name))) ?? nil {
                remove(folder.appending(entry))
                lock.release()
            }
        }
    }

    func remove(_ path: FilePath) { try? FileManager.default.removeItem(atPath: path.string) }

    private func lockFile(_ name: String) -> FilePath { folder.appending(".\(name).lock") }
}
