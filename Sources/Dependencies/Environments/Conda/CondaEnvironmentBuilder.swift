import Archives
import CondaPackaging
import CondaPrefixes
import Diagnostics
import Digests
import Interpreters
import Lockfiles
import PackageSources
import SystemPackage

/// Builds one environment whose Python is a conda package, in a draft beside its place, and publishes it. The caller holds
/// its lock.
///
/// The packages are linked into the draft with the path of the place written into them; then the Python in the draft says what
/// it is, and the wheels are installed for it as into any other environment.
struct CondaEnvironmentBuilder: Sendable {
    let store: EnvironmentStore
    let request: CondaRequest
    let digest: SHA256Digest
    let place: FilePath

    /// Where a file is missing that a package has, its copy in the cache may have lost it: it is unpacked anew, once.
    func build() async throws(EnvironmentError) -> [EnvironmentWarning] {
        do throws(EnvironmentError) {
            return try await attempt()
        } catch {
            guard case .conda(let cause) = error, case .missingFile(let name, _)? = cause as? CondaPrefixError,
                let sha256 = request.part.packages.first(where: { $0.record.fileName.description == name })?.record.sha256
            else { throw error }
            try await BlockingWork.run { () throws(EnvironmentError) in
                try Drafts.remove(store.cache.path(.condaPackages, sha256.hex), in: store.cache)
            }
            return try await attempt()
        }
    }

    private func attempt() async throws(EnvironmentError) -> [EnvironmentWarning] {
        let packages = request.part.packages
        let check = MachineCheck(variables: store.conda.overrides)
        var warnings = try await check.check(packages.map(\.record))
        let fetching = CondaFetching(
            cache: store.cache, supply: store.supply, progress: store.progress, openArchives: request.openArchives)
        let unpacked = try await fetching.unpacked(packages)
        let installations = await BlockingWork.run {
            zip(packages, unpacked).map { package, unpacked in
                CondaInstallation(
                    package: unpacked, record: ArchivedRecord.completed(package, unpacked), url: package.url,
                    channel: package.channel)
            }
        }
        // Locks may know no more of a package than its file.
        let bare = zip(packages, installations).filter { $0.record != $1.record }.map(\.1.record)
        warnings += try await check.check(bare)
        let draft = try await BlockingWork.run { () throws(EnvironmentError) in
            try Drafts.make(beside: place, in: store.cache)
        }
        do throws(EnvironmentError) {
            let report = try await link(installations, into: draft)
            let policy = store.conda.linkScripts
            if policy == .run {
                try await LinkScriptRun(draft: draft, place: place, progress: store.progress).run(report.linkScripts)
            }
            warnings += EnvironmentWarning.all(of: report, linkScripts: policy)
            let scripts = EnvironmentOrigin.LinkScripts(policy: policy, packages: report.refusedScripts)
            let interpreter = try await Self.interpreter(in: draft, request.finder)
            return try await warnings + install(into: draft, interpreter, scripts)
        } catch {
            await BlockingWork.run { FileTree.remove(draft) }
            throw error
        }
    }

    private func link(
        _ installations: [CondaInstallation], into draft: FilePath
    ) async throws(EnvironmentError) -> PrefixReport {
        store.progress(.began(.linking, total: installations.count))
        let report: PrefixReport
        do throws(CondaPrefixError) {
            report = try await PrefixInstaller().install(
                installations, into: draft, prefix: place, compile: store.compilesBytecode ? compiler(in: draft) : nil)
        } catch {
            throw .conda(cause: error)
        }
        store.progress(.ended(.linking, items: report.fileCount, bytes: 0))
        return report
    }

    /// Compiles modules of the draft by the Python in it.
    private func compiler(in draft: FilePath) -> PrefixInstaller.Compile {
        { [progress = store.progress] (modules) async throws(CondaPrefixError) in
            progress(.began(.compiling, total: modules.count))
            let workers = CompileWorkers(python: draft.pushing(FilePath(CondaRequest.command)))
            if let code = await workers.compile(modules, in: draft, into: draft) {
                throw .system(operation: "compile", path: "the modules of the conda packages", code: code)
            }
            progress(.ended(.compiling, items: modules.count, bytes: 0))
        }
    }

    /// Installs the wheels on top, and publishes the draft.
    private func install(
        into draft: FilePath, _ interpreter: Interpreter, _ scripts: EnvironmentOrigin.LinkScripts
    ) async throws(EnvironmentError) -> [EnvironmentWarning] {
        let orders = try await orders(interpreter)
        var origin = EnvironmentRequest(
            interpreter: interpreter, digest: digest, orders: { () throws(EnvironmentError) in orders },
            openFetching: { [store, request] in
                try await WheelFetching.opened(supply: store.supply, progress: store.progress, openClient: request.openClient)
            })
        origin.lock = request.lock
        origin.folder = request.folder
        return try await store.wheelBuilder(origin, orders, at: place, conda: request.part, scripts: scripts).fill(draft, orders)
    }

    /// The wheels. Those that have to be built are built with a Python that stays: that of the environment of the conda packages
    /// alone.
    private func orders(_ interpreter: Interpreter) async throws(EnvironmentError) -> [WheelOrder] {
        if request.lock.packages.isEmpty { return [] }
        let orders = store.orders(of: request.lock, interpreter: interpreter, relativeTo: request.folder)
        let selections = try orders.selections()
        if selections.allSatisfy({ orders.named($0) != nil }) { return selections.compactMap(orders.named) }
        var lock = request.lock
        lock.packages = []
        let base = try await store.ensure(
            CondaRequest(
                lock: lock, part: request.part, folder: nil, finder: request.finder, openArchives: request.openArchives,
                openClient: request.openClient))
        guard let python = base.interpreter else { return [] }
        return try await store.orders(of: request.lock, interpreter: python, relativeTo: request.folder).all()
    }

    /// The Python of a prefix, as it describes itself.
    static func interpreter(in prefix: FilePath, _ finder: InterpreterFinder) async throws(EnvironmentError) -> Interpreter {
        do throws(InterpreterError) {
            return try await finder.findHere(InterpreterRequest(file: prefix.pushing(FilePath(CondaRequest.command))))
        } catch {
            throw Task.isCancelled ? .cancelled : .conda(cause: error)
        }
    }
}
