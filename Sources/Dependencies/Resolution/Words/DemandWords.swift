internal import PythonPackaging

/// Says who asks for what.
struct DemandWords: Sendable {
    /// Something that is demanded of a package by whoever uses Penstock.
    struct Item: Sendable {
        let package: PackageKey
        let demand: Demand?
        /// The name of the package, so that it is clear which one is meant.
        let name: String
        /// What is said of versions, or where it is to come from, as it follows the name: `>=2`, ` @ https://…`.
        let wish: String
        /// The same after "to": `<2`, `any version`.
        let limit: String
        /// The requirement in its plain form: `pandas[excel]>=2`.
        let plain: String
        /// The words of the person; `plain` where there are none.
        let spelled: String
        /// The rest of a sentence about it, such as ", which no package index has".
        var tail = ""

        /// Whether something is said of versions or builds that could be left out.
        var isRelaxable = false
    }

    /// A clause for everybody who asks, in the order in which they come: `you asked for a and b`, `step 'train' asks
    /// for 'a': '2' (flow.py:31)`, `constraints.txt:4 limits b to <2`.
    static func clauses(_ items: [Item]) -> [String] {
        var clauses: [String] = []
        var done = [Bool](repeating: false, count: items.count)
        for (position, item) in items.enumerated() where !done[position] {
            let group = items.indices.filter { !done[$0] && Self.isTogether(items[$0], item) }
            for member in group { done[member] = true }
            clauses.append(clause(group.map { items[$0] }))
        }
        return clauses
    }

    private static func isTogether(_ left: Item, _ right: Item) -> Bool {
        left.demand?.role ?? .requirement == right.demand?.role ?? .requirement
            && left.demand?.asker?.words ?? "you" == right.demand?.asker?.words ?? "you"
    }

    private static func clause(_ items: [Item]) -> String {
        let asker = items.first?.demand?.asker
        let name = asker?.words ?? "you"
        let isPerson = name == "you"
        let places = items.map { place($0.demand?.asker, in: name) }
        let isOnePlace = places.allSatisfy { $0 == places.first }
        let things = zip(items, places).map { item, place in
            thing(item) + (isOnePlace ? "" : place.text.map { " (\($0))" } ?? "") + item.tail
        }
        var subject = name
        var ending = ""
        if isOnePlace, let place = places.first {
            if let line = place.line, place.isAfterName { subject += ":\(line)" } else {
                ending = place.text.map { " (\($0))" } ?? ""
            }
        }
        let role = items.first?.demand?.role ?? .requirement
        return "\(subject) \(verb(role, isPerson)) \(things.unique.listed("and", limit: 8))\(ending)"
    }

    private static func verb(_ role: Demand.Role, _ isPerson: Bool) -> String {
        switch role {
        case .requirement: isPerson ? "asked for" : "asks for"
        case .constraint: isPerson ? "limited" : "limits"
        case .override: isPerson ? "set" : "sets"
        }
    }

    private static func thing(_ item: Item) -> String {
        switch item.demand?.role ?? .requirement {
        case .requirement: item.spelled
        case .constraint, .override: "\(item.name) to \(item.limit)"
        }
    }

    // MARK: - Places

    private struct Place: Equatable {
        var text: String?
        var line: Int?
        /// Whether the file is the name of the asker already.
        var isAfterName = false
    }

    private static func place(_ asker: Asker?, in name: String) -> Place {
        guard let file = asker?.file else { return Place() }
        if file == name { return Place(text: asker?.line.map { "line \($0)" }, line: asker?.line, isAfterName: true) }
        return Place(text: file + (asker?.line.map { ":\($0)" } ?? ""), line: asker?.line)
    }

    /// `overrides.txt:3`, `you`.
    static func source(of demand: Demand) -> String {
        guard let asker = demand.asker else { return "you" }
        guard let file = asker.file, let line = asker.line else { return asker.words }
        return file == asker.words ? "\(file):\(line)" : "\(asker.words) (\(file):\(line))"
    }
}
