import Archives
package import Digests
import Interpreters
package import Lockfiles
import PackageSources
import PythonPackaging
import SystemPackage

// What a datastore has of a lock's sources.
extension LockOrders {
    /// The wheel that was built of a source for such an interpreter, as a datastore has it. That it cannot be asked means
    /// that it has none.
    func kept(_ selection: LockSelection) async -> WheelOrder? {
        guard let supply, let source = selection.sourceKey,
            let wheels = try? await supply.source.wheels(builtOf: source),
            let best = interpreter.target.tags.best(of: wheels.map(\.filename)),
            let wheel = wheels.first(where: { $0.filename == best })
        else { return nil }
        return WheelOrder(
            project: "\(selection.package)", filename: wheel.filename, sha256: wheel.sha256, size: wheel.size,
            origin: origin(of: selection))
    }

    /// Puts an archive of sources into the cache, where the builder looks first, if a datastore has it.
    func takeOverSources(_ selection: LockSelection) async {
        guard let supply, let cache, let file = selection.sourceArchive, let url = file.url else { return }
        let name = CacheDirectory.archiveName(of: url)
        if cache.archive(file.sha256, named: name) != nil { return }
        guard let folder = try? cache.prepare(.temporary) else { return }
        let draft = cache.temporaryName(beside: folder.appending(name))
        let reach: ArchiveReach = supply.isFirst ? .anywhere : .here
        let isThere = try? await supply.source.fetch(file.sha256, size: file.size, to: draft, nil, within: reach)
        if isThere == true {
            await BlockingWork.run { try? cache.keepArchive(draft, file.sha256, named: name) }
        }
    }
}

extension LockSelection {
    /// Stands for what a wheel is built of: equal keys, equal sources. `nil` for wheels, and for folders, whose content no
    /// lock knows.
    package var sourceKey: SHA256Digest? {
        switch choice {
        case .wheel, .directory: nil
        case .sdist(let file): SHA256Digest(hashing: "sdist\n\(file.sha256)")
        case .archive(let archive):
            archive.file.filename.hasSuffix(".whl")
                ? nil : SHA256Digest(hashing: "archive\n\(archive.file.sha256)\n\(archive.subdirectory ?? "")")
        case .repository(let repository):
            SHA256Digest(
                hashing: "\(repository.type)\n\(repository.url ?? repository.path ?? "")\n\(repository.commitID)\n"
                    + (repository.subdirectory ?? ""))
        }
    }

    /// The archive that a wheel is built of; `nil` for wheels, repositories and folders.
    package var sourceArchive: LockedFile? {
        switch choice {
        case .wheel, .directory, .repository: nil
        case .sdist(let file): file
        case .archive(let archive): archive.file.filename.hasSuffix(".whl") ? nil : archive.file
        }
    }
}
