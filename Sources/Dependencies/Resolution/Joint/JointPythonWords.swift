internal import CondaPackaging
internal import PubGrub

/// Says in sentences why conda packages do not go together.
struct JointPythonWords {
    typealias Proof = Derivation<JointPythonSearch.Key, MatchSpec, String>
    private let book: JointBook
    private let proof: Proof

    init(_ book: JointBook, _ proof: Proof) {
        self.book = book
        self.proof = proof
    }

    var sentences: [String] {
        var told: [String] = []
        for step in Explanation(proof).steps {
            for premise in step.premises {
                guard case .fact(let node) = premise else { continue }
                let sentence = words(of: node.origin) + "."
                if !told.contains(sentence) { told.append(sentence) }
            }
        }
        return told
    }

    private func words(of origin: Proof.Origin) -> String {
        switch origin {
        case .dependency(let dependent, let candidates, let package, let constraints, let allowed):
            let asked = constraints.map(\.description).sorted().joined(separator: " or ")
            let missing = allowed.count == 0 ? ", and there is \(nothing(of: package))" : ""
            if case .package(let name) = dependent {
                let verb = allowed.allowsAbsence ? "goes only with" : "needs"
                return "\(name) \(versions(candidates, of: name)) \(verb) \(asked)\(missing)"
            }
            return "\(asked) is asked for\(missing)"
        case .unusable(.package(let name), let candidates, let reason): return "\(name) \(versions(candidates, of: name)) cannot be used: \(reason)"
        case .together(let nodes): return nodes.map { words(of: $0.origin) }.joined(separator: "; ")
        case .root, .lockstep, .derived, .unusable(.root, _, _): return "what is asked for does not go together"
        }
    }

    private func nothing(of key: JointPythonSearch.Key) -> String {
        guard case .package(let name) = key else { return "nothing of the kind" }
        if name.isVirtual { return "no such \(name) here; CONDA_OVERRIDE_\(name.description.drop { $0 == "_" }.uppercased()) says another version" }
        let count = book.count(of: name)
        if count == 0 { return "no package '\(name)' in the channels" }
        let known = book.candidates(of: name).map { "\($0.record.version)" }
        let few = known.reduce(into: [String]()) { if !$0.contains($1), $0.count < 5 { $0.append($1) } }
        return "only \(name) \(few.joined(separator: ", "))\(Set(known).count > few.count ? ", …" : "")"
    }

    private func versions(_ set: CandidateSet, of name: CondaName) -> String {
        let all = book.candidates(of: name)
        var texts: [String] = []
        for candidate in set.candidates where all.indices.contains(candidate) {
            let text = "\(all[candidate].record.version)"
            if !texts.contains(text) { texts.append(text) }
        }
        if texts.count > 4 { return "\(texts[texts.count - 1]) to \(texts[0])" }
        return texts.joined(separator: ", ")
    }
}
