import CondaPackaging
import PythonPackaging

/// Says how two lists of requirements differ, package by package.
struct RequirementComparison {
    private let subject: LockDifference.Subject
    private let gone: [AnsweredRequirement]
    private let added: [AnsweredRequirement]

    init(_ subject: LockDifference.Subject, _ old: [AnsweredRequirement], _ new: [AnsweredRequirement]) {
        self.subject = subject
        gone = old.filter { then in !new.contains { $0.asksTheSame(as: then) } }
        added = new.filter { now in !old.contains { $0.asksTheSame(as: now) } }
    }

    var differences: [LockDifference] {
        let names = Set((gone + added).map(Self.name)).sorted()
        return names.flatMap { name in
            words(gone: gone.filter { Self.name($0) == name }, added: added.filter { Self.name($0) == name })
        }.map { LockDifference(subject, $0) }
    }

    private func words(gone: [AnsweredRequirement], added: [AnsweredRequirement]) -> [String] {
        if added.count == 1, gone.count == 1, let now = added.first, let then = gone.first {
            return ["\(Self.askers(now)) \(verb(now)) \(Self.text(now)); \(answered(then))"]
        }
        return added.map { "\(Self.askers($0)) \(verb($0)) \(Self.text($0)), \(unanswered)" }
            + gone.map { "\(answered($0)), \(forgotten)" }
    }

    private func verb(_ requirement: AnsweredRequirement) -> String {
        let ending = requirement.askers.count > 1 ? "" : "s"
        switch subject {
        case .constraint: return "allow\(ending) only"
        case .override: return "want\(ending) in any case"
        default: return "ask\(ending) for"
        }
    }

    private func answered(_ then: AnsweredRequirement) -> String {
        switch subject {
        case .constraint: "the lock kept to \(Self.text(then))"
        case .override: "the lock took \(Self.text(then)) in any case"
        default: "the lock answers \(Self.text(then))"
        }
    }

    private var unanswered: String {
        switch subject {
        case .constraint: "to which the lock did not keep"
        case .override: "which the lock did not"
        default: "which the lock does not answer"
        }
    }

    private var forgotten: String {
        switch subject {
        case .constraint: "which is no limit any more"
        case .override: "which nobody wants any more"
        default: "for which nobody asks any more"
        }
    }

    private static func askers(_ requirement: AnsweredRequirement) -> String {
        guard let last = requirement.askers.last else { return "the request" }
        let others = requirement.askers.dropLast()
        return others.isEmpty ? last : "\(others.joined(separator: ", ")) and \(last)"
    }

    private static func text(_ requirement: AnsweredRequirement) -> String {
        let editable = requirement.isEditable ? " (editable)" : ""
        let hashes = requirement.hashes.isEmpty ? "" : " with \(requirement.hashes.count == 1 ? "a hash" : "hashes")"
        let platforms = requirement.platforms.isEmpty ? "" : " on \(requirement.platforms.joined(separator: ", "))"
        return requirement.text + editable + hashes + platforms
    }

    /// The package that it is about; the text where that is no requirement.
    private static func name(_ requirement: AnsweredRequirement) -> String {
        (try? Requirement(parsing: requirement.text))?.name.description
            ?? (try? MatchSpec(parsing: requirement.text))?.name.description ?? requirement.text
    }
}
