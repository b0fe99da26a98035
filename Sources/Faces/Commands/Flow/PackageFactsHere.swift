import CodePackage
import Digests
import FlowModel
import FoundationEssentials
import Glibc
import PackageSources
import SystemPackage

/// What a code package's readers may want to know of the place where it was made: who, on what, from which commit.
struct PackageFactsHere: Sendable {
    let username: String
    /// The version of the person's Python.
    let python: String
    /// The flow's, as an absolute path.
    let folder: FilePath
    let suffixes: [String]
    let cache: CacheDirectory?

    /// Blocks.
    func metadata(of package: FlowPackage) -> PackageMetadata {
        var info = machine
        if let checkout = GitCheckout(around: folder) {
            info["commit_sha"] = checkout.commit.map { .string($0) }
            info["branch_name"] = checkout.branch.map { .string($0) }
            info["repo_url"] = checkout.remote.map { .string($0) }
            info["has_uncommitted_changes"] = GitChanges(of: package, in: checkout, folder: folder, suffixes: suffixes).exist()
                .map { .bool($0) }
        }
        return PackageMetadata(info: info)
    }

    /// Without what is known of the code. Blocks.
    var machine: [String: JSONValue] {
        [
            "username": .string(username), "python_version": .string(python), "runtime": .string("dev"),
            "platform": .string(Self.platform), "engine_version": .string(EngineVersion.current),
            "engine_sha256": EngineFile(cache).digest.map { .string($0.hex) } ?? .null,
        ]
    }

    /// `linux-x86_64`
    static var platform: String {
        var names = utsname()
        guard uname(&names) == 0 else { return "" }
        func text(_ field: some Any) -> String {
            withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        return "\(text(names.sysname).lowercased())-\(text(names.machine))"
    }
}

/// The executable of this process.
struct EngineFile {
    private let cache: CacheDirectory?

    init(_ cache: CacheDirectory?) {
        self.cache = cache
    }

    /// The SHA-256 of its bytes, which is remembered in the cache as long as the file is not touched. Blocks.
    var digest: SHA256Digest? {
        let path = "/proc/self/exe"
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        let state = "\(status.st_dev) \(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec) "
            + "\(status.st_ctim.tv_sec).\(status.st_ctim.tv_nsec)"
        let note = cache?.path(.code, "engine-\(SHA256Digest(hashing: state).hex.prefix(32))")
        if let note, let data = FileManager.default.contents(atPath: note.string),
            let known = SHA256Digest(hex: String(decoding: data, as: UTF8.self))
        {
            return known
        }
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        let digest = SHA256Digest(hashing: data)
        if let note { try? cache?.publish(Array(digest.hex.utf8), to: note) }
        return digest
    }
}
