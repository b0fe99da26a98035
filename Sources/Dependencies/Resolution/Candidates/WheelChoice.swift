internal import PythonPackaging

/// Chooses the wheel of a version that a target installs, or says why there is none.
struct WheelChoice: Sendable {
    let tags: TagList
    let prereleases: ResolutionOptions.Prereleases
    var python: PythonRequirement

    init(target: PythonTarget, prereleases: ResolutionOptions.Prereleases) {
        tags = target.tags
        python = PythonRequirement(python: target.pythonVersion)
        self.prereleases = prereleases
    }

    enum Outcome: Sendable {
        case wheel(OfferedFile)
        case unusable(Unusable)
    }

    /// - Parameter allowsYanked: Whether the version was asked for so exactly that it may have been taken back.
    mutating func choose(
        from listing: any VersionListing, at position: Int, isPrerelease: Bool, allowsYanked: Bool
    ) -> Outcome {
        if prereleases == .never, isPrerelease { return .unusable(.prerelease) }
        let best = listing.bestWheel(at: position, for: tags) { file in
            (allowsYanked || !file.isYanked) && file.sha256 != nil && python.accepts(file.requiresPython)
        }
        if let best { return .wheel(best) }
        return .unusable(reason(listing.files(at: position).map(\.file), allowsYanked: allowsYanked))
    }

    private mutating func reason(_ files: [IndexFile], allowsYanked: Bool) -> Unusable {
        let current = allowsYanked ? files : files.filter { !$0.isYanked }
        guard !current.isEmpty else { return .yanked(Self.yankReason(files)) }
        let wheels = current.compactMap { file in
            (try? WheelFilename(parsing: file.filename)).map { (file: file, name: $0) }
        }
        guard !wheels.isEmpty else { return .onlySourceDistributions }
        let compatible = wheels.filter { tags.bestRank(of: $0.name) != nil }
        // Where every wheel is for another Python anyway, that says more than which tags are missing.
        let relevant = compatible.isEmpty ? wheels : compatible
        let refusals = relevant.map(\.file.requiresPython).filter { !python.accepts($0) }
        if refusals.count == relevant.count, let required = refusals.first ?? nil { return .python(required: required) }
        return compatible.isEmpty ? .noCompatibleWheel(mismatch(of: wheels.map(\.name))) : .noDigest
    }

    private static func yankReason(_ files: [IndexFile]) -> String? {
        for case .yes(let reason?) in files.map(\.yanked) where !reason.trimmed.isEmpty { return reason.trimmed }
        return nil
    }

    /// The first part of the tags that no wheel has right.
    private func mismatch(of wheels: [WheelFilename]) -> WheelMismatch {
        let pythons = Set(tags.tags.map(\.python))
        let fitting = wheels.filter { !pythons.isDisjoint(with: $0.pythons) }
        guard !fitting.isEmpty else { return Self.mismatch(.python, wheels.flatMap(\.pythons)) }
        let platforms = Set(tags.tags.map(\.platform))
        let runnable = fitting.filter { !platforms.isDisjoint(with: $0.platforms) }
        guard !runnable.isEmpty else { return Self.mismatch(.platform, fitting.flatMap(\.platforms)) }
        return Self.mismatch(.abi, runnable.flatMap(\.abis))
    }

    private static func mismatch(_ part: WheelMismatch.Part, _ found: [String]) -> WheelMismatch {
        WheelMismatch(part: part, found: Set(found).sorted())
    }
}
