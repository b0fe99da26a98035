/// What is wrong with decorators for schedulers: `@schedule`, `@trigger`, `@trigger_on_finish`. They have no effect on the
/// person's own machine, and are looked at so that a slip shows before a flow is deployed.
enum TriggerChecks {
    static func check(_ site: DecoratorSite, _ findings: inout [FlowFinding]) {
        switch site.decorator.name {
        case "schedule":
            for attribute in ["daily", "hourly", "weekly"] { _ = site.truth(attribute, &findings) }
            for attribute in ["cron", "timezone"] { _ = site.text(attribute, &findings) }
        case "trigger": check("event", "events", site, &findings)
        default: check("flow", "flows", site, &findings)
        }
    }

    private static func check(_ one: String, _ many: String, _ site: DecoratorSite, _ findings: inout [FlowFinding]) {
        let single = site[one].flatMap { $0.isFalsy ? nil : $0 }
        let list = site[many].flatMap { $0.isFalsy ? nil : $0 }
        guard (single == nil) != (list == nil) else {
            findings.append(
                single == nil
                    ? site.finding("names no \(one)", help: "give it \(one)='...' or \(many)=[...]")
                    : site.finding("has both \(one) and \(many)", help: "keep one of them"))
            return
        }
        // A function says it when the flow is deployed.
        guard let value = single ?? list, !value.isPython else { return }
        var entries = [value]
        if list != nil {
            guard case .array(let values) = value else {
                findings.append(site.finding("has \(many)=\(value)", help: "use a list"))
                return
            }
            entries = values
        }
        var names: Set<String> = []
        for entry in entries where !entry.isPython {
            guard let name = Self.name(of: entry) else {
                findings.append(
                    site.finding("names the \(one) \(entry)", help: "use a text, or a dictionary with a 'name'"))
                continue
            }
            if case .string(let text) = name, one == "event", !names.insert(text).inserted {
                findings.append(site.finding("names the event '\(text)' twice", help: "keep one of them"))
            }
        }
    }

    private static func name(of entry: JSONValue) -> JSONValue? {
        switch entry {
        case .string: entry
        case .object(let members):
            switch members["name"] {
            case .string(let text) where !text.isEmpty: .string(text)
            case let name? where name.isPython: name
            default: nil
            }
        default: nil
        }
    }
}
