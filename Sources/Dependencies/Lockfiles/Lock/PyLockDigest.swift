import CondaPackaging
public import Digests
import PythonPackaging

extension PyLock {
    /// The digest of what the lock installs: the packages with their versions, markers, and the names and hashes of
    /// their files.
    ///
    /// What does not change the installed environment does not change the digest: where files are fetched from, when
    /// they were uploaded, what was asked for, which tool made the lock. With the identity of an interpreter the digest
    /// is the address of an environment, so equal environments are built once.
    ///
    /// - Complexity: Hashes about 200 bytes a file.
    public var digest: SHA256Digest {
        var content = pythonContent
        for package in conda?.packages ?? [] { content.add(package) }
        return SHA256Digest(hashing: content.text.utf8)
    }

    /// The digest of the Python packages alone. An environment of conda packages is addressed by it and by the conda packages of its
    /// own target, so that it stays when a lock gets further platforms.
    public var pythonDigest: SHA256Digest { SHA256Digest(hashing: pythonContent.text.utf8) }

    private var pythonContent: LockContent {
        var content = LockContent()
        for package in packages.sorted(by: LockedPackage.isOrdered) { content.add(package) }
        return content
    }
}

/// The installed content of a lock as text, a line for each package and file. It must never change, since it
/// addresses what is on people's disks; another form would begin with another first line.
private struct LockContent {
    private(set) var text = "lock content 1\n"

    mutating func add(_ package: LockedPackage) {
        add("package", package.name.description, package.version?.canonicalDescription, package.marker?.description)
        switch package.source.inOrder {
        case .distributions(let sdist, let wheels):
            if let sdist { add("sdist", sdist.filename, sdist.sha256.hex) }
            for wheel in wheels { add("wheel", wheel.filename, wheel.sha256.hex) }
        case .versionControl(let repository):
            add("vcs", repository.type, repository.url ?? repository.path, repository.commitID, repository.subdirectory)
        case .directory(let directory):
            add("directory", directory.path, directory.isEditable.map { "\($0)" }, directory.subdirectory)
        case .archive(let archive): add("archive", archive.file.filename, archive.file.sha256.hex, archive.subdirectory)
        }
    }

    mutating func add(_ package: LockedCondaPackage) {
        let record = package.record
        add(
            "conda", record.fileName.description, record.subdir.description, record.sha256?.hex, record.md5?.description,
            package.targets.map(\.words).joined(separator: ", "))
    }

    private mutating func add(_ kind: String, _ fields: String?...) {
        text += kind
        for field in fields { text += field.map { " \(TOMLText.string($0))" } ?? " -" }
        text += "\n"
    }
}
