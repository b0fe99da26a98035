import Diagnostics
import Digests
import Environments
import Interpreters
import Lockfiles
import PackageSources
import PythonPackaging
import Resolution

/// Makes the environments that builds run in.
struct BuildEnvironments: Sendable {
    let builder: SourceBuilder
    /// The build that needs the environment.
    let asker: BuildKey

    /// An environment with what these requirements come to; it is shared by all builds that need the same.
    func environment(
        with requirements: [String], on interpreter: Interpreter
    ) async throws(SourceBuildError) -> BuiltEnvironment {
        let distinct = Set(requirements).sorted()
        let key = BuildKey(
            product: .environment,
            digest: SHA256Digest(hashing: (distinct + [interpreter.identity]).joined(separator: "\n")), what: "")
        let outcome = try await builder.flights.value(for: key, asker: asker) { () async throws(SourceBuildError) in
            .environment(try await make(distinct, on: interpreter, as: key))
        }
        guard case .environment(let built) = outcome else { throw .cancelled }
        return built
    }

    private func make(
        _ requirements: [String], on interpreter: Interpreter, as key: BuildKey
    ) async throws(SourceBuildError) -> BuiltEnvironment {
        let lock = try await lock(requirements, on: interpreter, as: key)
        let store = EnvironmentStore(
            cache: builder.cache, builder: LockedSourceBuilder(builder: builder, asker: key),
            progress: builder.quietProgress)
        do throws(EnvironmentError) {
            return try await store.ensure(lock, interpreter: interpreter) { try await builder.openClient() }
        } catch .cancelled {
            throw .cancelled
        } catch {
            // A build within a build is told by itself.
            if case .notBuilt(_, let cause) = error, let cause = cause as? SourceBuildError { throw cause }
            throw .environment(what: asker.what, cause: error)
        }
    }

    private func lock(
        _ requirements: [String], on interpreter: Interpreter, as key: BuildKey
    ) async throws(SourceBuildError) -> PyLock {
        if requirements.isEmpty { return PyLock(packages: []) }
        var options = builder.options.resolution
        options.strategy = .highest
        do {
            let roots = try requirements.map { text in
                var root = try RootRequirement(parsing: text)
                root.asker = Asker("the build of \(asker.what)")
                return root
            }
            let source = BuildingSource(
                client: try await builder.openClient(), builder: builder, interpreter: interpreter, asker: key)
            let resolver = Resolver(
                source: source, target: interpreter.target, options: options, progress: builder.quietProgress)
            return try await resolver.resolve(roots)
        } catch {
            if Task.isCancelled { throw .cancelled }
            if case .source(let cause)? = error as? ResolutionError, let cause = cause as? SourceBuildError { throw cause }
            throw .requirements(what: asker.what, requirements: requirements, cause: error)
        }
    }
}
