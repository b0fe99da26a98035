internal import CondaPackaging
internal import PubGrub
internal import PythonPackaging

/// Says in sentences why packages of both worlds do not go together.
struct JointConflictWords {
    typealias Proof = Derivation<JointKey, JointConstraint, JointUnusable>
    private let view: JointView
    private let proof: Proof
    private let request: JointRequest

    init(_ view: JointView, _ proof: Proof, _ request: JointRequest) {
        self.view = view
        self.proof = proof
        self.request = request
    }

    var sentences: [String] {
        var told: [String] = []
        for step in Explanation(proof).steps {
            for premise in step.premises {
                guard case .fact(let node) = premise else { continue }
                let sentence = "\(words(of: node.origin))."
                if !told.contains(sentence) { told.append(sentence) }
            }
        }
        return told
    }

    private func words(of origin: Proof.Origin) -> String {
        switch origin {
        case .dependency(of: .root, _, on: let key, let constraints, let allowed):
            return "\(asker(of: key, constraints)) asks for \(text(key, constraints))\(missing(key, allowed))"
        case .dependency(of: let dependent, let candidates, on: let key, let constraints, let allowed):
            if case .standIn = constraints.first {
                return "\(name(dependent)) \(versions(candidates, of: dependent)) of conda has the project \(name(key)) itself"
            }
            if case .exactly = constraints.first { return "\(name(dependent)) is in the conda package \(name(key))" }
            let verb = allowed.allowsAbsence ? "goes only with" : "needs"
            return "\(name(dependent)) \(versions(candidates, of: dependent)) \(verb) \(text(key, constraints))\(missing(key, allowed))"
        case .unusable(let key, let candidates, let reason):
            return "\(name(key)) \(versions(candidates, of: key)) cannot be used\(text(reason))"
        case .together(let nodes): return nodes.map { words(of: $0.origin) }.joined(separator: "; ")
        case .root, .lockstep, .derived: return "what is asked for does not go together"
        }
    }

    private func text(_ reason: JointUnusable) -> String {
        switch reason {
        case .conda(let reason): ": \(reason)"
        case .pypi(.python(let required)): ": it needs Python \(required)"
        case .pypi: ": no file of it fits"
        }
    }

    private func asker(of key: JointKey, _ constraints: [JointConstraint]) -> String {
        for constraint in constraints {
            switch constraint {
            case .spec(let spec): if let asker = request.conda.first(where: { $0.spec == spec })?.asker { return asker.words }
            case .versions(let wanted): if let asker = wanted.demand?.asker { return asker.words }
            case .exactly, .standIn: break
            }
        }
        return "the request"
    }

    private func text(_ key: JointKey, _ constraints: [JointConstraint]) -> String {
        let texts = constraints.map { constraint -> String in
            switch constraint {
            case .spec(let spec): "\(spec)"
            case .versions(let wanted): "\(name(key))\(wanted.specifiers)"
            case .exactly, .standIn: name(key)
            }
        }
        return Set(texts).sorted().joined(separator: " or ")
    }

    private func missing(_ key: JointKey, _ allowed: CandidateSet) -> String {
        guard allowed.count == 0 else { return "" }
        switch key {
        case .conda(let name) where name.isVirtual:
            let variable = name.description.drop { $0 == "_" }.uppercased()
            return ", which this target does not have; CONDA_OVERRIDE_\(variable) says another version"
        case .conda(let name):
            let known = view.conda.candidates(of: name).map { "\($0.record.version)" }
            return known.isEmpty ? ", and no channel has a package '\(name)'" : ", and the channels have \(few(known))"
        case .pypi(let key):
            guard let name = key.project, view.count(of: name) > 0 else { return ", and no index has such a project" }
            return ", and there is no such version"
        case .root: return ""
        }
    }

    private func name(_ key: JointKey) -> String {
        switch key {
        case .root: "the request"
        case .conda(let name): "\(name)"
        case .pypi(let key): (key.project.map { "\($0)" } ?? "") + (key.extra.map { "[\($0)]" } ?? "")
        }
    }

    private func versions(_ set: CandidateSet, of key: JointKey) -> String {
        few(set.candidates.compactMap { candidate in
            switch key {
            case .root: return nil
            case .conda(let name):
                let all = view.conda.candidates(of: name)
                return all.indices.contains(candidate) ? "\(all[candidate].record.version)" : nil
            case .pypi(let key):
                guard let name = key.project else { return nil }
                if let standIn = view.standIn(candidate, of: name) { return "\(standIn.version)" }
                return view.indexPlace(candidate, of: name).flatMap { place in (view.projects[name]?.table.version(of: place)).map { "\($0)" } }
            }
        })
    }

    private func few(_ texts: [String]) -> String {
        let unique = texts.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        guard unique.count > 4, let first = unique.first, let last = unique.last else { return unique.joined(separator: ", ") }
        return "\(last) to \(first)"
    }
}
