/// What is different between two lists of lines: the ranges that were replaced (Myers, "An O(ND) Difference Algorithm", 1986).
///
/// Cost: the number of lines times that of differences, up to `limit` differences; what is between the first and the last
/// difference of texts with more is taken for replaced as a whole.
package struct LineDifference: Sendable {
    /// Lines of the first that became lines of the second; one of them may be empty, not both. In order, with equal lines between.
    package struct Change: Hashable, Sendable {
        package var old: Range<Int>
        package var new: Range<Int>
    }

    package private(set) var changes: [Change] = []

    package init<Line: Hashable>(_ old: [Line], _ new: [Line], limit: Int = 1500) {
        var start = 0
        while start < old.count, start < new.count, old[start] == new[start] { start += 1 }
        var (oldEnd, newEnd) = (old.count, new.count)
        while oldEnd > start, newEnd > start, old[oldEnd - 1] == new[newEnd - 1] {
            oldEnd -= 1
            newEnd -= 1
        }
        guard start < oldEnd || start < newEnd else { return }
        // Numbers instead of texts: each line is compared many times.
        var numbers: [Line: Int] = [:]
        func numbered(_ lines: ArraySlice<Line>) -> [Int] {
            lines.map { line in
                if let number = numbers[line] { return number }
                numbers[line] = numbers.count
                return numbers.count - 1
            }
        }
        let (first, second) = (numbered(old[start..<oldEnd]), numbered(new[start..<newEnd]))
        changes = Self.changes(first, second, limit: limit) ?? [Change(old: 0..<first.count, new: 0..<second.count)]
        for index in changes.indices {
            changes[index].old = (changes[index].old.lowerBound + start)..<(changes[index].old.upperBound + start)
            changes[index].new = (changes[index].new.lowerBound + start)..<(changes[index].new.upperBound + start)
        }
    }

    private static func changes(_ old: [Int], _ new: [Int], limit: Int) -> [Change]? {
        if old.isEmpty || new.isEmpty { return [Change(old: 0..<old.count, new: 0..<new.count)] }
        let most = min(old.count + new.count, limit)
        // For each diagonal (old minus new) how far in `old` a way with so many differences gets; -1 is where none is.
        var reach = [Int](repeating: -1, count: 2 * most + 3)
        let middle = most + 1
        reach[middle + 1] = 0
        var history: [[Int32]] = []
        for count in 0...most {
            history.append(reach[(middle - count - 1)...(middle + count + 1)].map { Int32($0) })
            for diagonal in stride(from: -count, through: count, by: 2) {
                let goesDown = diagonal == -count
                    || (diagonal != count && reach[middle + diagonal - 1] < reach[middle + diagonal + 1])
                var x = goesDown ? reach[middle + diagonal + 1] : reach[middle + diagonal - 1] + 1
                while x < old.count, x - diagonal >= 0, x - diagonal < new.count, old[x] == new[x - diagonal] { x += 1 }
                reach[middle + diagonal] = x
                if x >= old.count, x - diagonal >= new.count {
                    return walkedBack(history, from: (old.count, new.count))
                }
            }
        }
        return nil
    }

    /// The way to the end, read from it to the start.
    private static func walkedBack(_ history: [[Int32]], from end: (x: Int, y: Int)) -> [Change] {
        var (x, y) = end
        var changes: [Change] = []
        for count in history.indices.reversed() {
            let reach = history[count]
            let middle = count + 1
            let diagonal = x - y
            if count == 0 { break }
            let goesDown = diagonal == -count
                || (diagonal != count && reach[middle + diagonal - 1] < reach[middle + diagonal + 1])
            let before = goesDown ? diagonal + 1 : diagonal - 1
            let beforeX = Int(reach[middle + before])
            let beforeY = beforeX - before
            let change = goesDown
                ? Change(old: beforeX..<beforeX, new: beforeY..<(beforeY + 1))
                : Change(old: beforeX..<(beforeX + 1), new: beforeY..<beforeY)
            if let next = changes.last, next.old.lowerBound == change.old.upperBound, next.new.lowerBound == change.new.upperBound {
                changes[changes.count - 1] = Change(
                    old: change.old.lowerBound..<next.old.upperBound, new: change.new.lowerBound..<next.new.upperBound)
            } else {
                changes.append(change)
            }
            (x, y) = (beforeX, beforeY)
        }
        return changes.reversed()
    }
}
