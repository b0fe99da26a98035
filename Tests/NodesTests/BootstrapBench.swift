import Clusters
import Digests
import FoundationEssentials
import Nodes
import ObjectStores
import Remotes
import Subprocess
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// What a script has come to.
struct Outcome: Sendable {
    var code: Int32
    var output: String
    var error: String
}

/// Counts calls from any thread.
final class Calls: Sendable {
    private let count = Mutex(0)

    /// How many there were before.
    func next() -> Int {
        count.withLock { count in
            defer { count += 1 }
            return count
        }
    }
}

/// A datastore with an engine in it, and a node's cache.
struct Bench: Sendable {
    let folder: TemporaryFolder
    private let store: FilePath
    private let bytes: [UInt8]
    private let orders: ObjectKey

    /// Says how it was called.
    static let engine = Array(
        """
        #!/bin/sh
        [ "$1" != --version ] || exit 0
        printf '%s' "$1"; shift
        for word; do printf ' %s' "$word"; done
        printf '\\ncache %s\\nurl %s\\n' "$PENSTOCK_NODE_CACHE" "$PENSTOCK_ENGINE_LINUX_X86_64$PENSTOCK_ENGINE_LINUX_AARCH64"

        """.utf8)

    init(named name: String = "store", engine: [UInt8] = Bench.engine) throws {
        folder = try TemporaryFolder()
        store = folder.path.appending(name)
        bytes = engine
        orders = try ObjectKey("attempts/F/1/000000/orders")
        let digest = SHA256Digest(hashing: engine).hex
        _ = try folder.write(folders: "\(name)/blobs/\(digest.prefix(2))/\(digest)", engine)
    }

    var address: String { RemoteAddress.folder(store).description }
    var cache: String { folder.path.appending("cache").string }

    /// What the cache has besides engines.
    var leftovers: [String] { folder.names("cache").filter { $0 != "engines" } + folder.names("cache/engines").filter { $0.hasSuffix(".lock") } }
    var engines: [String] { folder.names("cache/engines").filter { !$0.hasSuffix(".lock") } }

    func removeStore() throws { try FileManager.default.removeItem(atPath: store.string) }

    /// The platforms that tests run on have the same engine: it is a script.
    private func bootstrap(_ source: (String) -> NodeBootstrap.Engine.Source, _ datastore: RemoteAddress) -> NodeBootstrap {
        let digest = SHA256Digest(hashing: bytes)
        return NodeBootstrap(
            datastore: datastore, orders: orders,
            engines: ["linux-x86_64", "linux-aarch64"].map {
                .init(platform: $0, digest: digest, size: Int64(bytes.count), source: source($0))
            })
    }

    func mounted() -> NodeBootstrap {
        let hex = SHA256Digest(hashing: bytes).hex
        let file = store.appending("blobs").appending(String(hex.prefix(2))).appending(hex)
        return bootstrap({ _ in .file(file) }, .folder(store))
    }

    func served(_ url: String) -> NodeBootstrap {
        bootstrap({ _ in .url(url + "/engine?X-Amz-Credential=AKID%2F20200101%2Feu-x-1%2Fs3%2Faws4_request&X-Amz-Signature=a%20b&c=d") }, .s3(bucket: "b", prefix: ""))
    }

    /// A folder with the programs that any system has, and those that are named; `nil` where this machine lacks one.
    ///
    /// - Parameter sleeps: whether pauses are real ones.
    func tools(with names: [String], digests: Bool = true, sleeps: Bool = false) throws -> FilePath? {
        let tools = folder.path.appending("tools")
        try FileManager.default.createDirectory(atPath: tools.string, withIntermediateDirectories: true)
        let ordinary = ["sh", "mkdir", "rm", "mv", "cp", "cat", "wc", "chmod", "uname", "id", "tail", "grep"]
        for name in ordinary + (digests ? ["sha256sum"] : []) + (sleeps ? ["sleep"] : []) + names {
            let places = ["/usr/bin/", "/bin/", "/usr/local/bin/"].map { $0 + name }
            guard let place = places.first(where: FileManager.default.isExecutableFile) else { return nil }
            try FileManager.default.createSymbolicLink(atPath: tools.appending(name).string, withDestinationPath: place)
        }
        if !sleeps { try script("sleep", in: tools, "exit 0") }
        return tools
    }

    func script(_ name: String, in tools: FilePath, _ text: String) throws {
        let file = try folder.write("tools/\(name)", Array("#!/bin/sh\n\(text)\n".utf8))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.string)
    }

    func run(_ shell: BootstrapTests.Shell, _ bootstrap: NodeBootstrap, path: FilePath? = nil) async throws -> Outcome {
        try await run(shell, bootstrap, path: path, cache: cache)
    }

    func run(
        _ shell: BootstrapTests.Shell, _ bootstrap: NodeBootstrap, path: FilePath? = nil, cache: String?
    ) async throws -> Outcome {
        let program = bootstrap.program
        var variables = program.variables
        variables["PATH"] = path?.string ?? "/usr/local/bin:/usr/bin:/bin"
        variables["PENSTOCK_NODE_CACHE"] = cache
        variables["TMPDIR"] = folder.path.string
        variables["no_proxy"] = "127.0.0.1"
        let words = ["-i"] + variables.map { "\($0)=\($1)" } + shell.words + ["-c", program.script]
        let result = try await Subprocess.run(
            .path("/usr/bin/env"), arguments: Arguments(words), output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
        let code: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let number): 128 + number
            }
        return Outcome(code: code, output: result.standardOutput, error: result.standardError)
    }
}
