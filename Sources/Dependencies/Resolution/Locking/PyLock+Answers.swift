public import Lockfiles
internal import PythonPackaging

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
        let targets = answers.map(\.target)
        var merge = LockMerge(answers, paths: LockPaths(folder: context.folder))
        self.init(
            environments: Set(targets.map { TargetFacts($0).marker }).sorted(),
            requiresPython: PythonTarget.requiresPython(of: targets), packages: try merge.packages(),
            origin: LockOrigin(request, for: targets, in: context))
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
