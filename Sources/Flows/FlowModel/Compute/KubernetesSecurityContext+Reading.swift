extension KubernetesForms {
    private static let known = """
        it takes privileged, allow_privilege_escalation, run_as_user, run_as_group, run_as_non_root, read_only_root_filesystem and capabilities
        """

    static func securityContext(_ value: JSONValue) throws(KubernetesFormFault) -> KubernetesSecurityContext {
        guard case .object(let members) = value, !value.isPython else {
            throw KubernetesFormFault(help: "write a dictionary: {'run_as_user': 1000}; \(known)")
        }
        var context = KubernetesSecurityContext()
        for (name, value) in members.sorted(by: { $0.key < $1.key }) where value != .null {
            switch name {
            case "privileged": context.privileged = try truth(name, value)
            case "allow_privilege_escalation": context.allowsPrivilegeEscalation = try truth(name, value)
            case "run_as_user": context.runsAsUser = try number(name, value)
            case "run_as_group": context.runsAsGroup = try number(name, value)
            case "run_as_non_root": context.runsAsNonRoot = try truth(name, value)
            case "read_only_root_filesystem": context.hasReadOnlyRoot = try truth(name, value)
            case "capabilities": (context.addedCapabilities, context.droppedCapabilities) = try capabilities(value)
            default: throw KubernetesFormFault("which has '\(name)'", help: known)
            }
        }
        return context
    }

    private static func truth(_ name: String, _ value: JSONValue) throws(KubernetesFormFault) -> Bool {
        guard let truth = value.truth else {
            throw KubernetesFormFault("whose \(name) is \(value)", help: "write \(name) as True or False")
        }
        return truth
    }

    private static func number(_ name: String, _ value: JSONValue) throws(KubernetesFormFault) -> Int {
        guard let number = value.wholeNumber, number >= 0 else {
            throw KubernetesFormFault("whose \(name) is \(value)", help: "use a number that is not negative")
        }
        return number
    }

    private static func capabilities(_ value: JSONValue) throws(KubernetesFormFault) -> (added: [String], dropped: [String]) {
        let help = "write {'add': ['NET_ADMIN'], 'drop': ['ALL']}"
        guard case .object(let members) = value, members.keys.allSatisfy({ ["add", "drop"].contains($0) }) else {
            throw KubernetesFormFault("whose capabilities are \(value)", help: help)
        }
        return (try texts(members["add"] ?? .array([]), help), try texts(members["drop"] ?? .array([]), help))
    }
}
