// Builds one environment in a process of its own, for the tests in which several want the same or one is killed.
//
// usage: environment-builder CACHE PYTHON WHEELS LOCK LOG [stall]
//
// WHEELS is a folder of wheels; every one that is fetched adds a line to LOG. With `stall` the first one is fetched
// half-way and no further. Prints `built` or `found`.

import Digests
import Environments
import FoundationEssentials
import Interpreters
import PackageSources
import PythonPackaging
import SystemPackage

let arguments = CommandLine.arguments
let cache = CacheDirectory(root: FilePath(arguments[1]))
let finder = InterpreterFinder(environment: ProcessInfo.processInfo.environment, cache: cache)
let interpreter = try await finder.find(InterpreterRequest(file: FilePath(arguments[2])))
let folder = FilePath(arguments[3])
let log = FilePath(arguments[5])
let stalls = arguments.count > 6

let contents = try FileManager.default.contentsOfDirectory(atPath: folder.string).sorted().map { name in
    (name, try Data(contentsOf: URL(filePath: folder.appending(name).string)))
}
let orders = try contents.map { name, content in
    WheelOrder(
        project: name, filename: try WheelFilename(parsing: name), sha256: SHA256Digest(hashing: content),
        size: Int64(content.count))
}
let request = EnvironmentRequest(
    interpreter: interpreter,
    digest: EnvironmentRequest.digest(ofLock: SHA256Digest(hashing: arguments[4]), interpreter: interpreter),
    orders: { () throws(EnvironmentError) in orders },
    openFetching: {
        { order, path, _ in
            let line = try FileDescriptor.open(
                log, .writeOnly, options: [.create, .append], permissions: .ownerReadWrite)
            try line.closeAfter { _ = try line.writeAll("\(order.project)\n".utf8) }
            let content = contents.first { $0.0 == order.project }?.1 ?? Data()
            let file = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
            try file.closeAfter { _ = try file.writeAll(stalls ? content.prefix(10) : content) }
            if stalls { try await Task.sleep(for: .seconds(3600)) }
        }
    })
let built = try await EnvironmentStore(cache: cache).ensure(request)
print(built.wasBuilt ? "built" : "found")
