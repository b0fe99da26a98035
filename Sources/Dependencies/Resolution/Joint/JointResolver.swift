public import CondaChannels
internal import CondaPackaging
public import Diagnostics
internal import PubGrub
public import PythonPackaging

/// Finds packages of conda and of package indexes that go together, in one solve.
///
/// Markers and wheels need a Python before anything is chosen: the newest one that the conda part allows is taken first, and older
/// series are tried where nothing goes together with it.
public struct JointResolver: Sendable {
    private let client: ChannelClient
    private let reader: PackageInfoReader
    private let source: any PackageMetadataSource
    private let options: ResolutionOptions
    private let progress: ProgressSink

    /// Rounds of looking into chosen packages before what they turn out to have is no news any more.
    private static let rounds = 12

    public init(
        client: ChannelClient, reader: PackageInfoReader, source: any PackageMetadataSource, options: ResolutionOptions = .init(),
        progress: @escaping ProgressSink = { _ in }
    ) {
        self.client = client
        self.reader = reader
        self.source = source
        self.options = options
        self.progress = progress
    }

    public func answer(_ request: JointRequest, for target: JointTarget) async throws -> JointAnswer {
        progress(.began(.resolving, total: nil))
        let contents = try await client.contents(of: request.channels, for: target.subdir)
        var book = JointBook(
            home: client.settings.home ?? "", virtualPackages: target.virtualPackages, preferring: request.earlier)
        let pythons = try await pythons(request, &book, contents)
        var firstFailure: [String]?
        var provided = ProvidedBook()
        for python in pythons {
            let target = try PythonTarget(platform: target.platform, python: python.description)
            switch try await answer(request, target, &book, contents, &provided) {
            case .success(let answer):
                progress(.ended(.resolving, items: answer.packages.count + answer.conda.count, bytes: 0))
                return answer
            case .failure(let failure): firstFailure = firstFailure ?? failure.sentences
            }
        }
        throw JointConflict(sentences: firstFailure ?? [], request: request)
    }

    private struct Failure: Error { let sentences: [String] }

    /// One Python of each series that the conda part goes together with, the newest first.
    private func pythons(
        _ request: JointRequest, _ book: inout JointBook, _ contents: [ChannelContent]
    ) async throws -> [CondaVersion] {
        var pythons: [CondaVersion] = []
        var specs = request.conda.map(\.spec)
        while pythons.count < 4 {
            var solver = JointPythonSearch(specs, book: book)
            let packages: [JointCandidate]
            search: while true {
                switch solver.advance() {
                case .needs(let names): try await load(names, request, &solver.book, contents)
                case .failed(let sentences):
                    book = solver.book
                    if pythons.isEmpty { throw JointConflict(sentences: sentences, request: request) }
                    return pythons
                case .solved(let found):
                    packages = found
                    break search
                }
            }
            book = solver.book
            guard let python = packages.first(where: { $0.record.name.description == "python" })?.record.version else {
                throw JointConflict(sentences: ["no conda package brings Python in."], request: request)
            }
            pythons.append(python)
            guard !request.pypi.requirements.isEmpty else { return pythons }
            let series = python.description.split(separator: ".").prefix(2).joined(separator: ".")
            specs.append(try MatchSpec(parsing: "python <\(series)"))
        }
        return pythons
    }

    private func answer(
        _ request: JointRequest, _ target: PythonTarget, _ book: inout JointBook, _ contents: [ChannelContent], _ provided: inout ProvidedBook
    ) async throws -> Result<JointAnswer, Failure> {
        let source = try await source.source(for: target)
        var pinned = request
        let series = target.pythonVersion.release.prefix(2).map { String($0) }.joined(separator: ".")
        pinned.conda.append(CondaRequirement(try MatchSpec(parsing: "python \(series).*"), spelled: "Python \(series)"))
        let stipulations = Stipulations(
            request.pypi, preferences: request.pypi.preferences.mapValues { [$0] }, target: target, options: options)
        let files = FileChoice(target: target, options: options, canBuild: source.canBuild, canHash: source.canHash)
        var pages: [PackageName: (any VersionListing)?] = [:]
        for _ in 0..<Self.rounds {
            var run = JointRun(pinned, conda: book, provided: provided, stipulations: stipulations, target: target, files: files)
            for (name, page) in pages { run.learn(page, of: name) }
            let outcome = try await drive(&run, pinned, contents, source, &pages)
            book = run.conda
            switch outcome {
            case .failed(let sentences): return .failure(Failure(sentences: sentences))
            case .unsupported(let text): throw JointConflict(sentences: ["\(text)."], request: request)
            case .needs: continue
            case .solved(let packages, let warnings, let conda):
                if try await lookInto(conda, &provided, isJoint: !request.pypi.requirements.isEmpty) { continue }
                for warning in warnings { progress(.warning(warning)) }
                let chosen = conda.map { package in
                    ChosenCondaPackage(
                        record: package.record, url: package.url, channel: package.channel.baseURL, provides: provided.seen[package.url] ?? [])
                }
                let exact = conda.first { $0.record.name.description == "python" }?.record.version.description
                let final = try exact.map { text throws in try PythonTarget(platform: target.platformName, python: text) } ?? target
                return .success(JointAnswer(target: final, packages: packages, conda: chosen))
            }
        }
        throw JointConflict(sentences: ["what the conda packages have changes with every look into them."], request: request)
    }

