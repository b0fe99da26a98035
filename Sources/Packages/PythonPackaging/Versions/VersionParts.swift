/// The parts of a version, without any limit on their size.
struct VersionParts: Sendable {
    var epoch: VersionNumber = 0
    /// As spelled, with trailing zeros; never empty.
    var release: [VersionNumber]
    var pre: Phase?
    var post: VersionNumber?
    var dev: VersionNumber?
    /// Empty where the version is public.
    var local: [LocalSegment] = []

    struct Phase: Hashable, Sendable {
        var phase: PreRelease.Phase
        var number: VersionNumber
    }

    /// The number of release components that count: `1.0.0` has one.
    var significantCount: Int {
        var count = release.count
        while count > 0, release[count - 1] == 0 { count -= 1 }
        return count
    }

    var localDescription: String { local.map(\.description).joined(separator: ".") }
}

/// The parts of a version that is not packed, shared by its copies.
@usableFromInline
final class LargeVersion: Sendable {
    let parts: VersionParts

    init(_ parts: VersionParts) { self.parts = parts }
}

/// One piece of a local version. Numbers sort after text, as PEP 440 has it.
enum LocalSegment: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Lower-case letters and digits, not digits alone.
    case text(String)
    case number(VersionNumber)

    var description: String {
        switch self {
        case .text(let text): text
        case .number(let number): number.description
        }
    }
}
