public import CondaChannels
import CondaPackaging
public import CondaSolving
public import Diagnostics
public import Lockfiles

/// Finds conda packages that go together, for one platform.
public struct CondaResolver: Sendable {
    let source: any CondaRecordSource
    private let progress: ProgressSink

    public init(source: any CondaRecordSource, progress: @escaping ProgressSink = { _ in }) {
        self.source = source
        self.progress = progress
    }

    /// The packages that answer a request, by name.
    public func packages(
        for request: CondaRequest, on target: CondaTarget
    ) async throws(CondaResolutionError) -> [LockedCondaPackage] {
        progress(.began(.resolving, total: nil))
        let contents: [ChannelContent]
        do throws(CondaChannelError) {
            contents = try await source.contents(of: request.channels, for: target.subdir)
        } catch {
            throw .channel(error)
        }
        var solver = try self.solver(request, target, contents)
        while true {
            switch try advance(&solver) {
            case .solved(let records):
                progress(.ended(.resolving, items: records.count, bytes: 0))
                return records.map { chosen in
                    let content = contents[chosen.source]
                    return LockedCondaPackage(
                        record: chosen.record, url: content.url(of: chosen.record.fileName), channel: content.channel.baseURL)
                }
            case .failed(let proof):
                throw await refusal(CondaProof(request, solver.book).derivation(proof), solver.book, request, target, contents)
            case .needs(let names):
                do throws(CondaChannelError) {
                    try await source.load(names, in: contents)
                } catch {
                    throw .channel(error)
                }
                progress(.advanced(.resolving, items: names.count, bytes: 0))
            }
        }
    }

    func solver(
        _ request: CondaRequest, _ target: CondaTarget, _ contents: [ChannelContent]
    ) throws(CondaResolutionError) -> CondaSolver {
        let sources = contents.map { CondaSource(channel: $0.channel, subdir: $0.subdir, records: ChannelRecords(content: $0)) }
        let book = CondaBook(sources, virtualPackages: target.virtualPackages, options: request.options)
        do throws(CondaRequestError) {
            return try CondaSolver(
                book, requirements: request.requirements.map(\.spec), constraints: request.constraints.map(\.spec))
        } catch {
            throw .request(error)
        }
    }

    /// Why there is no solution, in words.
    func refusal(
        _ proof: ConflictScene.Proof, _ book: CondaBook, _ request: CondaRequest, _ target: CondaTarget, _ contents: [ChannelContent]
    ) async -> CondaResolutionError {
        var words = ConflictWords(ConflictScene(conda: CondaScene(book: book, contents: contents, target: target)), proof)
        if let narrower = await narrowerProof(than: words.demands, in: request, target, contents) {
            words = ConflictWords(
                ConflictScene(conda: CondaScene(book: narrower.book, contents: contents, target: target)), narrower.proof)
        }
        return .noSolution(words.conflict(await alternatives(for: words.demands, in: request, target, contents)))
    }

    private func advance(_ solver: inout CondaSolver) throws(CondaResolutionError) -> CondaSolver.Step {
        do throws(CondaBookError) {
            return try solver.advance()
        } catch {
            throw .channel(CondaChannelError(error))
        }
    }
}

extension CondaChannelError {
    init(_ error: CondaBookError) {
        self = .broken(channel: error.channel.name, url: error.channel.url(of: error.subdir), reason: "\(error.error)")
    }
}

/// Why there are no conda packages to a request.
public enum CondaResolutionError: DiagnosticError {
    case channel(CondaChannelError)
    case request(CondaRequestError)
    case noSolution(ResolutionConflict)

    public var diagnostic: Diagnostic {
        switch self {
        case .channel(let fault): fault.diagnostic
        case .request(let error): Diagnostic(.user, "\(error)")
        case .noSolution(let conflict): conflict.diagnostic
        }
    }
}
