/// What is wrong with the value of an option, and how to write it.
struct KubernetesFormFault: Error {
    /// Follows the value in a message, as "whose label 'a' has no valid value"; nothing where the value as a whole is wrong.
    var about: String?
    let help: String

    init(_ about: String? = nil, help: String) {
        self.about = about
        self.help = help
    }
}

/// The forms that options of Kubernetes may have, in decorators, on the command line and in settings.
enum KubernetesForms {
    private typealias Fault = KubernetesFormFault

    static let labelHelp = """
        a label's value has letters, digits, '-', '_' and '.', at most 63, and begins and ends with a letter or a digit
        """

    /// Names of objects: a list, or one text with commas between them.
    static func names(_ value: JSONValue) throws(KubernetesFormFault) -> [String] {
        let help = "write a list of names: ['regcred']"
        let given = try texts(value, help)
        for name in given where !KubernetesSyntax.isSubdomain(name) {
            throw Fault("whose '\(name)' is no name of Kubernetes", help: "use small letters, digits, '-' and '.'")
        }
        return given
    }

    static func name(_ value: JSONValue) throws(KubernetesFormFault) -> String {
        guard case .string(let text) = value, KubernetesSyntax.isSubdomain(text) else {
            throw Fault(help: "use small letters, digits, '-' and '.'")
        }
        return text
    }

    static func namespace(_ value: JSONValue) throws(KubernetesFormFault) -> String {
        guard case .string(let text) = value, KubernetesSyntax.isLabelName(text) else {
            throw Fault(help: "use small letters, digits and '-', at most 63 characters")
        }
        return text
    }

    /// `{'key': 'value'}`, or `key=value,key=value` as one text.
    ///
    /// - Parameter bareKeys: whether a key alone is good: it has an empty value then.
    static func pairs(_ value: JSONValue, bareKeys: Bool = false) throws(KubernetesFormFault) -> [String: String] {
        let fault = Fault(help: "write a dictionary of texts, {'key': 'value'}, or 'key=value,key=value'")
        var pairs: [String: String] = [:]
        switch value {
        case .object(let members) where !value.isPython:
            for (key, member) in members.sorted(by: { $0.key < $1.key }) {
                if member == .null, bareKeys { pairs[key] = "" } else {
                    guard let text = member.formText else { throw fault }
                    pairs[key] = text
                }
            }
        case .string(let text):
            for part in text.split(separator: ",", omittingEmptySubsequences: false) where !part.trimmed.isEmpty {
                let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { $0.trimmed }
                guard halves.count == 2 || bareKeys else { throw fault }
                guard pairs.updateValue(halves.count == 2 ? halves[1] : "", forKey: halves[0]) == nil else {
                    throw Fault("which names '\(halves[0])' twice", help: "keep one of them")
                }
            }
        default: throw fault
        }
        for key in pairs.keys.sorted() where !KubernetesSyntax.isQualifiedName(key) {
            throw Fault("whose '\(key)' is no valid key", help: "a key is a name, as 'team' or 'example.com/team'")
        }
        return pairs
    }

    /// Pairs whose values are those of labels.
    static func labels(_ value: JSONValue, bareKeys: Bool = true) throws(KubernetesFormFault) -> [String: String] {
        let pairs = try pairs(value, bareKeys: bareKeys)
        for (key, text) in pairs.sorted(by: { $0.key < $1.key }) where !KubernetesSyntax.isLabelValue(text) {
            throw Fault("whose '\(key)' has the value '\(text)'", help: labelHelp)
        }
        return pairs
    }

    static func selector(_ value: JSONValue) throws(KubernetesFormFault) -> [String: String] { try labels(value, bareKeys: false) }

    static func annotations(_ value: JSONValue) throws(KubernetesFormFault) -> [String: String] { try pairs(value, bareKeys: true) }

    static func tolerations(_ value: JSONValue) throws(KubernetesFormFault) -> [KubernetesToleration] {
        let help = "write a list of dictionaries: [{'key': 'gpu', 'operator': 'Exists', 'effect': 'NoSchedule'}]"
        guard case .array(let entries) = value else { throw Fault(help: help) }
        return try entries.map { entry throws(KubernetesFormFault) in
            guard case .object(let members) = entry, !entry.isPython else { throw Fault(help: help) }
            return try toleration(members, help)
        }
    }

