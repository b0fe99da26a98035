import Archives
import Digests
import Environments
import PackageSources
import SystemPackage

/// The bare copy of a repository in the cache, with as much of it as was needed so far.
struct GitMirror: Sendable {
    let repository: GitRepository
    let git: GitCommand
    let cache: CacheDirectory
    var isOffline: Bool

    private var path: FilePath {
        let digest = SHA256Digest(hashing: "repository\n\(repository.identity)").hex.prefix(32)
        return cache.path(.sources, "repositories", String(digest))
    }

    /// The commit that a revision names at the moment: of the main branch where nothing is said.
    func commit(for revision: String?) async throws(SourceBuildError) -> GitCommit {
        var wanted: GitRevision?
        if let revision {
            guard let parsed = GitRevision(revision) else { throw repository.failure(.malformedRevision(revision)) }
            wanted = parsed
        }
        let sought = wanted
        return try await locked { () throws(SourceBuildError) in
            try await makeIfMissing()
            let id = try await find(sought)
            return GitCommit(repository: repository, id: id, requested: revision)
        }
    }

    /// Writes the files of a commit into a folder that does not exist yet, with its history, since versions are made of it,
    /// and with its submodules.
    func export(_ commit: GitCommit, to folder: FilePath) async throws(SourceBuildError) {
        try await locked { () throws(SourceBuildError) in
            try await makeIfMissing()
            if try await !has(commit.id) { _ = try await find(GitRevision(commit.id)) }
            // Objects are shared with the mirror while it is locked, and copied where they cannot be linked.
            _ = try await git.run(
                ["clone", "--quiet", "--no-checkout", "--", path.string, folder.string], in: path, allowsFiles: true)
        }
        _ = try await git.run(["remote", "set-url", "origin", repository.shown], in: folder)
        _ = try await git.run(["checkout", "--quiet", "--force", "--detach", commit.id], in: folder)
        guard ProjectFolder(folder).has(".gitmodules") else { return }
        guard !isOffline || repository.isLocal else { throw repository.failure(.offline) }
        // Relative addresses of submodules begin at the repository's, which may need its credentials.
        _ = try await git.run(["remote", "set-url", "origin", repository.url], in: folder)
        _ = try await git.run(["submodule", "--quiet", "update", "--init", "--recursive", "--force"], in: folder)
        _ = try await git.run(["remote", "set-url", "origin", repository.shown], in: folder)
    }

    // MARK: - Finding

    private func find(_ revision: GitRevision?) async throws(SourceBuildError) -> String {
        guard let revision else {
            return try await fetch(named: ["HEAD"], shown: "HEAD")
        }
        if revision.isFullCommit {
            let id = revision.text.lowercased()
            if try await has(id) { return id }
            try checkOnline()
            // Servers that do not give single commits give all branches.
            let one = fetchArguments(["\(id):refs/penstock/\(id)"])
            if try await git.succeeds(one, in: path), try await has(id) { return id }
            try await fetchAll()
            if try await has(id) { return id }
            throw repository.failure(.noRevision(revision.text))
        }
        let names = revision.text.hasPrefix("refs/")
            ? [revision.text] : ["refs/heads/\(revision.text)", "refs/tags/\(revision.text)"]
        if let id = try await fetchIfThere(named: names) { return id }
        if revision.mayBeShortCommit {
            if let id = try await expanded(revision) { return id }
            try await fetchAll()
            if let id = try await expanded(revision) { return id }
        }
        throw repository.failure(.noRevision(revision.text))
    }

    private func fetch(named names: [String], shown: String) async throws(SourceBuildError) -> String {
        guard let id = try await fetchIfThere(named: names) else { throw repository.failure(.noRevision(shown)) }
        return id
    }

    /// Asks the server for the first of some names that it has, and fetches what it stands for.
    private func fetchIfThere(named names: [String]) async throws(SourceBuildError) -> String? {
        try checkOnline()
        let peeled = names.map { "\($0)^{}" }
        let lines = try await git.run(["ls-remote", "--quiet", "--", repository.url] + names + peeled, in: path)
        var found: [String: String] = [:]
        for line in lines {
            let fields = line.split(separator: "\t")
            guard fields.count == 2, GitRevision(String(fields[0]))?.isFullCommit == true else { continue }
            found[String(fields[1])] = String(fields[0])
        }
        guard let name = names.first(where: { found[$0] != nil }) else { return nil }
        // An annotated tag stands for the commit that it names.
        guard let id = found["\(name)^{}"] ?? found[name] else { return nil }
        if try await has(id) { return id }
        _ = try await git.run(fetchArguments(["+\(name):refs/penstock/\(name)"]), in: path)
        if try await has(id) { return id }
        // It has moved since it was asked for.
        let now = try await git.run(["rev-parse", "--verify", "--quiet", "refs/penstock/\(name)^{commit}"], in: path)
        return now.first
    }

    private func fetchAll() async throws(SourceBuildError) {
        try checkOnline()
        _ = try await git.run(
            fetchArguments(["+refs/heads/*:refs/penstock/refs/heads/*", "+refs/tags/*:refs/tags/*"]), in: path)
    }

    private func fetchArguments(_ specifications: [String]) -> [String] {
        let options = ["--quiet", "--force", "--no-recurse-submodules", "--no-write-fetch-head"]
        return ["fetch"] + options + ["--", repository.url] + specifications
    }

    /// The full name of a commit that is in the mirror; `nil` if none begins so.
    private func expanded(_ revision: GitRevision) async throws(SourceBuildError) -> String? {
        let result = try await git.attempt(
            ["rev-parse", "--verify", "\(revision.text)^{commit}"], in: path, allowsFiles: false)
        if result.lines.contains(where: { $0.contains("is ambiguous") }) {
            throw repository.failure(.ambiguousRevision(revision.text))
        }
        guard result.code == 0, let id = result.lines.last, GitRevision(id)?.isFullCommit == true else { return nil }
        return id
    }

    private func has(_ id: String) async throws(SourceBuildError) -> Bool {
        try await git.succeeds(["cat-file", "-e", "\(id)^{commit}"], in: path)
    }

    private func checkOnline() throws(SourceBuildError) {
        if isOffline, !repository.isLocal { throw repository.failure(.offline) }
    }

    // MARK: - The mirror itself

    private func locked<Success>(
        _ body: () async throws(SourceBuildError) -> Success
    ) async throws(SourceBuildError) -> Success {
        let lock: CacheLock
        do throws(PackageSourceError) {
            try cache.prepare(.sources, "repositories")
            lock = try await cache.lock("repository \(repository.identity)")
        } catch {
            throw SourceBuildError(error)
        }
        defer { lock.release() }
        return try await body()
    }

    private func makeIfMissing() async throws(SourceBuildError) {
        let path = path
        if ProjectFolder(path).has("HEAD") { return }
        let draft = cache.temporaryName(beside: path)
        _ = try await git.run(
            ["init", "--quiet", "--bare", "--template=", "--", draft.string], in: path.removingLastComponent())
        do throws(EnvironmentError) {
            try await BlockingWork.run { () throws(EnvironmentError) in try FileTree.publish(draft, at: path, in: cache) }
        } catch {
            throw SourceBuildError(error)
        }
    }
}
