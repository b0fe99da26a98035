import Lockfiles
import PythonPackaging
import Resolution

/// A lock that a report is about, with what is known about those who asked for it.
struct ReportedLock {
    /// The lock's file, if it has one.
    var file: String?
    /// The steps that have it, if it is of a flow.
    var steps: [String] = []
    var lock: PyLock
    /// Who asked for what.
    var asked: [PackageName: [ReportedAsker]]
    /// Only this target counts; all entries if there is none.
    var target: PythonTarget?

    var graph: LockGraph { LockGraph(lock, on: target) }

    func has(_ name: AnyPackageName) -> Bool { !graph.positions(named: name.description).isEmpty }

    /// What a line above the report says of it, where there are several.
    var title: String {
        let names = steps.joined(separator: ", ")
        guard let file else { return names }
        return names.isEmpty ? file : "\(names) (\(file))"
    }

    /// Those who asked for something that a lock has because it was asked for.
    func askers(of root: LockGraph.Need) -> [ReportedAsker] {
        if let spec = root.spec { return condaAskers(of: spec) }
        guard let requirement = root.requirement else { return [ReportedAsker(words: "you", spelled: nil)] }
        return asked[requirement.name] ?? [ReportedAsker(words: "you", spelled: "\(requirement)")]
    }

    /// Conda's part of a lock says itself who asked.
    private func condaAskers(of spec: String) -> [ReportedAsker] {
        let asked = (lock.origin?.conda?.requirements ?? []).filter { $0.text == spec }.flatMap(\.askers)
        return (asked.isEmpty ? ["you"] : asked).map { ReportedAsker(words: $0, spelled: spec) }
    }
}

extension ReportedLock {
    /// A lock alone, which may say itself who asked.
    init(_ file: LockFile, target: PythonTarget?) {
        var asked: [PackageName: [ReportedAsker]] = [:]
        for requirement in file.lock.origin?.requirements ?? [] {
            guard let name = try? Requirement(parsing: requirement.text).name else { continue }
            let askers = requirement.askers.isEmpty ? ["you"] : requirement.askers
            asked[name, default: []] += askers.map { ReportedAsker(words: $0, spelled: requirement.text) }
        }
        self.init(file: file.path, lock: file.lock, asked: asked, target: target)
    }

    static func asked(_ requirements: [RootRequirement]) -> [PackageName: [ReportedAsker]] {
        Dictionary(grouping: requirements, by: \.requirement.name).mapValues { $0.map { ReportedAsker($0) } }
    }
}

/// Who asked for something, as a report says it.
struct ReportedAsker: Hashable {
    let words: String
    /// Where it is written.
    var file: String?
    var line: Int?
    /// What was asked for, as it was written; absent where the lock does not say.
    let spelled: String?

    init(words: String, spelled: String?) {
        self.words = words
        self.spelled = spelled
    }

    init(_ root: RootRequirement) {
        self.init(words: root.asker?.words ?? "you", spelled: root.spelled)
        file = root.asker?.file
        line = root.asker?.line
    }

    /// `step 'train' (@pypi) asks for 'pandas': '>=2'`
    var sentence: String {
        guard let spelled else { return "nothing else needs it" }
        return "\(words) \(words == "you" ? "ask" : "asks") for \(spelled)"
    }

    /// `flow.py:12`
    var place: String? { file.map { file in line.map { "\(file):\($0)" } ?? file } }
}
