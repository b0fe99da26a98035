import Digests
import Interpreters
import Lockfiles
import SystemPackage

/// An environment that is verified, with what mending it needs.
struct Subject: Sendable {
    var place: FilePath
    var interpreter: Interpreter
    var orders: [WheelOrder]
    var digest: SHA256Digest
    /// The hash of the environment's record; `nil` if the listing that tells it is not as it was written.
    var recordHash: String?
    /// What the record says.
    var lock: PyLock?
    var folder: FilePath?
    /// Whether its modules were compiled.
    var isCompiled = false
    /// The conda packages that its Python is one of; `nil` for one that is based on a Python of the machine.
    var conda: CondaMending.Subject?
    var openFetching: @Sendable () async throws -> EnvironmentRequest.Fetch

    var request: EnvironmentRequest {
        var request = EnvironmentRequest(
            interpreter: interpreter, digest: digest,
            orders: { [orders] () throws(EnvironmentError) in orders }, openFetching: openFetching)
        request.lock = lock
        request.folder = folder
        return request
    }

    var paths: EnvironmentPaths { EnvironmentPaths(root: place, layout: interpreter.layout) }

    /// Whether scripts of packages have run: nobody can tell what they have made.
    var hasRunScripts: Bool { conda?.linkScripts == .run }

    /// What has to stand in the environment. Blocks.
    ///
    /// - Parameter wheels: those of the orders.
    func expected(_ wheels: [UnpackedWheel]) throws(EnvironmentError) -> Expectations {
        var expected =
            conda == nil ? EnvironmentFrame(interpreter: interpreter).expected : CondaListing(of: place).expected
        if let recordHash {
            expected[EnvironmentOrigin.fileName] = Expectation(
                content: .file(hash: recordHash, size: nil, isExecutable: false))
            for (path, hash) in conda?.records ?? [:] {
                expected[path] = Expectation(content: .file(hash: hash, size: nil, isExecutable: false))
            }
            if conda != nil { expected[EnvironmentOrigin.copyName] = expected[EnvironmentOrigin.fileName] }
        }
        for wheel in wheels { expected.merge(wheel.expected(at: paths).inEnvironment) { $1 } }
        for wheel in wheels {
            for file in try wheel.ownFiles(at: paths) {
                expected[file.path] = .file(file.row, of: wheel.name, isExecutable: file.isScript)
            }
        }
        return expected
    }

    /// Files in the root that Penstock keeps for itself.
    static func isOwn(_ path: String) -> Bool {
        !path.contains("/") && (path.hasPrefix("penstock.") || path.hasPrefix(".penstock"))
    }
}
