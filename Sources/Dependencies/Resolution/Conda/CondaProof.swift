import CondaPackaging
import CondaSolving
internal import PubGrub

/// A proof about conda packages alone as one about packages of both worlds, with the words of whoever asked.
struct CondaProof {
    private let book: CondaBook
    private let requirements: [CondaRequirement]
    private let constraints: [CondaRequirement]

    init(_ request: CondaRequest, _ book: CondaBook) {
        self.book = book
        requirements = request.requirements
        constraints = request.constraints
    }

    func derivation(_ proof: CondaSolver.Proof) -> ConflictScene.Proof {
        proof.mapped(package: Self.key, constraint: constraint, reason: { .conda($0) })
    }

    private static func key(_ key: CondaKey) -> PackageKey {
        switch key {
        case .root: .root
        case .package(let package): .conda(package)
        }
    }

    private func constraint(
        of dependent: CondaKey, on package: CondaKey, _ spec: CondaSpecID, _ allowed: CandidateSet
    ) -> PackageConstraint {
        guard dependent == .root, case .package(let package) = package else { return .spec(spec, demand: nil) }
        let isLimit = allowed.allowsAbsence
        let found = (isLimit ? constraints : requirements).first { asks($0.spec, package, spec) }
        return .spec(spec, demand: found.map { Demand(isLimit ? .constraint : .requirement, $0) })
    }

    /// Whether a demand of the root comes from a spec.
    private func asks(_ wanted: MatchSpec, _ package: CondaPackageID, _ spec: CondaSpecID) -> Bool {
        switch book.kind(of: package) {
        case .package: book.text(of: spec) == wanted.description
        case .extra(let name, let extra): wanted.name.exactName == name && wanted.details.extras.contains(extra)
        case .branch: book.ways(of: package)?.last?.first.map { book.text(of: $0.spec) == wanted.description } ?? false
        }
    }
}
