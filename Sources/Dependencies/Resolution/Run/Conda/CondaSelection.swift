internal import CondaChannels
internal import CondaPackaging
internal import CondaSolving
internal import Lockfiles
internal import PythonPackaging

/// Turns what the solver chose of conda into packages.
struct CondaSelection {
    /// In the order of their names.
    private(set) var packages: [LockedCondaPackage] = []
    private(set) var python: CondaPython?
    /// What a person should know about the choice.
    private(set) var warnings: [String] = []

    init(chosen: [PackageKey: Int], _ conda: CondaHalf, book: ProjectBook) throws(ResolutionError) {
        do throws(CondaBookError) {
            for case (.conda(let package), let place) in chosen {
                guard let locked = try conda.package(place, of: package) else { continue }
                packages.append(locked)
                if locked.record.name == .python { python = try? CondaPython(locked.record) }
            }
        } catch {
            throw ResolutionError(conda: error)
        }
        packages.sort { $0.record.name < $1.record.name }
        for case (.extra(let project, let extra), let candidate) in chosen {
            guard let standIn = book.projects[project]?.table.standIn(of: candidate) else { continue }
            let fetch = Fetch.standIn(project, standIn.package, record: standIn.record)
            if case .success(let metadata)? = conda.metadata(for: fetch), metadata.providesExtra.contains(extra) { continue }
            warnings.append("\(project) \(standIn.version) of conda has no extra named \(extra)")
        }
        warnings.sort()
    }
}

extension CondaHalf {
    /// A record as it is locked; `nil` for what is installed nowhere, such as virtual packages.
    fileprivate func package(_ place: Int, of package: CondaPackageID) throws(CondaBookError) -> LockedCondaPackage? {
        guard case .package = book.kind(of: package), let candidate = book.candidate(place, of: package),
            let source = candidate.source, let record = try book.record(of: candidate)
        else { return nil }
        let content = setting.contents[source]
        let isKnown = !needsLook(place, in: package)
        return LockedCondaPackage(
            record: record, url: content.url(of: record.fileName), channel: content.channel.baseURL,
            provides: isKnown ? latestItems(of: place, in: package).map { ProvidedProject(name: $0.name, version: $0.version) } : [])
    }
}
