internal import CondaChannels
internal import CondaPackaging
internal import Diagnostics
internal import PythonPackaging

/// Performs fetches.
struct SourceFetcher: Sendable {
    /// A fetch with all that it takes.
    enum Order: Sendable {
        case listing(PackageName)
        case metadata(IndexFile)
        case distribution(DirectReference, PackageName)
        case records(CondaName, [ChannelContent])
        case provided(CondaArchiveOrder)
        case standIn(CondaMetadataPlace)
    }

    let source: any PackageMetadataSource
    /// Absent where nothing is asked of conda.
    var conda: (any CondaPackageSource)?

    func perform(_ order: Order) async -> ResolutionMemory.News {
        do {
            switch order {
            case .listing(let name): return .listing(name, try await source.listing(of: name))
            case .metadata(let file): return .metadata(file.url, try await metadata(of: file))
            case .distribution(let reference, let name):
                return .distribution(reference, try await distribution(of: reference, for: name))
            case .records(let name, let contents):
                try await conda?.load([name], in: contents)
                return .records
            case .provided(let archive):
                return .provided(archive, try await conda?.projects(in: archive) ?? ProvidedProjects([]))
            case .standIn(let place): return .standIn(place, try await metadata(at: place))
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

    private func metadata(at place: CondaMetadataPlace) async throws -> Result<ParsedMetadata, UnusableMetadata> {
        let bytes = try await conda?.metadata(of: place.distribution, in: place.archive) ?? []
        do throws(CoreMetadataError) {
            let metadata = try CoreMetadata(parsing: bytes)
            return Result { () throws(UnusableMetadata) in try ParsedMetadata(metadata) }
        } catch {
            return .failure(UnusableMetadata(reason: "has metadata that cannot be read: \(error)"))
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
        case .records(let name): self = .records(name, run.conda?.setting.contents ?? [])
        case .provided(let package, let record):
            guard let archive = run.conda?.archive(of: record, in: package) else { return nil }
            self = .provided(archive)
        case .standIn(let project, let package, let record):
            guard let place = run.conda.flatMap({ CondaMetadataPlace(project, in: record, of: package, $0) }) else { return nil }
            self = .standIn(place)
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