    /// Looks which projects the chosen packages have; returns whether that changes anything.
    private func lookInto(_ packages: [JointCandidate], _ provided: inout ProvidedBook, isJoint: Bool) async throws -> Bool {
        guard isJoint else { return false }
        var hasNews = false
        for package in packages where ProvidedBook.isPython(package.record) && !provided.knows(package) {
            let found = try await reader.provided(by: CondaArchiveOrder(package.record, url: package.url))
            if provided.learn(found.distributions, of: package) { hasNews = true }
        }
        return hasNews
    }

    private func drive(
        _ run: inout JointRun, _ request: JointRequest, _ contents: [ChannelContent], _ source: any PackageMetadataSource,
        _ pages: inout [PackageName: (any VersionListing)?]
    ) async throws -> JointRun.Step {
        while true {
            let step = run.advance()
            guard case .needs(let needs) = step else { return step }
            try Task.checkCancellation()
            let names = Set(needs.compactMap { if case .conda(let name) = $0 { name } else { nil } })
            try await load(names, request, &run.conda, contents)
            for need in needs {
                switch need {
                case .conda: break
                case .page(let name):
                    let page = try await source.listing(of: name)
                    pages[name] = page
                    run.learn(page, of: name)
                case .metadata(let name, let candidate):
                    guard let file = run.file(of: name, candidate) else { continue }
                    do {
                        run.learn(.success(try ParsedMetadata(try await source.coreMetadata(of: file))), of: name, candidate)
                    } catch let problem as UnusableMetadata {
                        run.learn(.failure(problem), of: name, candidate)
                    }
                }
                progress(.advanced(.resolving, items: 1, bytes: 0))
            }
        }
    }

    /// Tells a book the candidates of names.
    private func load(
        _ names: Set<CondaName>, _ request: JointRequest, _ book: inout JointBook, _ contents: [ChannelContent]
    ) async throws {
        guard !names.isEmpty else { return }
        try await client.load(names, in: contents)
        for name in names {
            var candidates: [JointCandidate] = []
            for content in contents {
                let rank = request.channels.firstIndex { $0.baseURL == content.channel.baseURL } ?? request.channels.count
                for record in try content.records(of: name) {
                    candidates.append(
                        JointCandidate(
                            record: record, url: content.url(of: record.fileName), channel: content.channel,
                            rank: request.priority == .disabled ? 0 : rank))
                }
            }
            let named = request.conda.contains { $0.spec.name.exactName == name && !$0.spec.isPlain && $0.spec.details.channel != nil }
            book.add(candidates, of: name, isStrict: request.priority == .strict && !named)
        }
    }
}

/// Packages of conda, and perhaps of an index, that do not go together.
public struct JointConflict: DiagnosticError {
    /// Why, in order.
    public let sentences: [String]
    private let asker: Asker?

    init(sentences: [String], request: JointRequest) {
        self.sentences = sentences
        asker = request.conda.first?.asker ?? request.pypi.requirements.first?.asker
    }

    public var diagnostic: Diagnostic {
        let numbered = sentences.count < 2 ? sentences : sentences.enumerated().map { "\($0.offset + 1). \($0.element)" }
        return Diagnostic(
            .user, "no packages go together as they are asked for", file: asker?.file, line: asker?.line, details: numbered,
            help: "allow other versions of one of these, or leave one of them out")
    }
}
