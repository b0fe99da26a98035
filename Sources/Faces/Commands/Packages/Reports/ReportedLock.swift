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
    /// What was asked for; of a lock alone what it says itself.
    var requirements: [RootRequirement]
    /// Only this target counts; all entries if there is none.
    var target: PythonTarget?

    var graph: LockGraph { LockGraph(lock, on: target) }

    /// What a line above the report says of it, where there are several.
    var title: String {
        let names = steps.joined(separator: ", ")
        guard let file else { return names }
        return names.isEmpty ? file : "\(names) (\(file))"
    }
}

extension ReportedLock {
    init(_ file: LockFile, target: PythonTarget?) {
        let asked = (file.lock.origin?.requirements ?? []).flatMap(\.roots)
        self.init(file: file.path, lock: file.lock, requirements: asked, target: target)
    }

    /// The words of those who asked for a package, each with where they did.
    func askers(of requirement: Requirement?) -> [ReportedAsker] {
        guard let requirement else { return [ReportedAsker(asker: nil, spelled: nil)] }
        let found = requirements.filter { $0.requirement.name == requirement.name }
        guard !found.isEmpty else { return [ReportedAsker(asker: nil, spelled: "\(requirement)")] }
        return found.map { ReportedAsker(asker: $0.asker, spelled: $0.spelled) }
    }
}

/// Who asked for something, as a report says it.
struct ReportedAsker: Hashable {
    let words: String
    /// Where it is written.
    let file: String?
    let line: Int?
    /// What was asked for, as it was written; absent where the lock does not say.
    let spelled: String?

    init(asker: Asker?, spelled: String?) {
        words = asker?.words ?? "you"
        file = asker?.file
        line = asker?.line
        self.spelled = spelled
    }

    /// `step 'train' (@pypi) asks for 'pandas': '>=2'`
    var sentence: String {
        guard let spelled else { return "nothing else needs it" }
        return "\(words) \(words == "you" ? "ask" : "asks") for \(spelled)"
    }

    /// `flow.py:12`
    var place: String? { file.map { file in line.map { "\(file):\($0)" } ?? file } }
}

extension AnsweredRequirement {
    /// The requirement once for each of those who asked for it; none for text that is no requirement.
    fileprivate var roots: [RootRequirement] {
        guard let root = try? RootRequirement(parsing: text) else { return [] }
        guard !askers.isEmpty else { return [root] }
        return askers.map { asker in
            var root = root
            root.asker = Asker(asker)
            return root
        }
    }
}
