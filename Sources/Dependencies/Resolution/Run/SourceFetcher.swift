internal import Diagnostics
internal import PythonPackaging

/// Performs fetches.
struct SourceFetcher: Sendable {
    /// A fetch with all that it takes.
    enum Order: Sendable {
        case listing(PackageName)
        case metadata(IndexFile)
        case distribution(DirectReference, PackageName)
    }

    let source: any PackageMetadataSource

    func perform(_ order: Order) async -> ResolutionMemory.News {
        do {
            switch order {
            case .listing(let name): return .listing(name, try await source.listing(of: name))
            case .metadata(let file): return .metadata(file.url, try await metadata(of: file))
            case .distribution(let reference, let name):
                return .distribution(reference, try await distribution(of: reference, for: name))
            }
        } catch {
            return .failure(error)
        }
    }

    private func metadata(of file: IndexFile) async throws -> Result<ParsedMetadata, UnusableMetadata> {
        do {
            return .success(try ParsedMetadata(try await source.coreMetadata(of: file)))
        } catch let problem as UnusableMetadata {
            return .failure(problem)
        }
    }

    private func distribution(of reference: DirectReference, for name: PackageName) async throws -> DirectDistribution {
        do {
            let distribution = try await source.distribution(of: reference, for: name)
            guard distribution.metadata.name == name else {
                throw UnusableMetadata(reason: "calls itself \(distribution.metadata.name) in its metadata")
            }
            return distribution
        } catch let problem as UnusableMetadata {
            throw UnusableReference(name: name, location: "\(ReferenceIdentity(reference))", reason: problem.reason)
        }
    }
}

extension SourceFetcher.Order {
    /// `nil` for a file that the run does not know, which it does not ask for.
    init?(_ fetch: Fetch, of run: ResolutionRun) {
        switch fetch {
        case .page(let name): self = .listing(name)
        case .metadata:
            guard let file = run.file(for: fetch) else { return nil }
            self = .metadata(file)
        case .reference(let name, let place):
            guard let reference = run.book.stipulations.references[name]?[place] else { return nil }
            self = .distribution(reference, name)
        }
    }
}

/// A direct reference to something that cannot be used.
struct UnusableReference: DiagnosticError {
    let name: PackageName
    let location: String
    /// The rest of a sentence that begins with the package.
    let reason: String

    var diagnostic: Diagnostic {
        Diagnostic(.user, "\(name) from \(location) \(reason)", help: "name another file, folder or repository")
    }
}
