internal import CondaPackaging
internal import CondaSolving
internal import PubGrub
internal import PythonPackaging

/// Names packages of both worlds so that it is clear which one is meant.
///
/// A name that only one of the worlds has in what is told stands alone; of two packages of one name, the one is "conda's numpy" and
/// the other one "PyPI's numpy", or just "numpy" where both will do.
struct PackageNames: Sendable {
    private let book: CondaBook?
    /// Names that packages of both worlds have.
    private let shared: Set<String>
    /// Whether packages of both worlds are told of.
    let hasBothWorlds: Bool

    init(_ scene: ConflictScene, _ derivation: ConflictScene.Proof) {
        book = scene.conda?.book
        var projects: Set<String> = []
        var conda: Set<String> = []
        for key in Set(derivation.nodes.flatMap { $0.claims.map(\.package) }) {
            if let project = key.project { projects.insert(project.description) }
            if case .conda(let package) = key, case .package(let name)? = book?.kind(of: package), !name.isVirtual {
                conda.insert(name.description)
            }
        }
        shared = projects.intersection(conda)
        hasBothWorlds = !projects.isEmpty && !conda.isEmpty
    }

    func text(_ key: PackageKey) -> String {
        switch key {
        case .root: return "your requirements"
        case .project(let name): return name.description
        case .extra(let name, let extra): return "\(name)[\(extra)]"
        case .conda(let package):
            switch book?.kind(of: package) {
            case .package(let name): return marked(name.description)
            case .extra(let name, let extra): return "\(marked(name.description))[\(extra)]"
            case .branch, nil: return condition(key)?.text ?? "a conda package"
            }
        }
    }

    /// The name of a project whose candidates are all of one world.
    func text(_ key: PackageKey, of world: NamedVersions.World) -> String {
        switch world {
        case .conda: "conda's \(text(key))"
        case .index: "PyPI's \(text(key))"
        }
    }

    private func marked(_ name: String) -> String { shared.contains(name) ? "conda's \(name)" : name }

    /// Whether the other world has a package of this name, too.
    func isShared(_ key: PackageKey) -> Bool { condaName(key).map { shared.contains($0.description) } ?? false }

    /// What a conda package asks for, in the words of its record; it begins with the name.
    func spec(_ spec: CondaSpecID, on key: PackageKey) -> String {
        guard let book, case .conda(let package) = key else { return "" }
        if let condition = condition(key) { return condition.text }
        let name = text(key)
        guard spec != .anything else { return name }
        let text = book.text(of: spec)
        guard case .package(let plain) = book.kind(of: package), name != plain.description else { return text }
        return "conda's \(text)"
    }

    /// What a dependency that counts on a condition only asks for.
    func condition(_ key: PackageKey) -> CondaCondition? {
        guard case .conda(let package) = key, let book, case .branch = book.kind(of: package) else { return nil }
        return CondaCondition(package, book)
    }

    /// The name of a conda package, without anything else.
    func condaName(_ key: PackageKey) -> CondaName? {
        guard case .conda(let package) = key else { return nil }
        return switch book?.kind(of: package) {
        case .package(let name), .extra(let name, _): name
        case .branch, nil: nil
        }
    }
}

/// A dependency with a condition, in words.
struct CondaCondition: Sendable {
    /// What is wanted where the condition is met: `foo >=2`.
    let wish: String
    /// All of it: `foo >=2 when python <3.10`.
    let text: String
    /// What is wanted, and of which package.
    let spec: CondaSpecID
    let package: CondaPackageID
    /// In how many ways the condition can be missed; the candidate after them is the wish itself.
    let missingWays: Int

    init?(_ branch: CondaPackageID, _ book: CondaBook) {
        guard let ways = book.ways(of: branch), let own = ways.last?.first else { return nil }
        missingWays = ways.count - 1
        spec = own.spec
        package = own.package
        guard var spec = book.matchSpec(own.spec), let condition = spec.details.condition else {
            wish = book.text(of: own.spec)
            text = wish
            return
        }
        spec.details.condition = nil
        wish = "\(spec)"
        text = "\(spec) when \(condition)"
    }
}
