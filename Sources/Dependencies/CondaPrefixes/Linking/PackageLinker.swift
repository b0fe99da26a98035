import Archives
import CondaPackaging
import Digests
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Puts the items of one package into a prefix.
struct PackageLinker: Sendable {
    let root: PrefixFolder
    let prefix: FilePath
    let python: PythonPlaces?
    let method: LinkMethodChoice
    let signer: CodeSigner?

    func link(
        _ package: CondaInstallation, _ items: ArraySlice<PrefixPlan.Item>
    ) throws(CondaPrefixError) -> [PrefixRecordText.File] {
        let source = try PrefixFolder(package.folder)
        var from = NearbyFolder(below: source.descriptor)
        var to = NearbyFolder(below: root.descriptor)
        var files: [PrefixRecordText.File] = []
        files.reserveCapacity(items.count)
        for item in items {
            switch item.source {
            case .entryPoint(let point): files.append(try write(point, item))
            case .path(let number):
                let entry = package.paths.entries[number]
                var file = PrefixRecordText.File(
                    path: item.target, original: item.original, kind: entry.kind.rawValue, sha256: entry.sha256,
                    sha256InPrefix: entry.sha256, size: entry.size, placeholder: entry.placeholder,
                    fileMode: entry.fileMode?.rawValue, noLink: entry.noLink)
                switch entry.kind {
                case .directory: break
                case .softLink:
                    try linkSoftly(entry, item, source, package)
                    // conda means the file that the link leads to, which may be of another package, and rattler the path.
                    file.sha256InPrefix = nil
                case .hardLink:
                    if let placeholder = entry.placeholder {
                        file.sha256InPrefix = try replace(placeholder, entry, item, source, package)
                    } else {
                        let chosen = method.made { .trying(entry.path, from: source.descriptor, to: root.descriptor) }
                        let (old, new) = (from.split(entry.path), to.split(item.target))
                        let code = (entry.noLink ? LinkMethod.copy : chosen).place(
                            old.name, from: old.folder, to: new.folder, as: new.name)
                        try check(code, entry, item, source, package)
                    }
                }
                files.append(file)
            }
        }
        return files
    }

    private func check(
        _ code: Int32, _ entry: PackagePaths.Entry, _ item: PrefixPlan.Item, _ source: PrefixFolder, _ package: CondaInstallation
    ) throws(CondaPrefixError) {
        guard code != 0 else { return }
        let name = package.record.fileName.description
        var status = stat()
        guard fstatat(source.descriptor, entry.path, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw .missingFile(package: name, path: entry.path)
        }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw .noFile(package: name, path: entry.path) }
        throw .system(operation: "link", path: root.path.appending(item.target).string, code: code)
    }

    private func linkSoftly(
        _ entry: PackagePaths.Entry, _ item: PrefixPlan.Item, _ source: PrefixFolder, _ package: CondaInstallation
    ) throws(CondaPrefixError) {
        let target = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4097) { buffer -> String? in
            guard let start = buffer.baseAddress else { return nil }
            let count = readlinkat(source.descriptor, entry.path, start, 4096)
            guard count >= 0, count <= 4096 else { return nil }
            buffer[count] = 0
            return String(cString: start)
        }
        guard let target else {
            // Some packages say that a file is a link.
            if errno == EINVAL {
                let code = LinkMethod.copy.place(entry.path, from: source.descriptor, to: root.descriptor, as: item.target)
                return try check(code, entry, item, source, package)
            }
            throw .missingFile(package: package.record.fileName.description, path: entry.path)
        }
        guard symlinkat(target, root.descriptor, item.target) == 0 else {
            throw .system(operation: "make the link", path: root.path.appending(item.target).string, code: errno)
        }
    }

    /// Writes a file of its own with the prefix in the place of the placeholder; returns what it then is.
    private func replace(
        _ placeholder: String, _ entry: PackagePaths.Entry, _ item: PrefixPlan.Item, _ source: PrefixFolder,
        _ package: CondaInstallation
    ) throws(CondaPrefixError) -> SHA256Digest {
        let input = openat(source.descriptor, entry.path, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw .missingFile(package: package.record.fileName.description, path: entry.path) }
        defer { close(input) }
        var status = stat()
        guard fstat(input, &status) == 0 else { throw .system(operation: "read", path: entry.path, code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .noFile(package: package.record.fileName.description, path: entry.path)
        }
        let content = try FileBytes.read(input, count: Int(status.st_size), entry.path)
        let replacement = PlaceholderReplacement(placeholder, prefix: prefix.string)
        let result: [UInt8]
        if entry.fileMode == .binary {
            guard let padded = replacement.inBinary(content) else {
                throw .prefixTooLong(
                    package: package.record.fileName.description, file: entry.path, prefix: prefix.string,
                    longest: placeholder.utf8.count)
            }
            result = padded
        } else {
            result = replacement.inText(content)
        }
        try root.write(result, to: item.target, mode: status.st_mode & 0o777, time: Self.time(of: status))
        if let signer, entry.fileMode == .binary, result != content, MachO.isOne(content) {
            return try sign(item, by: signer, time: Self.time(of: status), package)
        }
        return Self.digest(result)
    }

    /// Signs a file that was written; returns what it then is.
    private func sign(
        _ item: PrefixPlan.Item, by signer: CodeSigner, time: timespec, _ package: CondaInstallation
    ) throws(CondaPrefixError) -> SHA256Digest {
        let path = root.path.pushing(FilePath(item.target))
        try signer.sign(path, of: package.record.fileName.description)
        guard let bytes = try SmallText.bytes(path, of: package.record.fileName.description) else {
            throw .notSigned(package: package.record.fileName.description, file: item.target, code: 0)
        }
        utimensat(root.descriptor, item.target, [time, time], 0)
        return Self.digest(bytes)
    }

    private static func digest(_ bytes: [UInt8]) -> SHA256Digest {
        bytes.withUnsafeBytes { bytes in
            var hasher = SHA256Hasher()
            hasher.update(bytes)
            return hasher.finalize()
        }
    }

    private static func time(of status: stat) -> timespec {
        #if canImport(Darwin)
        status.st_mtimespec
        #else
        status.st_mtim
        #endif
    }

    private func write(_ point: PackageLink.EntryPoint, _ item: PrefixPlan.Item) throws(CondaPrefixError) -> PrefixRecordText.File {
        guard let python else { throw .noPython(package: point.command) }
        let interpreter = prefix.pushing(FilePath(python.interpreter))
        let bytes = EntryPointScript(point: point, python: interpreter.string).bytes
        try root.write(bytes, to: item.target, mode: 0o755)
        let digest = SHA256Digest(hashing: bytes)
        return PrefixRecordText.File(
            path: item.target, original: item.original, kind: "unix_python_entry_point", sha256: digest, sha256InPrefix: digest,
            size: UInt64(bytes.count))
    }
}
