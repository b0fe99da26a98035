/// One thing that is asked now and was not when a lock was made, or the other way round.
public struct LockDifference: Sendable, Hashable {
    public enum Subject: String, Sendable, Hashable {
        case requirement, constraint, override, target, index, channel, setting
        /// Which of two sources of packages comes first.
        case preference
        /// The lock does not say what it answers.
        case origin
    }

    public let subject: Subject
    /// A sentence without a full stop: `step 'train' (@pypi) asks for numpy>=2; the lock answers numpy>=1`.
    public let words: String

    package init(_ subject: Subject, _ words: String) {
        self.subject = subject
        self.words = words
    }
}

extension PyLock {
    /// What makes the lock out of date, given what would be asked now; nothing where it still is the answer.
    ///
    /// Who asks does not matter. A target that is wanted counts as covered by one of the same kind with the same series of
    /// Python, if that has no newer C library or system.
    ///
    /// - Parameter whereMoreTargetsAreFine: whether the lock may be for more targets than are wanted now.
    public func differences(
        from current: LockOrigin, whereMoreTargetsAreFine: Bool = false
    ) -> [LockDifference] {
        guard let origin else {
            return [
                LockDifference(.origin, "the lock was made by \(createdBy), and does not say which requirements it answers")
            ]
        }
        var targets = missingTargets(origin, current)
        if !whereMoreTargetsAreFine { targets += idleTargets(origin, current) }
        return requirementDifferences(origin, current) + targets + settingDifferences(origin, current)
            + CondaComparison(origin.conda, current.conda).differences
    }

    private func requirementDifferences(_ old: LockOrigin, _ new: LockOrigin) -> [LockDifference] {
        RequirementComparison(.requirement, old.requirements, new.requirements).differences
            + RequirementComparison(.constraint, old.constraints, new.constraints).differences
            + RequirementComparison(.override, old.overrides, new.overrides).differences
    }

    private func missingTargets(_ old: LockOrigin, _ new: LockOrigin) -> [LockDifference] {
        new.targets.filter { wanted in !old.targets.contains { $0.covers(wanted) } }.map {
            LockDifference(.target, "it is wanted for \($0.words), which the lock is not for")
        }
    }

    private func idleTargets(_ old: LockOrigin, _ new: LockOrigin) -> [LockDifference] {
        old.targets.filter { made in !new.targets.contains { made.covers($0) } }.map {
            LockDifference(.target, "the lock is for \($0.words), for which nobody wants it any more")
        }
    }

    private func settingDifferences(_ old: LockOrigin, _ new: LockOrigin) -> [LockDifference] {
        var differences: [LockDifference] = []
        if old.indexes != new.indexes, !old.indexes.isEmpty, !new.indexes.isEmpty {
            differences.append(
                LockDifference(
                    .index,
                    "packages come from \(new.indexes.joined(separator: ", ")) now, and came from "
                        + "\(old.indexes.joined(separator: ", ")) when the lock was made"))
        }
        if old.excludeNewer != new.excludeNewer {
            let (now, then) = (new.excludeNewer?.description ?? "not set", old.excludeNewer?.description ?? "not set")
            differences.append(LockDifference(.setting, "exclude-newer is \(now), and was \(then) when the lock was made"))
        }
        for name in Set(old.settings.keys).union(new.settings.keys).sorted() where old.settings[name] != new.settings[name] {
            let (now, then) = (new.settings[name] ?? "the default", old.settings[name] ?? "the default")
            differences.append(LockDifference(.setting, "\(name) is \(now), and was \(then) when the lock was made"))
        }
        return differences
    }
}
