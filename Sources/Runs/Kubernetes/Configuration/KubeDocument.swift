import Clusters
import Yams

/// A kubeconfig file as YAML, with what is said about values that are of another kind than they have to be. What an engine does not need
/// is not looked at.
struct KubeDocument {
    /// Nobody writes such files longer, in bytes.
    private static let limit = 8 << 20

    let path: String
    let root: Node.Mapping?

    init(parsing text: String, path: String) throws(ClusterError) {
        self.path = path
        guard text.utf8.count <= Self.limit else { throw Self.wrong(path, nil, "it is too long for such a file") }
        try KubeDocumentBounds(path: path).check(text)
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw Self.wrong(path, Self.line(of: error), "it is not YAML")
        }
        guard let node, node.null == nil else {
            root = nil
            return
        }
        guard let mapping = node.mapping else { throw Self.wrong(path, 1, "expected names with values") }
        root = mapping
    }

    /// The entries of a list of `{name: …, KEY: {…}}`, by their names; the first of a name counts.
    func entries(_ list: String, _ key: String) throws(ClusterError) -> [String: Node.Mapping] {
        guard let node = root?[list], node.null == nil else { return [:] }
        guard let items = node.sequence else { throw wrong(node, "'\(list)' is to be a list") }
        var entries: [String: Node.Mapping] = [:]
        for item in items {
            guard let map = item.mapping, let name = map["name"]?.scalar?.string else {
                throw wrong(item, "an entry of '\(list)' is to have a name")
            }
            guard entries[name] == nil else { continue }
            guard let value = map[key], value.null == nil else {
                entries[name] = Node.Mapping([])
                continue
            }
            guard let members = value.mapping else { throw wrong(value, "'\(key)' of '\(name)' is to have names with values") }
            entries[name] = members
        }
        return entries
    }

    /// A text; numbers are texts as they are written. An empty one is none.
    func text(_ map: Node.Mapping, _ key: String) throws(ClusterError) -> String? {
        guard let node = map[key], node.null == nil else { return nil }
        guard let text = node.scalar?.string else { throw wrong(node, "'\(key)' is to be a text") }
        return text.isEmpty ? nil : text
    }

    func truth(_ map: Node.Mapping, _ key: String) throws(ClusterError) -> Bool {
        guard let node = map[key], node.null == nil else { return false }
        guard let truth = node.bool else { throw wrong(node, "'\(key)' is to be true or false") }
        return truth
    }

    func texts(_ map: Node.Mapping, _ key: String) throws(ClusterError) -> [String] {
        guard let node = map[key], node.null == nil else { return [] }
        guard let items = node.sequence else { throw wrong(node, "'\(key)' is to be a list") }
        return try items.map { item throws(ClusterError) in
            guard let text = item.scalar?.string else { throw wrong(item, "'\(key)' is to be a list of texts") }
            return text
        }
    }

    func wrong(_ node: Node?, _ problem: String) -> ClusterError { Self.wrong(path, node?.mark?.line, problem) }

    private static func wrong(_ path: String, _ line: Int?, _ problem: String) -> ClusterError {
        ClusterError(
            "kubernetes", .notSetUp, "\(path)\(line.map { ":\($0)" } ?? "") cannot be used as a kubeconfig file: \(problem)",
            help: "correct it, or name another one in KUBECONFIG")
    }

    private static func line(of error: any Error) -> Int? {
        switch error as? YamlError {
        case .scanner(_, _, let mark, _)?, .parser(_, _, let mark, _)?, .composer(_, _, let mark, _)?: mark.line
        case .duplicatedKeysInMapping(_, let context)?: context.mark.line
        default: nil
        }
    }
}

/// Bounds that no honest file comes near, and beyond which reading one would use up the stack or the day.
private struct KubeDocumentBounds {
    let path: String

    func check(_ text: String) throws(ClusterError) {
        var (depth, dashes, indent, aliases) = (0, 0, 0, 0)
        var (isStart, canBegin) = (true, true)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\n"): (dashes, indent, isStart, canBegin) = (0, 0, true, true)
            case UInt8(ascii: " "), UInt8(ascii: "\t"): if isStart { indent += 1 }
            case UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":"), UInt8(ascii: ","):
                (dashes, canBegin) = (dashes + 1, true)
            case UInt8(ascii: "["), UInt8(ascii: "{"): (depth, isStart, canBegin) = (depth + 1, false, true)
            case UInt8(ascii: "]"), UInt8(ascii: "}"): (depth, isStart) = (max(depth - 1, 0), false)
            case UInt8(ascii: "*"):
                if canBegin { aliases += 1 }
                (isStart, canBegin) = (false, false)
            default: (dashes, isStart, canBegin) = (isStart ? dashes : 0, false, false)
            }
            // A few aliases cannot blow a small file up; ten may be wanted for a cluster that many contexts share.
            guard depth <= 100, dashes <= 100, indent <= 200, aliases <= 30 else {
                throw ClusterError(
                    "kubernetes", .notSetUp,
                    "\(path) cannot be used as a kubeconfig file: values lie too deep in one another, or have too many aliases",
                    help: "correct it, or name another one in KUBECONFIG")
            }
        }
    }
}
