import CondaPackaging

/// Packages in an order in which each comes after those that it needs; where they need one another, by name.
struct InstallationOrder {
    let ordered: [CondaInstallation]

    init(_ installations: [CondaInstallation]) {
        let byName = Dictionary(installations.map { ($0.record.name.description, $0) }, uniquingKeysWith: { first, _ in first })
        var seen: Set<String> = []
        var ordered: [CondaInstallation] = []
        // Depth first with a stack of its own: chains of dependencies may be long.
        for start in byName.keys.sorted() {
            var stack: [(name: String, isDone: Bool)] = [(start, false)]
            while let (name, isDone) = stack.popLast() {
                guard let installation = byName[name] else { continue }
                if isDone {
                    ordered.append(installation)
                } else if seen.insert(name).inserted {
                    stack.append((name, true))
                    let needs = Set(installation.record.depends.map { String(MatchSpec.name(in: $0)).lowercased() })
                    for need in needs.sorted().reversed() { stack.append((need, false)) }
                }
            }
        }
        self.ordered = ordered
    }
}
