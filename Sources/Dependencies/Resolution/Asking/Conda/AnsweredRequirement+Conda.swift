public import CondaPackaging
public import Lockfiles

extension AnsweredRequirement {
    /// A conda package that is asked for, perhaps on some platforms only.
    public init(_ requirement: CondaRequirement, platforms: Set<Subdir>? = nil) {
        self.init(
            requirement.text, askers: requirement.asker.map { [$0.words] } ?? [], platforms: platforms.map { $0.map(\.description) } ?? [])
    }
}
