/// Packages by urgency and then in the order of discovery: a binary heap.
///
/// Looking through all packages at every decision would cost their number squared.
struct SelectionQueue: Sendable {
    struct Entry: Sendable {
        let urgency: Int
        let package: Int

        /// Whether this one is to be decided first.
        func precedes(_ other: Entry) -> Bool {
            urgency != other.urgency ? urgency > other.urgency : package < other.package
        }
    }

    private var entries: [Entry] = []

    /// The most urgent entry.
    var first: Entry? { entries.first }

    mutating func insert(_ entry: Entry) {
        entries.append(entry)
        var place = entries.count - 1
        while place > 0, entries[place].precedes(entries[(place - 1) / 2]) {
            entries.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    /// Takes off the most urgent entry; there must be one.
    mutating func removeFirst() {
        let last = entries.removeLast()
        guard !entries.isEmpty else { return }
        entries[0] = last
        var place = 0
        while true {
            var best = place
            for child in [2 * place + 1, 2 * place + 2] where child < entries.count && entries[child].precedes(entries[best]) {
                best = child
            }
            guard best != place else { return }
            entries.swapAt(place, best)
            place = best
        }
    }
}
