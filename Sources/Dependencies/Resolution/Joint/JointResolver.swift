internal import CondaChannels
internal import CondaPackaging
internal import CondaSolving
public import Diagnostics
internal import Lockfiles
internal import PythonPackaging

/// Finds packages of conda and of package indexes that go together, in one solve.
///
/// Markers and wheels need a Python before anything is chosen: the newest one that the conda part allows is taken first, and older
/// series are tried where nothing goes together with it. Where nothing is asked of indexes, it is `CondaResolver`.
public struct JointResolver: Sendable {
    private let conda: any CondaPackageSource
    private let source: any PackageMetadataSource
    private let options: ResolutionOptions
    private let progress: ProgressSink

    /// Series of Python that are tried.
    private static let seriesTried = 5

    public init(
        conda: any CondaPackageSource, source: any PackageMetadataSource, options: ResolutionOptions = .init(),
        progress: @escaping ProgressSink = { _ in }
    ) {
        self.conda = conda
        self.source = source
        self.options = options
        self.progress = progress
    }

    /// The packages for each target, in the order of the targets.
    ///
    /// Targets come one after the other, and each takes the versions of projects that those before it chose where they will do.
    ///
    /// - Throws: The first target's failure; it says which target it is where there are several.
    public func answers(
        _ request: JointRequest, for targets: [JointTarget]
    ) async throws(ResolutionError) -> [JointAnswer] {
        var memory = ResolutionMemory()
        var preferences = request.pypi.preferences.mapValues { [$0] }
        var answers: [JointAnswer] = []
        for target in targets {
            let answer: JointAnswer
            do throws(ResolutionError) {
                answer = request.pypi.requirements.isEmpty
                    ? try await condaAnswer(request, target) : try await self.answer(request, target, preferences, &memory)
            } catch {
                throw targets.count > 1 ? error.naming("\(target.platform)") : error
            }
            for package in answer.packages where preferences[package.name]?.contains(package.version) != true {
                preferences[package.name, default: []].append(package.version)
            }
            answers.append(answer)
        }
        return answers
    }

    // MARK: - Conda alone

    private func condaAnswer(_ request: JointRequest, _ target: JointTarget) async throws(ResolutionError) -> JointAnswer {
        do {
            let packages = try await CondaResolver(source: conda, progress: progress)
                .packages(for: request.conda(for: target, options), on: target.conda)
            let record = packages.first { $0.record.name == .python }?.record
            let python = try? record.map(CondaPython.init)?.target(on: target.platform)
            return JointAnswer(target: target, python: python, packages: [], conda: packages)
        } catch {
            throw ResolutionError(conda: error)
        }
    }

    // MARK: - Both worlds

    private func answer(
        _ request: JointRequest, _ target: JointTarget, _ preferences: [PackageName: [Version]],
        _ memory: inout ResolutionMemory
    ) async throws(ResolutionError) -> JointAnswer {
        progress(.began(.resolving, total: nil))
        let asked = request.conda(for: target, options)
        var search = try await search(request, asked, target)
        memory.conda = nil
        var failures = PythonFailures()
        for _ in 0..<Self.seriesTried {
            guard let python = try await python(&search, asked, isFirst: failures.isEmpty) else { break }
            do throws(ResolutionError) {
                let answer = try await self.answer(request, target, python, search, preferences, &memory)
                progress(.ended(.resolving, items: answer.packages.count + answer.conda.count, bytes: 0))
                return answer
            } catch {
                guard case .noSolution(let conflict) = error else { throw error }
                failures.add(conflict, python: python)
            }
        }
        throw failures.conflict.map(ResolutionError.noSolution) ?? .source(NoCondaPython())
    }

    private func search(
        _ request: JointRequest, _ asked: CondaRequest, _ target: JointTarget
    ) async throws(ResolutionError) -> CondaPythonSearch {
        do throws(CondaChannelError) {
            let contents = try await conda.contents(of: asked.channels, for: target.conda.subdir)
            let setting = CondaHalf.Setting(
                contents: contents, target: target.conda, names: request.names, preference: request.preference,
                requirements: asked.requirements, constraints: asked.constraints)
            let sources = contents.map { CondaSource(channel: $0.channel, subdir: $0.subdir, records: ChannelRecords(content: $0)) }
            let book = CondaBook(sources, virtualPackages: target.conda.virtualPackages, options: asked.options)
            return CondaPythonSearch(setting, book: book)
        } catch {
            throw ResolutionError(conda: error)
        }
    }