    private static func toleration(
        _ members: [String: JSONValue], _ help: String
    ) throws(KubernetesFormFault) -> KubernetesToleration {
        let seconds = ["toleration_seconds", "tolerationSeconds"]
        var toleration = KubernetesToleration()
        for (name, value) in members.sorted(by: { $0.key < $1.key }) where value != .null {
            if seconds.contains(name) {
                guard let number = value.wholeNumber else { throw Fault("whose \(name) is \(value)", help: "use a whole number") }
                toleration.seconds = number
                continue
            }
            guard let text = value.formText else { throw Fault("whose \(name) is \(value)", help: help) }
            switch name {
            case "key": toleration.key = text
            case "operator": toleration.operator = text
            case "value": toleration.value = text
            case "effect": toleration.effect = text
            default:
                throw Fault(
                    "which has '\(name)'", help: "a toleration has key, operator, value, effect and toleration_seconds")
            }
        }
        if let effect = toleration.effect, !["", "NoSchedule", "PreferNoSchedule", "NoExecute"].contains(effect) {
            throw Fault("whose effect is '\(effect)'", help: "use NoSchedule, PreferNoSchedule or NoExecute")
        }
        if let `operator` = toleration.operator, !["", "Equal", "Exists", "Lt", "Gt"].contains(`operator`) {
            throw Fault("whose operator is '\(`operator`)'", help: "use Equal or Exists")
        }
        if toleration.operator == "Exists", let value = toleration.value, !value.isEmpty {
            throw Fault("which compares the value '\(value)' by Exists", help: "use the operator Equal, or leave the value out")
        }
        return toleration
    }

    /// Absolute paths by the names of claims.
    static func claims(_ value: JSONValue) throws(KubernetesFormFault) -> [String: String] {
        let help = "write names of claims and absolute paths: {'data': '/mnt/data'}"
        guard case .object(let members) = value, !value.isPython else { throw Fault(help: help) }
        var claims: [String: String] = [:]
        for (name, member) in members.sorted(by: { $0.key < $1.key }) {
            guard case .string(let path) = member, path.hasPrefix("/"), !path.contains(":"), KubernetesSyntax.isSubdomain(name) else {
                throw Fault("whose '\(name)' is mounted at \(member)", help: help)
            }
            claims[name] = path
        }
        guard Set(claims.values).count == claims.count else {
            throw Fault("which mounts two claims at one path", help: "give each a path of its own")
        }
        return claims
    }

    static func extendedResources(_ value: JSONValue) throws(KubernetesFormFault) -> [String: String] {
        let pairs = try pairs(value)
        for (key, text) in pairs.sorted(by: { $0.key < $1.key }) {
            guard key.contains("/"), !key.hasPrefix("kubernetes.io/"), KubernetesSyntax.isCount(text) else {
                throw Fault("whose '\(key)' is '\(text)'", help: "write names with a domain and whole numbers: {'example.com/fpga': '1'}")
            }
        }
        return pairs
    }

    /// A list of texts, or one text with commas between them.
    static func texts(_ value: JSONValue, _ help: String) throws(KubernetesFormFault) -> [String] {
        switch value {
        case .string(let text): return text.split(separator: ",").map { $0.trimmed }.filter { !$0.isEmpty }
        case .array(let values):
            return try values.map { value throws(KubernetesFormFault) in
                guard case .string(let text) = value, !text.trimmed.isEmpty else { throw Fault(help: help) }
                return text.trimmed
            }
        default: throw Fault(help: help)
        }
    }
}

extension JSONValue {
    /// A text, or what a number or a truth is as one: `true`, not `True`, as in YAML.
    fileprivate var formText: String? {
        switch self {
        case .string(let text): text
        case .integer, .number: description
        case .bool(let value): value ? "true" : "false"
        case .null, .array, .object: nil
        }
    }
}
