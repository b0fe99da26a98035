/// Says how what conda was asked for a lock differs from what it would be asked now.
///
/// Virtual packages are not compared: a target says which C library or system it has, and what else the machine has changes
/// from one to the next. Whether the packages run there is found out where they are installed.
struct CondaComparison {
    private let old: CondaOrigin
    private let new: CondaOrigin

    init(_ old: CondaOrigin?, _ new: CondaOrigin?) {
        self.old = old ?? CondaOrigin(requirements: [])
        self.new = new ?? CondaOrigin(requirements: [])
    }

    var differences: [LockDifference] {
        let requirements = RequirementComparison(.requirement, old.requirements, new.requirements).differences
        // Where only one of them asks conda for anything, the rest follows from that.
        guard !old.requirements.isEmpty, !new.requirements.isEmpty else { return requirements }
        return requirements + channels + settings
    }

    private var channels: [LockDifference] {
        guard old.channels != new.channels, !old.channels.isEmpty, !new.channels.isEmpty else { return [] }
        return [
            LockDifference(
                .channel,
                "conda packages come from \(new.channels.joined(separator: ", ")) now, and came from "
                    + "\(old.channels.joined(separator: ", ")) when the lock was made")
        ]
    }

    private var settings: [LockDifference] {
        var settings = [
            difference(.setting, "channel-priority", old.priority, new.priority),
            difference(.preference, "prefer", old.preference, new.preference),
        ]
        for name in Set(old.preferences.keys).union(new.preferences.keys).sorted() {
            settings.append(difference(.preference, "prefer of \(name)", old.preferences[name], new.preferences[name]))
        }
        for name in Set(old.mapping.keys).union(new.mapping.keys).sorted() {
            let (then, now) = (old.mapping[name], new.mapping[name])
            settings.append(
                difference(.setting, "what \(name) provides", then?.joined(separator: ", "), now?.joined(separator: ", ")))
        }
        return settings.compactMap(\.self)
    }

    private func difference(
        _ subject: LockDifference.Subject, _ name: String, _ then: String?, _ now: String?
    ) -> LockDifference? {
        guard then != now else { return nil }
        return LockDifference(
            subject, "\(name) is \(now ?? "the default"), and was \(then ?? "the default") when the lock was made")
    }
}
