public import CondaPackaging

/// A package of a book, by its number.
public struct CondaPackageID: Sendable, Hashable {
    let number: Int32
}

/// A match spec of a book, by its number.
public struct CondaSpecID: Sendable, Hashable {
    let number: Int32

    /// Allows every candidate: what says only that a package has to be there.
    public static let anything = CondaSpecID(number: -1)

    /// Whether it is the opposite of a spec: what must not be chosen.
    public var isNegated: Bool { number < -1 }

    /// The opposite of a spec: what must not be chosen.
    var negated: CondaSpecID { CondaSpecID(number: -2 - number) }
}

/// What a solver knows a package as.
public enum CondaPackageKind: Sendable, Hashable {
    case package(CondaName)
    /// A group of further dependencies of a package (CEP 44).
    case extra(CondaName, String)
    /// A choice between ways to meet a dependency that counts on a condition only (CEP 43).
    case branch(Int)
}

/// What a candidate asks of another package.
public struct CondaDemand: Sendable, Hashable {
    public let package: CondaPackageID
    public let spec: CondaSpecID
    /// Whether the package has to be chosen at all; if not, the spec holds where something else brings it in.
    public let isRequired: Bool
}

/// Why a record cannot be used, though it is there.
public enum CondaUnusable: Sendable, Hashable {
    /// One of its match specs is none.
    case malformedSpec(String)
    /// One of its match specs names no single package.
    case patternInDependency(String)
    /// The condition of one of its match specs can be missed in more ways than anyone needs.
    case tooManyAlternatives(String)
}
