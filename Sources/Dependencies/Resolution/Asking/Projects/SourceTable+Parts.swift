internal import PackageSources
internal import PythonPackaging

extension SourceTable {
    /// What becomes of a requirement where sources say how it is had.
    enum Part {
        /// From the indexes, with the marker that is left.
        case plain(Requirement)
        case reference(Requirement, ReadReference)
        /// From one index alone, and its address if the file gives it.
        case pin(IndexPin, address: String?)
    }

    /// Sources with markers share a requirement among them; what none of them covers stays with the indexes.
    func parts(
        of requirement: Requirement, in scope: Scope, file: String, line: Int
    ) throws(RequestError) -> [Part] {
        var parts: [Part] = []
        var rest: Requirement? = requirement
        for source in try sources(of: requirement.name, in: scope) {
            switch source.place {
            case .index(let index, let address):
                parts.append(
                    .pin(IndexPin(package: requirement.name, index: index, marker: source.marker), address: address))
            case .reference(let read):
                guard let left = rest else { continue }
                parts.append(.reference(left.limited(to: source.marker), read))
                guard let marker = source.marker else {
                    rest = nil
                    continue
                }
                guard let other = marker.negated else {
                    throw RequestError(
                        .unsupported(
                            "the marker '\(marker)' of a source of \(requirement.name)",
                            help: "write it without '~=' and '===', so that its contrary can be said"), file: file, line: line)
                }
                rest = left.limited(to: other)
            }
        }
        if let rest { parts.append(.plain(rest)) }
        return parts
    }
}

extension Requirement {
    fileprivate func limited(to condition: Marker?) -> Requirement {
        var copy = self
        if let condition { copy.marker = marker.map { $0.and(condition) } ?? condition }
        return copy
    }
}
