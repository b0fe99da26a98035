/// How much of conda's history a parser takes.
public enum Strictness: Sendable, Hashable {
    /// Only what has one meaning: `==1.2` or `1.2.*` rather than `1.2`. For what is written anew.
    case strict
    /// Everything that is found in channels and on command lines, read as conda does.
    case lenient
}
