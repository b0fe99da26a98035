import CondaPackaging
import Lockfiles
import PythonPackaging
import Resolution

/// The packages of a lock that are out of date.
struct OutdatedReport: PackageReport {
    private let reported: ReportedLock
    private let ages: [PackageAge]
    private let condaAges: [CondaAge]

    /// - Parameter all: whether packages count that are not out of date.
    init(_ reported: ReportedLock, _ ages: [PackageAge], _ condaAges: [CondaAge] = [], all: Bool) {
        self.reported = reported
        self.ages = ages.filter { all || $0.isNews }
        self.condaAges = condaAges.filter { all || $0.isNews }
    }

    var title: String { reported.title }

    var footnotes: [String] { ages.isEmpty && condaAges.isEmpty ? ["All packages are up to date."] : [] }

    func lines(on terminal: Terminal) -> [String] {
        guard !ages.isEmpty || !condaAges.isEmpty else { return [] }
        var table = TextTable("PACKAGE", "LOCKED", "ALLOWED", "NEWEST", "NOTE")
        for age in ages {
            table.add(
                .init(age.name.description), .init(age.locked.description),
                .init(age.allowed?.description ?? "", age.allowed == age.locked ? .dim : .green),
                .init(age.newest?.description ?? "", age.newest == age.locked ? .dim : nil),
                .init(age.note, age.withdrawal == nil ? nil : .yellow))
        }
        for age in condaAges {
            let isSame = age.allowed == age.locked
            table.add(
                .init("\(age.name) (conda)"), .init(age.lockedWords), .init(age.allowedWords, isSame ? .dim : .green),
                .init(age.newest?.description ?? "", age.newest == age.locked.version ? .dim : nil),
                .init(age.note, age.isGone ? .yellow : nil))
        }
        return table.lines(on: terminal)
    }

    // MARK: - JSON

    struct Output: Encodable {
        var lock: String?
        var steps: [String]?
        var packages: [Package]
        /// Absent for a lock without conda packages.
        var condaPackages: [CondaPackage]?
    }

    struct CondaPackage: Encodable {
        var name: String
        var locked: String
        var lockedBuild: String
        var allowed: String?
        var allowedBuild: String?
        var newest: String?
        var note: String?
    }

    struct Package: Encodable {
        var name: String
        var locked: String
        var allowed: String?
        var newest: String?
        var yanked: Bool
        var note: String?
    }

    var output: Output {
        Output(
            lock: reported.file, steps: reported.steps.isEmpty ? nil : reported.steps,
            packages: ages.map { age in
                var isYanked = false
                if case .yanked = age.withdrawal { isYanked = true }
                return Package(
                    name: age.name.description, locked: age.locked.description, allowed: age.allowed?.description,
                    newest: age.newest?.description, yanked: isYanked, note: age.note.isEmpty ? nil : age.note)
            },
            condaPackages: reported.lock.conda == nil
                ? nil
                : condaAges.map { age in
                    CondaPackage(
                        name: age.name.description, locked: age.locked.version.description, lockedBuild: age.locked.build,
                        allowed: age.allowed?.version.description, allowedBuild: age.allowed?.build, newest: age.newest?.description,
                        note: age.note.isEmpty ? nil : age.note)
                })
    }
}

extension CondaAge {
    /// With the builds where only these differ.
    fileprivate var lockedWords: String { isOtherBuild ? "\(locked.version) \(locked.build)" : "\(locked.version)" }

    fileprivate var allowedWords: String {
        allowed.map { isOtherBuild ? "\($0.version) \($0.build)" : "\($0.version)" } ?? ""
    }

    private var isOtherBuild: Bool { allowed.map { $0 != locked && $0.version == locked.version } ?? false }

    fileprivate var note: String { isGone ? "no longer in its channel" : "" }
}

extension PackageAge {
    fileprivate var note: String {
        switch withdrawal {
        case nil: ""
        case .gone: "no longer on the index"
        case .yanked(let reason): reason.map { "yanked: \($0)" } ?? "yanked"
        }
    }
}
