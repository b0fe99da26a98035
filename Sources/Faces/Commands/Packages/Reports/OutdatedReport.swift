import PythonPackaging
import Resolution

/// The packages of a lock that are out of date.
struct OutdatedReport: PackageReport {
    private let reported: ReportedLock
    private let ages: [PackageAge]

    /// - Parameter all: whether packages count that are not out of date.
    init(_ reported: ReportedLock, _ ages: [PackageAge], all: Bool) {
        self.reported = reported
        self.ages = ages.filter { all || $0.isNews }
    }

    var title: String { reported.title }

    var footnotes: [String] { ages.isEmpty ? ["All packages are up to date."] : [] }

    func lines(on terminal: Terminal) -> [String] {
        guard !ages.isEmpty else { return [] }
        var table = TextTable("PACKAGE", "LOCKED", "ALLOWED", "NEWEST", "NOTE")
        for age in ages {
            table.add(
                .init(age.name.description), .init(age.locked.description),
                .init(age.allowed?.description ?? "", age.allowed == age.locked ? .dim : .green),
                .init(age.newest?.description ?? "", age.newest == age.locked ? .dim : nil),
                .init(age.note, age.withdrawal == nil ? nil : .yellow))
        }
        return table.lines(on: terminal)
    }

    // MARK: - JSON

    struct Output: Encodable {
        var lock: String?
        var steps: [String]?
        var packages: [Package]
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
            })
    }
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
