/// A kind of processor by the name that archspec has for it: `x86_64_v3`, `zen3`, `neoverse_n1`.
///
/// Each is a descendant of others, which have less, and runs what was built for them.
public struct Microarchitecture: Sendable, Hashable {
    public let name: String
    package let parents: [String]
    /// `nil` for what several makers build.
    let vendor: String?
    /// What it has beyond its parents.
    let features: Set<String>
    let part: String?

    init(_ name: String, of parents: [String], by vendor: String? = nil, part: String? = nil, with features: String = "") {
        self.name = name
        self.parents = parents
        self.vendor = vendor
        self.part = part
        self.features = Set(features.split(separator: " ").map(String.init))
    }
}

extension Microarchitecture {
    /// The name of the best known microarchitecture that a processor has all features of.
    ///
    /// As archspec does it: first the best one of no maker; of the maker's own only those that are more than that. So a feature
    /// that was switched off costs little.
    public static func name(of processor: Processor) -> String {
        switch processor.family {
        case "ppc64", "ppc64le":
            let suffix = processor.family == "ppc64le" ? "le" : ""
            let newest = [10, 9, 8, 7].first { $0 <= processor.generation && known["power\($0)\(suffix)"] != nil }
            return newest.map { "power\($0)\(suffix)" } ?? processor.family
        case "x86_64", "aarch64":
            return processor.model.flatMap { known[$0]?.name } ?? best(for: processor)
        default:
            return processor.model.flatMap { known[$0]?.name } ?? processor.family
        }
    }

    private static func best(for processor: Processor) -> String {
        let able = known.values.filter { $0.isIn(processor) }
        guard let level = able.filter({ $0.vendor == nil }).max(by: isLess) else { return processor.family }
        var candidates = able.filter { $0.vendor != nil && $0.ancestors.contains(level.name) }
        let exact = candidates.filter { $0.part == processor.part }
        if !processor.part.isEmpty, !exact.isEmpty { candidates = exact }
        return (candidates.max(by: isLess) ?? level).name
    }

    private func isIn(_ processor: Processor) -> Bool {
        guard name == processor.family || ancestors.contains(processor.family), vendor == nil || vendor == processor.vendor else {
            return false
        }
        // ARM's versions of the architecture cannot be told by features.
        if processor.family == "aarch64", vendor == nil { return name == processor.family }
        return allFeatures.isSubset(of: processor.features)
    }

    private static func isLess(_ one: Self, _ other: Self) -> Bool {
        (one.ancestors.count, one.allFeatures.count, one.name) < (other.ancestors.count, other.allFeatures.count, other.name)
    }

    /// The names of all that it is a descendant of.
    package var ancestors: Set<String> {
        parents.reduce(into: []) { names, parent in
            names.insert(parent)
            names.formUnion(Self.known[parent]?.ancestors ?? [])
        }
    }

    private var allFeatures: Set<String> {
        parents.reduce(features) { $0.union(Self.known[$1]?.allFeatures ?? []) }
    }

    /// Whether a processor of one microarchitecture runs what was built for another one; both by their names.
    static func runs(_ name: String, builtFor other: String) -> Bool {
        name == other || known[name]?.ancestors.contains(other) == true
    }
}
