import Archives
import Diagnostics
import Interpreters
import PackageSources
import SystemPackage

/// Builds one environment in a draft beside its place and publishes it. The caller holds its lock.
struct EnvironmentBuilder: Sendable {
    let cache: CacheDirectory
    let place: FilePath
    let interpreter: Interpreter
    let methods: LinkMethods
    let progress: ProgressSink
    /// What is recorded in the environment.
    let origin: EnvironmentOrigin
    /// Whether modules are compiled.
    let compilesBytecode: Bool
    /// Whether the files of wheels stay in the cache.
    let keepsArchives: Bool
    /// Readies the fetching of wheels; asked only if one is missing.
    let openFetching: @Sendable () async throws -> EnvironmentRequest.Fetch

    /// Wheels that are fetched and unpacked at a time.
    private static let width = 48

    private var paths: EnvironmentPaths { EnvironmentPaths(root: place, layout: interpreter.layout) }

    /// - Parameter orders: In the order in which a later one wins where two have the same file.
    func build(_ orders: [WheelOrder]) async throws(EnvironmentError) -> [EnvironmentWarning] {
        let draft = try await BlockingWork.run { () throws(EnvironmentError) in try Drafts.make(beside: place, in: cache) }
        do throws(EnvironmentError) {
            try await BlockingWork.run { () throws(EnvironmentError) in
                try EnvironmentFrame(interpreter: interpreter).make(in: Folder(draft))
            }
            return try await fill(draft, orders)
        } catch {
            await BlockingWork.run { FileTree.remove(draft) }
            throw error
        }
    }

    /// Installs wheels into a draft that has its Python, and publishes it.
    func fill(_ draft: FilePath, _ orders: [WheelOrder]) async throws(EnvironmentError) -> [EnvironmentWarning] {
        let assembly = EnvironmentAssembly(
            draft: draft, paths: paths, methods: methods, isOnConda: !origin.conda.isEmpty)
        let wheels = try await gather(orders, for: assembly)
        let compiler = WheelCompiler(cache: cache, interpreter: interpreter, progress: progress)
        let compiled = compilesBytecode ? try await compiler.compiled(wheels) : []
        return try await BlockingWork.run { () throws(EnvironmentError) in
            let warnings = try assembly.finish(wheels)
            try assembly.link(compiled, of: wheels)
            try origin.write(in: draft)
            try EnvironmentListing(origin, orders, isCompiled: compilesBytecode, in: draft).write(in: draft)
            try FileTree.publish(draft, at: place, in: cache)
            return warnings
        }
    }

    /// Gets all wheels, each linked as soon as it is there.
    private func gather(
        _ orders: [WheelOrder], for assembly: EnvironmentAssembly
    ) async throws(EnvironmentError) -> [UnpackedWheel] {
        let store = WheelCache(cache: cache, keepsArchives: keepsArchives, progress: progress)
        let present = await BlockingWork.run { orders.map { store.unpacked($0) } }
        for wheel in present { wheel?.noteUse() }
        let missing = present.indices.filter { present[$0] == nil }
            // The largest first, so that no long one is left for the end.
            .sorted { (orders[$0].size ?? 0, $1) > (orders[$1].size ?? 0, $0) }
        let meter = Meter(progress, orders: orders, missing: missing)
        do {
            let fetched = try await fetch(missing, of: orders, store, meter) { wheels in
                try await assembly.link(wheels)
                meter.linked(wheels)
            } meanwhile: {
                let wheels = present.compactMap { $0 }
                try await assembly.link(wheels)
                meter.linked(wheels)
            }
            meter.end()
            return present.indices.compactMap { present[$0] ?? fetched[$0] }
        } catch let error as EnvironmentError {
            throw error
        } catch {
            throw Task.isCancelled ? .cancelled : .cache(cause: error)
        }
    }

    private func fetch(
        _ missing: [Int], of orders: [WheelOrder], _ store: WheelCache, _ meter: Meter,
        link: @escaping @Sendable ([UnpackedWheel]) async throws -> Void,
        meanwhile: @escaping @Sendable () async throws -> Void
    ) async throws -> [Int: UnpackedWheel] {
        let fetch = missing.isEmpty ? nil : try await openFetching()
        return try await withThrowingTaskGroup(of: (Int, UnpackedWheel)?.self) { group in
            group.addTask {
                try await meanwhile()
                return nil
            }
            var waiting = missing.makeIterator()
            func startNext() {
                guard let index = waiting.next(), let fetch else { return }
                group.addTask {
                    let wheel = try await store.obtain(orders[index]) { path, follower in
                        try await fetch(orders[index], path, follower)
                        meter.fetched(index, bytes: LocalFile.size(of: path))
                    }
                    meter.obtained(index, wheel)
                    try await link([wheel])
                    return (index, wheel)
                }
            }
            for _ in 0..<Self.width { startNext() }
            var wheels: [Int: UnpackedWheel] = [:]
            while let result = try await group.next() {
                guard let (index, wheel) = result else { continue }
                wheels[index] = wheel
                startNext()
            }
            return wheels
        }
    }
}
