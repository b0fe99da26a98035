import FlowModel

/// Where a task is in a foreach.
struct ForeachPlace: Sendable, Hashable {
    var step: String
    var variable: String
    var index: Int
    /// A short text of the item.
    var value: String?

    /// - Parameters:
    ///   - path: `step:index,step:index`, outermost first.
    ///   - stack: a list of `variable=value` in the same order, where it was recorded.
    static func places(path: String, stack: JSONValue?) -> [ForeachPlace] {
        var items: [String] = []
        if case .array(let values)? = stack { items = values.map(\.factText) }
        return path.split(separator: ",").enumerated().compactMap { position, part in
            guard let colon = part.lastIndex(of: ":"), let index = Int(part[part.index(after: colon)...]) else { return nil }
            let item = position < items.count ? items[position] : ""
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return ForeachPlace(
                step: String(part[..<colon]), variable: parts.first.map(String.init) ?? "", index: index,
                value: parts.count > 1 ? String(parts[1]) : nil)
        }
    }

    /// - Parameter stack: the artifact `_foreach_stack`: a list of frames of step, variable, number of splits, index and value.
    static func places(stack: PlainPickle) -> [ForeachPlace] {
        (stack.sequence ?? []).compactMap { frame in
            guard case .object(_, let parts, _) = frame, parts.count >= 4, let step = parts[0].text, let index = parts[3].integer
            else { return nil }
            return ForeachPlace(
                step: step, variable: parts[1].text ?? "", index: index, value: parts.count > 4 ? parts[4].text : nil)
        }
    }

    /// In the ledger's form; empty outside of a foreach.
    static func json(_ places: [ForeachPlace]) -> String {
        if places.isEmpty { return "" }
        return JSONValue.array(places.map { place in
            var members: [String: JSONValue] = [
                "step": .string(place.step), "variable": .string(place.variable), "index": .integer(place.index),
            ]
            if let value = place.value { members["value"] = .string(value) }
            return .object(members)
        }).json
    }
}
