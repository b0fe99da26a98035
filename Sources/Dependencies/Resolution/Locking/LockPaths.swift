internal import Lockfiles

/// Names files and folders of this machine as a lock in a folder has them: relative, where both have a beginning in
/// common that is more than the root.
struct LockPaths {
    private let folder: [String]?

    init(folder: String?) { self.folder = folder.flatMap { $0.hasPrefix("/") ? Self.parts($0) : nil } }

    /// A path as it goes into the lock.
    func path(_ path: String) -> String {
        guard let folder, path.hasPrefix("/") else { return path }
        let parts = Self.parts(path)
        let shared = zip(folder, parts).prefix { $0 == $1 }.count
        guard shared > 0 || folder.isEmpty else { return path }
        let relative = Array(repeating: "..", count: folder.count - shared) + parts.dropFirst(shared)
        return relative.isEmpty ? "." : relative.joined(separator: "/")
    }

    /// The path of a `file:` URL as it goes into the lock; `nil` for other URLs.
    func path(ofFileURL url: String) -> String? {
        guard let rest = ["file://localhost/", "file:///"].first(where: url.hasPrefix) else { return nil }
        return Self.percentDecoded("/" + url.dropFirst(rest.count)).map(path)
    }

    func located(_ file: LockedFile) -> LockedFile {
        guard let path = file.url.flatMap(path(ofFileURL:)) else { return file }
        var file = file
        file.path = path
        file.url = nil
        return file
    }

    func located(_ source: LockedSource) -> LockedSource {
        switch source {
        case .distributions(let sdist, let wheels):
            return .distributions(sdist: sdist.map(located), wheels: wheels.map(located))
        case .directory(var directory):
            directory.path = path(directory.path)
            return .directory(directory)
        case .archive(var archive):
            archive.file = located(archive.file)
            return .archive(archive)
        case .versionControl(var repository):
            guard let path = repository.url.flatMap(path(ofFileURL:)) else { return source }
            repository.path = path
            repository.url = nil
            return .versionControl(repository)
        }
    }

    /// Without `.` and, as far as that can be told, `..`.
    private static func parts(_ path: String) -> [String] {
        var parts: [String] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(String(part)) }
        }
        return parts
    }

    private static func percentDecoded(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
