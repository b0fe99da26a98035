import Digests
import Environments
import FoundationEssentials
import Interpreters
import PackageSources
import PythonPackaging
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A cache of its own, an interpreter that is never run, and wheels to install with it.
final class Workshop: Sendable {
    let folder: FilePath
    let cache: CacheDirectory
    private let fetches = Mutex<[String]>([])

    /// - Parameter depth: Folders between the temporary one and the cache, for long paths.
    init(depth: Int = 0) throws {
        var template = Array("/tmp/penstock-environments-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        folder = FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
        var root = folder
        for _ in 0..<depth { root = root.appending("a-rather-long-name") }
        cache = CacheDirectory(root: root.appending("cache"))
    }

    /// Removes it all. Called at the end of a test, so that nothing goes before.
    func close() { try? FileManager.default.removeItem(atPath: folder.string) }

    /// The wheels that were fetched.
    var fetched: [String] { fetches.withLock { $0 } }

    /// A CPython 3.11 whose binary is `/bin/sh`.
    static func interpreter(_ changes: [String: String] = [:]) throws -> Interpreter {
        var answers = [
            "version": "3.11.4", "executable": "/bin/sh", "implementation": "cpython", "implementation-version": "3.11.4",
            "implementation-title": "CPython", "full-version": "3.11.4", "abi-flags": "", "free-threaded": "0",
            "debug": "0", "prefix": "/usr", "pointer-bits": "64", "os-name": "posix", "sys-platform": "linux",
            "system": "Linux", "machine": "x86_64", "libc": "glibc", "libc-version": "2.36",
            "layout.purelib": "lib/python3.11/site-packages", "layout.platlib": "lib/python3.11/site-packages",
            "layout.scripts": "bin",
        ]
        answers.merge(changes) { $1 }
        guard let interpreter = Interpreter(answers: answers, executable: "/bin/sh") else { throw Errno.invalidArgument }
        return interpreter
    }

    func request(
        _ wheels: [TinyWheel], on interpreter: Interpreter? = nil, lock: String = "lock",
        fetching: (@Sendable (_ wheel: String, _ path: FilePath) async throws -> Void)? = nil
    ) throws -> EnvironmentRequest {
        let interpreter = try interpreter ?? Self.interpreter()
        let contents = Dictionary(wheels.map { (SHA256Digest(hashing: $0.bytes), $0.bytes) }) { $1 }
        let orders = try wheels.map { wheel in
            let bytes = wheel.bytes
            return WheelOrder(
                project: "\(wheel.name) \(wheel.version)", filename: try WheelFilename(parsing: wheel.filename),
                sha256: SHA256Digest(hashing: bytes), size: Int64(bytes.count))
        }
        return EnvironmentRequest(
            interpreter: interpreter,
            digest: EnvironmentRequest.digest(ofLock: SHA256Digest(hashing: lock), interpreter: interpreter),
            orders: { () throws(EnvironmentError) in orders },
            openFetching: { [self] in
                { [self] order, path, _ in
                    fetches.withLock { $0.append(order.project) }
                    if let fetching { return try await fetching(order.project, path) }
                    let descriptor = try FileDescriptor.open(
                        path, .writeOnly, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
                    try descriptor.closeAfter { _ = try descriptor.writeAll(contents[order.sha256] ?? []) }
                }
            })
    }

    func install(
        _ wheels: [TinyWheel], on interpreter: Interpreter? = nil, lock: String = "lock"
    ) async throws -> BuiltEnvironment {
        try await EnvironmentStore(cache: cache).ensure(try request(wheels, on: interpreter, lock: lock))
    }

    /// What lies in the cache besides locks: whole environments, wheels and drafts by name.
    var leftovers: [String] {
        ["environments", "wheels"].flatMap { part in
            Tree.names(in: cache.root.appending(part)).map { "\(part)/\($0)" }
        }
    }
}

/// Looks at folders.
enum Tree {
    static func names(in folder: FilePath) -> [String] {
        guard let stream = opendir(folder.string) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// All files and links below a folder, by their paths; links as `path -> target`.
    static func files(in folder: FilePath, prefix: String = "") -> [String] {
        names(in: folder).flatMap { name -> [String] in
            let path = folder.appending(name)
            switch status(path)?.st_mode ?? 0 & S_IFMT {
            case let mode where mode & S_IFMT == S_IFDIR: return files(in: path, prefix: prefix + name + "/")
            case let mode where mode & S_IFMT == S_IFLNK: return ["\(prefix)\(name) -> \(target(of: path))"]
            default: return [prefix + name]
            }
        }
    }

    static func status(_ path: FilePath) -> stat? {
        var status = stat()
        return lstat(path.string, &status) == 0 ? status : nil
    }

    static func target(of link: FilePath) -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink(link.string, &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func text(_ path: FilePath) throws -> String {
        let descriptor = try FileDescriptor.open(path, .readOnly)
        return try descriptor.closeAfter {
            var bytes: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 65536)
            while true {
                let count = try chunk.withUnsafeMutableBytes { try descriptor.read(into: $0) }
                if count == 0 { return String(decoding: bytes, as: UTF8.self) }
                bytes += chunk[..<count]
            }
        }
    }

    /// The complaints of an installed environment's RECORDs: rows without a file, and files with another content.
    static func contradictions(in environment: FilePath, library: String = "lib/python3.11/site-packages") throws -> [String] {
        let packages = environment.pushing(FilePath(library))
        var complaints: [String] = []
        for info in names(in: packages) where info.hasSuffix(".dist-info") {
            for line in try text(packages.appending(info).appending("RECORD")).split(separator: "\n") {
                let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                let file = packages.pushing(FilePath(fields[0]))
                guard let content = try? text(file) else {
                    complaints.append("\(fields[0]) is missing")
                    continue
                }
                if fields[1].isEmpty { continue }
                let bytes = Array(content.utf8)
                if fields[1] != TinyWheel.hash(bytes) || fields[2] != "\(bytes.count)" {
                    complaints.append("\(fields[0]) has another content")
                }
            }
        }
        return complaints
    }
}
