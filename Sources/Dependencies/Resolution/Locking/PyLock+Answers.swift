public import Lockfiles
public import PythonPackaging

extension PyLock {
    /// Writes down what was chosen for the targets, as one lock: an entry for each version and source, with a marker where it
    /// is not for all of them, and with the files that they chose.
    ///
    /// The order of answers and requirements does not matter: the same choices give the same bytes.
    ///
    /// - Throws: Where two targets that no marker can tell apart got different versions of a package.
    public init(
        _ answers: [TargetAnswer], answering request: ResolutionRequest, in context: LockContext = .init()
    ) throws(TargetLockError) {
        try self.init(
            answers.map { LockMerge.Part(target: $0.target, packages: $0.packages.compactMap(\.locked)) },
            origin: LockOrigin(request, for: answers.map(\.target), in: context), folder: context.folder)
    }

    /// One lock out of locks for single targets, such as what a `uv.lock` gives for each.
    ///
    /// - Parameters:
    ///   - locks: For each target the lock of what it installs, without markers.
    ///   - origin: What the whole is the answer to.
    ///   - folder: Where the lock will lie; paths into the machine become relative to it.
    /// - Throws: Where two targets that no marker can tell apart have different versions of a package.
    public init(
        merging locks: [(target: PythonTarget, lock: PyLock)], origin: LockOrigin? = nil, folder: String? = nil
    ) throws(TargetLockError) {
        try self.init(
            locks.map { LockMerge.Part(target: $0.target, packages: $0.lock.packages) }, origin: origin, folder: folder)
    }

    private init(_ parts: [LockMerge.Part], origin: LockOrigin?, folder: String?) throws(TargetLockError) {
        let targets = parts.map(\.target)
        var merge = LockMerge(parts, paths: LockPaths(folder: folder))
        self.init(
            environments: Set(targets.map { TargetFacts($0).marker }).sorted(),
            requiresPython: PythonTarget.requiresPython(of: targets), packages: try merge.packages(), origin: origin)
    }
}

extension PythonTarget {
    /// The Pythons of some targets as a specifier set: `==3.12.*`, or `>=3.9,<3.13,!=3.10.*`.
    static func requiresPython(of targets: [PythonTarget]) -> String? {
        let series = Set(targets.map { [$0.pythonVersion.major, $0.pythonVersion.minor] })
            .sorted { $0.lexicographicallyPrecedes($1) }
        guard let first = series.first, let last = series.last else { return nil }
        guard series.count > 1 else { return "==\(first[0]).\(first[1]).*" }
        guard first[0] == last[0] else { return nil }
        // A series that has only pre-releases begins below its first release.
        let oldest = targets.map(\.pythonVersion).min()
        let lower = oldest.flatMap { $0.isPrerelease ? "\($0)" : nil } ?? "\(first[0]).\(first[1])"
        let gaps = (first[1]...last[1]).filter { !series.contains([first[0], $0]) }
        return ([">=\(lower)", "<\(last[0]).\(last[1] + 1)"] + gaps.map { "!=\(first[0]).\($0).*" })
            .joined(separator: ",")
    }
}
