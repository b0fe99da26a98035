package import SystemPackage

#if canImport(Glibc)
package import Glibc
#elseif canImport(Musl)
package import Musl
#else
package import Darwin
#endif

/// A folder of its own for one test, removed with the value's end.
package final class TemporaryFolder: Sendable {
    package let path: FilePath

    package init() throws {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/penstock-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        path = FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    deinit { Self.remove(path.string) }

    package func write(_ name: String, _ bytes: [UInt8]) throws -> FilePath {
        let file = path.pushing(FilePath(name))
        let descriptor = try FileDescriptor.open(
            file, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        try descriptor.closeAfter { _ = try descriptor.writeAll(bytes) }
        return file
    }

    /// Writes a file and makes the folders in between.
    package func write(folders name: String, _ bytes: [UInt8]) throws -> FilePath {
        var folder = path
        for part in name.split(separator: "/").dropLast() {
            folder.append(String(part))
            mkdir(folder.string, 0o755)
        }
        return try write(name, bytes)
    }

    /// Writes a script that can be run at once. Another process copies it there: one that is forked meanwhile, elsewhere in the tests,
    /// would have a file that this process writes open for a moment, and the system runs no file that somebody may write.
    package func writeProgram(_ name: String, _ text: String) throws -> FilePath {
        let draft = try write(folders: name + ".draft", Array(text.utf8))
        defer { unlink(draft.string) }
        let program = path.pushing(FilePath(name))
        let texts = ["/bin/cp", draft.string, program.string]
        var words = texts.map { strdup($0) }
        words.append(nil)
        defer { words.forEach { free($0) } }
        var process = pid_t()
        let code = posix_spawn(&process, "/bin/cp", nil, nil, &words, nil)
        guard code == 0 else { throw Errno(rawValue: code) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        guard status == 0, chmod(program.string, 0o755) == 0 else { throw Errno.ioError }
        return program
    }

    package func read(_ name: String) throws -> [UInt8] {
        let descriptor = try FileDescriptor.open(path.pushing(FilePath(name)), .readOnly)
        return try descriptor.closeAfter {
            let size = Int(try descriptor.seek(offset: 0, from: .end))
            return try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                count = 0
                while count < size {
                    let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
                    let part = try descriptor.read(fromAbsoluteOffset: Int64(count), into: rest)
                    if part == 0 { break }
                    count += part
                }
            }
        }
    }

    /// The mode bits of a file below the folder, or `nil` if there is none; links are not followed.
    package func mode(_ name: String) -> mode_t? {
        var status = stat()
        return lstat(path.pushing(FilePath(name)).string, &status) == 0 ? status.st_mode : nil
    }

    /// The names of what lies in the folder, or in one below it, in the order of their bytes.
    package func names(_ below: String = "") -> [String] {
        guard let folder = opendir(path.pushing(FilePath(below)).string) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let item = readdir(folder) {
            let name = withUnsafeBytes(of: item.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// All files below, by their paths from here, with what is in them.
    package func everything(_ below: String = "") throws -> [(path: String, bytes: [UInt8])] {
        try names(below).flatMap { name -> [(path: String, bytes: [UInt8])] in
            let path = below.isEmpty ? name : "\(below)/\(name)"
            let isFolder = mode(path).map { $0 & S_IFMT == S_IFDIR } ?? false
            return isFolder ? try everything(path) : [(path, try read(path))]
        }
    }

    private static func remove(_ path: String) {
        if let folder = opendir(path) {
            while let item = readdir(folder) {
                let name = withUnsafeBytes(of: item.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name == "." || name == ".." { continue }
                let child = "\(path)/\(name)"
                var status = stat()
                let isFolder = lstat(child, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
                if isFolder { remove(child) } else { unlink(child) }
            }
            closedir(folder)
        }
        rmdir(path)
    }
}
