import Archives
import Diagnostics
import Interpreters
import PackageSources
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Compiles the modules of wheels in the cache, once for each interpreter.
struct WheelCompiler: Sendable {
    let cache: CacheDirectory
    let interpreter: Interpreter
    let progress: ProgressSink

    /// What was compiled of the wheels; `nil` for those without modules.
    func compiled(_ wheels: [UnpackedWheel]) async throws(EnvironmentError) -> [CompiledWheel?] {
        progress(.began(.compiling, total: wheels.count))
        do {
            let found = try await withThrowingTaskGroup(of: (Int, CompiledWheel?).self) { group in
                var waiting = wheels.indices.makeIterator()
                func startNext() {
                    guard let index = waiting.next() else { return }
                    group.addTask { (index, try await compiled(wheels[index])) }
                }
                for _ in 0..<ProcessorThreads.count { startNext() }
                var found = [CompiledWheel?](repeating: nil, count: wheels.count)
                while let (index, wheel) = try await group.next() {
                    found[index] = wheel
                    progress(.advanced(.compiling, items: 1, bytes: 0))
                    startNext()
                }
                return found
            }
            progress(.ended(.compiling, items: found.reduce(0) { $0 + ($1?.list.count ?? 0) }, bytes: 0))
            return found
        } catch let error as EnvironmentError {
            throw error
        } catch {
            throw Task.isCancelled ? .cancelled : .cache(cause: error)
        }
    }

    private func compiled(_ wheel: UnpackedWheel) async throws(EnvironmentError) -> CompiledWheel? {
        let modules = wheel.modules
        if modules.isEmpty { return nil }
        let place = wheel.folder.appending(CompiledWheel.folderName(interpreter))
        if let present = await BlockingWork.run({ CompiledWheel(at: place) }) { return present }
        let lock: CacheLock
        do throws(PackageSourceError) {
            lock = try await cache.lock(WheelCache.lockName(wheel.folder.lastComponent?.string ?? ""))
        } catch {
            throw EnvironmentError(error)
        }
        defer { lock.release() }
        if let present = await BlockingWork.run({ CompiledWheel(at: place) }) { return present }
        let draft = try await BlockingWork.run { () throws(EnvironmentError) in
            try Drafts.make(beside: wheel.folder, in: cache)
        }
        do throws(EnvironmentError) {
            try await compile(modules, of: wheel, into: draft.appending(CompiledWheel.filesName))
            let list = try await list(draft.appending(CompiledWheel.filesName))
            return try await BlockingWork.run { () throws(EnvironmentError) in
                try CompiledWheel(folder: draft, list: list).write()
                try FileTree.publish(draft, at: place, in: cache)
                return CompiledWheel(folder: place, list: list)
            }
        } catch {
            await BlockingWork.run { FileTree.remove(draft) }
            throw error
        }
    }

    private func compile(
        _ modules: [String], of wheel: UnpackedWheel, into target: FilePath
    ) async throws(EnvironmentError) {
        try await BlockingWork.run { () throws(EnvironmentError) in
            _ = try Folder.calling("make the folder", target) { mkdir(target.string, 0o755) }
        }
        let code = await CompileWorkers(python: interpreter.baseExecutable).compile(modules, in: wheel.files, into: target)
        if Task.isCancelled { throw .cancelled }
        if let code { throw .system(operation: "compile", path: "the modules of \(wheel.name)", code: code) }
    }

    private func list(_ files: FilePath) async throws(EnvironmentError) -> [CompiledWheel.File] {
        let found = try await BlockingWork.run { () throws(EnvironmentError) in try FoundFiles(below: files).compiled }
        let hashes = FileHashes()
        await hashes.find(
            found.map { path, file in
                FileHashes.Question(
                    file: files.pushing(FilePath(path)), identity: file.identity, size: file.size, algorithm: "sha256")
            })
        return found.sorted { $0.key < $1.key }.compactMap { path, file in
            guard case .hash(let hash) = hashes.answer(file.identity, "sha256") else { return nil }
            return CompiledWheel.File(path: path, hash: hash, size: file.size)
        }
    }
}

extension UnpackedWheel {
    /// The modules that can be imported, relative to `files`.
    fileprivate var modules: [String] {
        manifest.groups.filter { $0.scheme.isLibrary }.flatMap { group in
            group.names.strings.filter { $0.hasSuffix(".py") }.map { group.source.isEmpty ? $0 : "\(group.source)/\($0)" }
        }
    }
}

extension InstallScheme {
    /// Whether Python imports from it.
    var isLibrary: Bool { self == .pureLibrary || self == .platformLibrary }
}
