import Archives
import Diagnostics
import PackageSources
import PythonPackaging
import SystemPackage

/// Fetches one Python: the archive is checked, unpacked beside its place, run once, and moved to its place.
struct PythonFetch: Sendable {
    let build: StandaloneBuild
    let mirror: PythonMirror
    let store: FetchedPythons
    let environment: [String: String]
    let progress: ProgressSink

    /// Of all processes that want it one fetches, the others wait for it.
    ///
    /// - Parameter again: whether one that is there is replaced.
    func perform(again: Bool) async throws(PythonFetchError) -> PythonFetching.Fetched {
        let (store, name) = (store, build.name)
        try await BlockingWork.run { () throws(PythonFetchError) in try store.prepare() }
        let lock = try await store.lock(name) { progress(.note("another process fetches \(build.title); waiting for it")) }
        defer { lock.release() }
        if !again, let present = fetched(isNew: false) { return present }
        let draft = try await BlockingWork.run { () throws(PythonFetchError) in
            store.sweep(held: name)
            return try store.makeDraft(name)
        }
        do throws(PythonFetchError) {
            try await fill(draft)
        } catch {
            progress(.ended(.fetching, items: 0, bytes: 0))
            await BlockingWork.run { store.remove(draft) }
            throw error
        }
        await BlockingWork.run { store.remove(draft) }
        guard let fetched = fetched(isNew: true) else {
            throw .refused(build: build.title, place: place, reason: "it has no Python in bin")
        }
        return fetched
    }

    private var place: String { withoutCredentials(build.url) }

    private func fetched(isNew: Bool) -> PythonFetching.Fetched? {
        let place = store.place(of: build.name)
        return FetchedPythons.python(in: place).map { .init(name: build.name, place: place, python: $0, isNew: isNew) }
    }

    private func fill(_ draft: FilePath) async throws(PythonFetchError) {
        let archive = draft.appending("archive")
        progress(.note("fetching \(build.title) from \(place)"))
        progress(.began(.fetching, total: 1))
        if let size = build.size { progress(.expected(.fetching, bytes: size)) }
        let count = Tally()
        try await mirror.fetch(build, to: archive) { event in
            guard case .advanced(_, _, let bytes) = event, bytes > 0 else { return }
            count.add(bytes)
            progress(.advanced(.fetching, items: 0, bytes: bytes))
        }
        let installation = try await unpack(archive, in: draft)
        try await check(installation)
        try await BlockingWork.run { () throws(PythonFetchError) in try store.publish(installation, as: build.name) }
        progress(.ended(.fetching, items: 1, bytes: count.total))
    }

    private func unpack(_ archive: FilePath, in draft: FilePath) async throws(PythonFetchError) -> FilePath {
        try await BlockingWork.run { () throws(PythonFetchError) in
            let tree = draft.appending("tree")
            do throws(ArchiveError) {
                try TarArchive.unpack(archive, into: tree, name: place)
            } catch {
                throw .archive(error)
            }
            guard let installation = Self.installation(in: tree) else {
                throw .refused(build: build.title, place: place, reason: "it has no Python in bin")
            }
            BuildPaths(root: installation, place: store.place(of: build.name), environment: environment).correct()
            return installation
        }
    }

    /// Archives have one folder, which is the installation, or, in the larger ones, has it beside what it was built from.
    private static func installation(in tree: FilePath) -> FilePath? {
        let tops = FileQuestions.names(in: tree)
        let top = tops.count == 1 ? tree.appending(tops[0]) : tree
        return [top.appending("install"), top].first { FetchedPythons.python(in: $0) != nil }
    }

    /// Runs it: an archive of another system, or another version, is found out now and not in a flow.
    private func check(_ installation: FilePath) async throws(PythonFetchError) {
        guard let python = FetchedPythons.python(in: installation) else { return }
        let verdict = await Describer(environment: environment).describe(python)
        if Task.isCancelled { throw .cancelled }
        let reason: String?
        switch verdict {
        case .failed(let words): reason = "its Python does not start: \(words)"
        case .tooOld(let version): reason = "it is Python \(version), which is too old"
        case .described(let answers): reason = difference(answers)
        }
        if let reason { throw .refused(build: build.title, place: place, reason: reason) }
    }

    private func difference(_ answers: Description) -> String? {
        guard let version = try? Version(parsing: answers["version"]), version == build.version else {
            return "it is Python \(answers["version"])"
        }
        guard answers["implementation"] == build.implementation else { return "it is \(answers["implementation-title"])" }
        guard answers.flag("free-threaded") == build.isFreeThreaded else {
            return build.isFreeThreaded ? "it has the global interpreter lock" : "it is free-threaded"
        }
        return nil
    }
}
