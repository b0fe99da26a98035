import Digests
public import Interpreters
public import Lockfiles
public import PackageSources
import PythonPackaging
public import SystemPackage

extension EnvironmentStore {
    /// The environment of a lock on an interpreter, built unless it exists.
    ///
    /// - Parameter openClient: makes the client that missing wheels are fetched with; not called when none is missing.
    public func ensure(
        _ lock: PyLock, interpreter: Interpreter,
        openClient: @escaping @Sendable () async throws -> PackageIndexClient
    ) async throws(EnvironmentError) -> BuiltEnvironment {
        try await ensure(Self.request(lock, interpreter: interpreter, openClient: openClient))
    }

    /// Builds the environment of a lock at a place of the person's choice.
    ///
    /// - Parameters:
    ///   - place: absolute; must not exist, or be an empty folder.
    ///   - openClient: makes the client that missing wheels are fetched with; not called when none is missing.
    public func create(
        _ lock: PyLock, interpreter: Interpreter, at place: FilePath,
        openClient: @escaping @Sendable () async throws -> PackageIndexClient
    ) async throws(EnvironmentError) -> BuiltEnvironment {
        try await create(Self.request(lock, interpreter: interpreter, openClient: openClient), at: place)
    }

    private static func request(
        _ lock: PyLock, interpreter: Interpreter,
        openClient: @escaping @Sendable () async throws -> PackageIndexClient
    ) -> EnvironmentRequest {
        EnvironmentRequest(
            interpreter: interpreter,
            digest: EnvironmentRequest.digest(ofLock: lock.digest, interpreter: interpreter),
            orders: { () throws(EnvironmentError) in try LockChoice(lock, target: interpreter.target).orders },
            openFetching: {
                let client = try await openClient()
                return { order, path in
                    try await client.download(order.url, sha256: order.sha256, size: order.size, to: path)
                }
            })
    }
}

/// The wheels of a lock that fit a target, one a package, in the order of the names.
private struct LockChoice {
    private(set) var orders: [WheelOrder] = []

    init(_ lock: PyLock, target: PythonTarget) throws(EnvironmentError) {
        for package in lock.packages.sorted(by: { $0.name < $1.name }) where Self.isFor(package, target) {
            let project = "\(package.name) \(package.version)"
            guard let (wheel, filename) = Self.best(package.wheels, for: target.tags) else {
                throw .noUsableWheel(
                    package: project, python: "Python \(target.pythonVersion)", locked: package.wheels.map(\.filename))
            }
            orders.append(
                WheelOrder(
                    project: project, filename: filename, sha256: wheel.sha256, size: wheel.size, url: wheel.url))
        }
    }

    /// A marker that cannot be read was checked when the lock was read.
    private static func isFor(_ package: LockedPackage, _ target: PythonTarget) -> Bool {
        guard let text = package.marker, let marker = try? Marker(parsing: text) else { return true }
        return marker.evaluate(in: target.markerEnvironment, extras: [])
    }

    private static func best(_ wheels: [LockedWheel], for tags: TagList) -> (LockedWheel, WheelFilename)? {
        let fitting = wheels.compactMap { wheel -> (LockedWheel, WheelFilename, Int)? in
            guard let name = try? WheelFilename(parsing: wheel.filename), let rank = tags.bestRank(of: name) else {
                return nil
            }
            return (wheel, name, rank)
        }
        return fitting.min { $0.2 < $1.2 }.map { ($0.0, $0.1) }
    }
}
