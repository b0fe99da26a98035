internal import Digests
internal import Lockfiles
internal import PythonPackaging

/// Chooses the file of a version that a target installs, or says why there is none: the wheel that fits best, otherwise
/// the source distribution where one may be built.
struct FileChoice: Sendable {
    private let tags: TagList
    private let canBuild: Bool
    private let canHash: Bool
    private let builds: BuildPolicy
    private let excludeNewer: UTCTime?
    var python: PythonRequirement

    init(target: PythonTarget, options: ResolutionOptions, canBuild: Bool, canHash: Bool = false) {
        tags = target.tags
        python = PythonRequirement(python: target.pythonVersion)
        builds = options.builds
        excludeNewer = options.excludeNewer
        self.canBuild = canBuild
        self.canHash = canHash
    }

    /// A version, and what counts of it.
    struct Question {
        var project: PackageName
        var listing: any VersionListing
        var position: Int
        /// Whether it was asked for so exactly that it may have been taken back.
        var allowsYanked: Bool
        /// The only hashes that will do; all of them where nothing is said.
        var hashes: Set<SHA256Digest>?
    }

    enum Outcome: Sendable {
        case wheel(OfferedFile)
        case sdist(OfferedFile)
        /// What a direct reference led to, by its place among the project's references.
        case direct(Int)
        /// A conda package that has the project.
        case standIn(StandIn)
        case unusable(Unusable)
    }

    mutating func choose(_ question: Question) -> Outcome {
        if builds.allowsWheels(of: question.project),
            let best = question.listing.bestWheel(at: question.position, for: tags, where: { counts($0, question) })
        {
            return .wheel(best)
        }
        let files = question.listing.files(at: question.position)
        if canBuild, builds.allowsBuilds(of: question.project), let sdist = sdist(files, question) {
            return .sdist(sdist)
        }
        return .unusable(reason(files.map(\.file), question))
    }

    /// A wheel for another target, whose metadata says what a version needs that comes as a source distribution here;
    /// `nil` where there is none, and where wheels of the project are not to be trusted.
    ///
    /// As uv has it: a build while resolving takes long, runs foreign code, and may need what only the target has. Wheels for
    /// Python 2 do not count: many were built by tools that left out what only Python 3 needs.
    func description(of question: Question) -> OfferedFile? {
        guard builds.allowsWheels(of: question.project) else { return nil }
        let wheels = question.listing.files(at: question.position).filter { offered in
            (question.allowsYanked || !offered.file.isYanked) && isOldEnough(offered.file)
                && (try? WheelFilename(parsing: offered.file.filename))?.isForPython3 == true
        }
        return wheels.first { $0.file.metadata != .none } ?? wheels.first
    }

    /// Why none of the wheels that somebody pointed to can be installed; `nil` if one can, or if there are none.
    func mismatch(of wheels: [String]) -> WheelMismatch? {
        let names = wheels.compactMap { try? WheelFilename(parsing: $0) }
        return names.isEmpty || names.contains { tags.bestRank(of: $0) != nil } ? nil : mismatch(of: names)
    }

    private mutating func counts(_ file: IndexFile, _ question: Question) -> Bool {
        (question.allowsYanked || !file.isYanked) && isNamed(file, question) && isOldEnough(file)
            && python.accepts(file.requiresPython) && (canHash || file.sha256 != nil)
    }

    private func isNamed(_ file: IndexFile, _ question: Question) -> Bool {
        guard let hashes = question.hashes else { return true }
        return file.sha256.map(hashes.contains) ?? false
    }

    private func isOldEnough(_ file: IndexFile) -> Bool {
        guard let excludeNewer else { return true }
        return file.uploadMoment.map { $0 < excludeNewer } ?? false
    }

    /// A `.tar.gz` before a `.zip` (PEP 625).
    private mutating func sdist(_ files: [OfferedFile], _ question: Question) -> OfferedFile? {
        var second: OfferedFile?
        for offered in files where counts(offered.file, question) {
            guard let name = try? SdistFilename(parsing: offered.file.filename) else { continue }
            if name.format == .tarGzip { return offered }
            if second == nil { second = offered }
        }
        return second
    }
}

// MARK: - Reasons

extension FileChoice {
    /// What the person or the index laid down is the reason only where the target could install a file otherwise.
    private mutating func reason(_ files: [IndexFile], _ question: Question) -> Unusable {
        if let obstacle = obstacle(files, question) { return obstacle }
        let recent = files.filter(isOldEnough)
        guard !recent.isEmpty else { return .tooNew(files.compactMap(\.uploadMoment).min()) }
        let named = recent.filter { isNamed($0, question) }
        guard !named.isEmpty else { return .noNamedHash }
        let current = question.allowsYanked ? named : named.filter { !$0.isYanked }
        guard !current.isEmpty else { return .yanked(Self.yankReason(named)) }
        return obstacle(current, question) ?? .noDigest
    }

    /// Why the target can install none of the files, whatever their age and hashes are.
    private mutating func obstacle(_ files: [IndexFile], _ question: Question) -> Unusable? {
        let wheels = files.compactMap { file in
            (try? WheelFilename(parsing: file.filename)).map { (file: file, name: $0) }
        }
        let sdists = files.filter { (try? SdistFilename(parsing: $0.filename)) != nil }
        if sdists.isEmpty, !wheels.isEmpty, !builds.allowsWheels(of: question.project) { return .onlyWheels }
        let compatible = wheels.filter { tags.bestRank(of: $0.name) != nil }.map(\.file)
        // Where every file is for another Python anyway, that says more than which tags are missing.
        let relevant = compatible + sdists
        if let required = refusal(of: relevant.isEmpty ? wheels.map(\.file) : relevant) {
            return .python(required: required)
        }
        if !compatible.isEmpty, builds.allowsWheels(of: question.project) { return nil }
        if sdists.isEmpty || (!canBuild && !wheels.isEmpty) {
            return .noCompatibleWheel(mismatch(of: wheels.map(\.name)))
        }
        guard builds.allowsBuilds(of: question.project) else { return .buildForbidden }
        return canBuild ? nil : .onlySourceDistributions
    }

    /// What the first file asks of Python, if none of them accepts the target's.
    private mutating func refusal(of files: [IndexFile]) -> String? {
        let refusals = files.map(\.requiresPython).filter { !python.accepts($0) }
        return refusals.count == files.count ? refusals.first ?? nil : nil
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

extension WheelFilename {
    /// `cp312`, `py3`, `pp39`: the implementation has two letters.
    fileprivate var isForPython3: Bool { pythons.contains { $0.dropFirst(2).hasPrefix("3") } }
}

extension IndexFile {
    /// The time of its upload; `nil` where the index gives none or what is none.
    fileprivate var uploadMoment: UTCTime? { uploadTime.flatMap { UTCTime(parsing: $0) } }
}
