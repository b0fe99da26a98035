internal import PythonPackaging

/// Chooses the wheel of a version that a target installs, or says why there is none.
struct WheelChoice: Sendable {
    let target: PythonTarget
    let prereleases: ResolutionOptions.Prereleases
    private var pythonVerdicts: [String: Bool] = [:]

    init(target: PythonTarget, prereleases: ResolutionOptions.Prereleases) {
        self.target = target
        self.prereleases = prereleases
    }

    enum Outcome: Sendable {
        case wheel(IndexFile)
        case unusable(Unusable)
    }

    /// - Parameter allowsYanked: Whether the version was asked for so exactly that it may have been taken back.
    mutating func choose(among files: [IndexFile], version: Version, allowsYanked: Bool) -> Outcome {
        if prereleases == .never, version.isPrerelease { return .unusable(.prerelease) }
        let current = allowsYanked ? files : files.filter { !$0.isYanked }
        guard !current.isEmpty else { return .unusable(.yanked(Self.yankReason(files))) }
        let wheels = current.compactMap { file in
            (try? WheelFilename(parsing: file.filename)).map { (file: file, name: $0) }
        }
        guard !wheels.isEmpty else { return .unusable(.onlySourceDistributions) }
        var best: (file: IndexFile, name: WheelFilename, rank: Int)?
        var refusedPython: String?
        var hasCompatible = false
        for (file, name) in wheels {
            guard let rank = target.tags.bestRank(of: name) else { continue }
            hasCompatible = true
            guard acceptsPython(file.requiresPython) else {
                refusedPython = file.requiresPython
                continue
            }
            if let found = best, !Self.isBetter((file, name, rank), than: found) { continue }
            best = (file, name, rank)
        }
        if let best { return best.file.sha256 == nil ? .unusable(.noDigest) : .wheel(best.file) }
        if !hasCompatible, let required = commonRefusal(wheels.map(\.file)) { refusedPython = required }
        if let refusedPython { return .unusable(.python(required: refusedPython)) }
        return .unusable(.noCompatibleWheel(mismatch(of: wheels.map(\.name))))
    }

    /// Whether the target's Python is not below what `Requires-Python` asks for.
    ///
    /// Only lower bounds count. Text that cannot be read refuses nobody.
    mutating func acceptsPython(_ required: String?) -> Bool {
        guard let required else { return true }
        if let known = pythonVerdicts[required] { return known }
        let verdict = Self.lowerBounds(required).allSatisfy { $0.contains(target.pythonVersion.baseVersion) }
        pythonVerdicts[required] = verdict
        return verdict
    }

    private static func lowerBounds(_ text: String) -> [Specifier] {
        guard let set = try? SpecifierSet(parsing: text) else { return [] }
        return set.specifiers.compactMap { specifier in
            switch specifier.operator {
            case .atLeast, .above: specifier
            case .equal, .compatible: specifier.version.flatMap { try? Specifier(parsing: ">=\($0.publicVersion)") }
            case .atMost, .below, .notEqual, .identical: nil
            }
        }
    }

    /// A sentence about Python is the better one where no wheel could have been installed for that reason alone.
    private mutating func commonRefusal(_ files: [IndexFile]) -> String? {
        var common: String?
        for file in files {
            if acceptsPython(file.requiresPython) { return nil }
            common = common ?? file.requiresPython
        }
        return common
    }

    private static func isBetter(
        _ left: (file: IndexFile, name: WheelFilename, rank: Int),
        than right: (file: IndexFile, name: WheelFilename, rank: Int)
    ) -> Bool {
        let (a, b) = (left.file, right.file)
        if (a.sha256 == nil) != (b.sha256 == nil) { return a.sha256 != nil }
        if left.rank != right.rank { return left.rank < right.rank }
        switch (left.name.build, right.name.build) {
        case (nil, nil): return a.filename.utf8.lexicographicallyPrecedes(b.filename.utf8)
        case (_?, nil): return true
        case (nil, _?): return false
        case (let x?, let y?):
            return x != y ? x > y : a.filename.utf8.lexicographicallyPrecedes(b.filename.utf8)
        }
    }

    private static func yankReason(_ files: [IndexFile]) -> String? {
        for case .yes(let reason?) in files.map(\.yanked) where !reason.trimmed.isEmpty { return reason.trimmed }
        return nil
    }

    /// The first part of the tags that no wheel has right.
    private func mismatch(of wheels: [WheelFilename]) -> WheelMismatch {
        let pythons = Set(target.tags.tags.map(\.python))
        let fitting = wheels.filter { !pythons.isDisjoint(with: $0.pythons) }
        guard !fitting.isEmpty else { return Self.mismatch(.python, wheels.flatMap(\.pythons)) }
        let platforms = Set(target.tags.tags.map(\.platform))
        let runnable = fitting.filter { !platforms.isDisjoint(with: $0.platforms) }
        guard !runnable.isEmpty else { return Self.mismatch(.platform, fitting.flatMap(\.platforms)) }
        return Self.mismatch(.abi, runnable.flatMap(\.abis))
    }

    private static func mismatch(_ part: WheelMismatch.Part, _ found: [String]) -> WheelMismatch {
        WheelMismatch(part: part, found: Set(found).sorted())
    }
}
