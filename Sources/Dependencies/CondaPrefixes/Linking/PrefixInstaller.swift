import Archives
import CondaPackaging
import Digests
import Synchronization
public import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Links unpacked packages into a new prefix.
///
/// The prefix is built beside its final place: what packages write down of it is the final path.
public struct PrefixInstaller: Sendable {
    /// Compiles modules by the Python of the prefix; they are named relative to the folder that is filled.
    public typealias Compile = @Sendable (_ modules: [String]) async throws(CondaPrefixError) -> Void

    private let signer: CodeSigner?

    public init() { signer = .own }

    /// - Parameter codesign: signs programs of macOS, whichever system this is.
    package init(codesign: FilePath) { signer = CodeSigner(program: codesign) }

    /// Installs packages, on all processors.
    ///
    /// Of a path that several packages have, that one's stays that depends on the others, or that has the first name; the
    /// others' lie below `__clobbers__`, as rattler has it. Link scripts are not run, and named in the report in the order in
    /// which they run.
    ///
    /// - Parameters:
    ///   - folder: Where files are put; must exist. One that could not be filled is for the caller to remove.
    ///   - prefix: The final path, which is written over placeholders.
    ///   - compile: Where `noarch` Python packages are to be compiled; what comes of it is part of their records.
    public func install(
        _ installations: [CondaInstallation], into folder: FilePath, prefix: FilePath, compile: Compile? = nil
    ) async throws(CondaPrefixError) -> PrefixReport {
        // The plan leaves a path to the first who has it.
        let packages = Array(LinkOrder(installations).sorted.reversed())
        let python = packages.first { $0.record.name.description == "python" }
        let places: PythonPlaces? = if let python { try PythonPlaces(python.record) } else { nil }
        let plan = try PrefixPlan(packages, python: places)
        let root = try PrefixFolder(folder)
        try await BlockingWork.run { () throws(CondaPrefixError) in
            for directory in plan.directories { try root.make(directory) }
            try root.make("conda-meta")
        }
        let linker = PackageLinker(root: root, prefix: prefix, python: places, method: LinkMethodChoice(), signer: signer)
        let jobs = PrefixJobs(packages, plan, linker: linker)
        let records = PrefixRecords(packages, root, python: places, waits: compile != nil)
        try await jobs.run { number, files throws(CondaPrefixError) in try records.take(files, of: number) }
        if let compile { try await records.finish(compile) }
        // conda takes a folder for an environment by this file.
        try root.write([], to: "conda-meta/history", mode: 0o644)
        var report = PrefixReport()
        report.python = python?.record.version
        report.clobbered = plan.clobbered.map { path, owner, other in
            (path, packages[owner].package.name, packages[other].package.name)
        }.sorted { $0.path < $1.path }
        for (package, items) in zip(packages, plan.items).reversed() {
            report.fileCount += items.count
            let script = "bin/.\(package.record.name)-post-link.sh"
            if items.contains(where: { $0.target == script }) {
                report.linkScripts.append(.init(package: package.record, path: script))
            }
        }
        return report
    }
}

/// The items of a plan, taken a stretch at a time by as many threads as there are processors.
private final class PrefixJobs: Sendable {
    /// Some of the items of one package.
    private struct Job {
        let package: Int
        let items: Range<Int>
    }

    private let packages: [CondaInstallation]
    private let plan: [[PrefixPlan.Item]]
    private let linker: PackageLinker
    private let jobs: [Job]
    private let next = Atomic<Int>(0)
    private let failure = Mutex<CondaPrefixError?>(nil)
    private let results: Mutex<[Progress]>

    /// What was linked of a package, by where the stretch begins, and how many stretches are missing.
    private struct Progress {
        var files: [Int: [PrefixRecordText.File]] = [:]
        var missing: Int
    }

    /// Long enough that taking one costs nothing, and short enough that no thread waits for another one at the end.
    private static let stretch = 256

    init(_ packages: [CondaInstallation], _ plan: PrefixPlan, linker: PackageLinker) {
        self.packages = packages
        self.plan = plan.items
        self.linker = linker
        var jobs: [Job] = []
        var counts: [Int] = []
        for (package, items) in plan.items.enumerated() {
            let starts = items.isEmpty ? [0] : Array(stride(from: 0, to: items.count, by: Self.stretch))
            counts.append(starts.count)
            jobs += starts.map { Job(package: package, items: $0..<min($0 + Self.stretch, items.count)) }
        }
        self.jobs = jobs
        let results = counts.map { Progress(missing: $0) }
        self.results = Mutex(results)
    }

    func run(
        _ finish: @escaping @Sendable (Int, [PrefixRecordText.File]) throws(CondaPrefixError) -> Void
    ) async throws(CondaPrefixError) {
        await ProcessorThreads.spread(width: jobs.count) { [self] in
            while failure.withLock({ $0 == nil }) {
                let turn = next.add(1, ordering: .relaxed).oldValue
                guard turn < jobs.count else { return }
                do throws(CondaPrefixError) {
                    try work(jobs[turn], finish)
                } catch {
                    failure.withLock { if $0 == nil { $0 = error } }
                }
            }
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    private func work(
        _ job: Job, _ finish: (Int, [PrefixRecordText.File]) throws(CondaPrefixError) -> Void
    ) throws(CondaPrefixError) {
        let files = try linker.link(packages[job.package], plan[job.package][job.items])
        let whole = results.withLock { results -> [Int: [PrefixRecordText.File]]? in
            results[job.package].files[job.items.lowerBound] = files
            results[job.package].missing -= 1
            return results[job.package].missing == 0 ? results[job.package].files : nil
        }
        guard let whole else { return }
        try finish(job.package, whole.sorted { $0.key < $1.key }.flatMap(\.value))
    }
}