    /// The next Python to try; `nil` if there is none.
    private func python(
        _ search: inout CondaPythonSearch, _ asked: CondaRequest, isFirst: Bool
    ) async throws(ResolutionError) -> CondaPython? {
        do {
            switch try await search.next(conda) {
            case .python(let python): return python
            case .failed(let proof):
                guard isFirst else { return nil }
                throw await CondaResolver(source: conda).refusal(
                    CondaProof(asked, search.book).derivation(proof), search.book, asked, search.setting.target,
                    search.setting.contents)
            case .none:
                guard isFirst else { return nil }
                throw NoCondaPython()
            }
        } catch {
            // What there is beside the first Python need not be one that wheels can be chosen for.
            if !isFirst, error is CondaPythonError { return nil }
            throw ResolutionError(conda: error)
        }
    }

    /// The packages that go together with a Python.
    private func answer(
        _ request: JointRequest, _ target: JointTarget, _ python: CondaPython, _ search: CondaPythonSearch,
        _ preferences: [PackageName: [Version]], _ memory: inout ResolutionMemory
    ) async throws(ResolutionError) -> JointAnswer {
        var python = python
        var isExact = false
        while true {
            let environment: PythonTarget
            let half: CondaHalf
            do {
                environment = try python.target(on: target.platform)
                half = try CondaHalf(
                    search.setting, python: python, exactly: isExact, book: memory.conda?.book ?? search.book,
                    provided: memory.conda?.latest ?? ProvidedBook(request.names))
            } catch {
                throw ResolutionError(conda: error)
            }
            let resolver = Resolver(
                source: source, target: environment, options: options, progress: progress,
                conda: CondaSupply(source: conda, half: half))
            let solution = try await resolver.solution(for: request.pypi, preferring: preferences, memory: &memory)
            // Markers may ask for the whole version: it has to be the one that they were read for.
            if !isExact, let found = solution.python, found != python {
                (python, isExact) = (found, true)
                continue
            }
            return JointAnswer(target: target, python: environment, packages: solution.packages, conda: solution.conda)
        }
    }
}

extension JointRequest {
    /// What is asked of conda on a target. What the options of the whole say counts for conda too, unless it has its own word.
    func conda(for target: JointTarget, _ options: ResolutionOptions) -> CondaRequest {
        var request = conda
        request.requirements += target.requirements
        for (name, records) in target.preferences {
            request.options.preferences[name] = records + (request.options.preferences[name] ?? [])
        }
        if request.options.strategy == .highest, let strategy = CondaOptions.Strategy(rawValue: options.strategy.rawValue) {
            request.options.strategy = strategy
        }
        if request.options.excludeNewer == nil, let moment = options.excludeNewer {
            request.options.excludeNewer = moment.lastMillisecondBefore
        }
        return request
    }
}

extension ResolutionError {
    /// For an error of conda's side.
    init(conda error: any Error) {
        switch error {
        case let error as ResolutionError: self = error
        case let error as CondaResolutionError:
            switch error {
            case .noSolution(let conflict): self = .noSolution(conflict)
            case .channel(let fault): self = .init(conda: fault)
            case .request: self = .source(error)
            }
        case let error as CondaBookError: self = .source(CondaChannelError(error))
        case CondaChannelError.cancelled, is CancellationError: self = .cancelled
        case let error as CondaRequestError: self = .source(CondaResolutionError.request(error))
        default: self = .source(error)
        }
    }
}

extension UTCTime {
    /// The last whole millisecond since 1970 that is before it.
    fileprivate var lastMillisecondBefore: Int64 { seconds * 1000 + (Int64(nanoseconds) + 999_999) / 1_000_000 - 1 }
}

/// Wheels are asked for, and no Python.
struct NoCondaPython: DiagnosticError {
    var diagnostic: Diagnostic {
        Diagnostic(
            .user, "no conda package brings Python in", help: "ask for it beside the other conda packages: python='3.12'")
    }
}
