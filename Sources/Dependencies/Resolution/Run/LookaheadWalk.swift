internal import PubGrub
internal import PythonPackaging

extension Lookahead {
    /// How many unusable versions of a project are passed over before it is left to the solver.
    private static let patience = 16

    /// Follows wishes as far as pages and metadata are known, and asks for those that are not.
    mutating func walk(_ wishes: [Wish], _ book: inout ProjectBook, _ queue: inout FetchQueue) {
        var open = wishes
        while let wish = open.popLast() {
            guard note(wish, restrictions: book.stipulations) else { continue }
            guard book.projects[wish.project] != nil else {
                if !book.missing.contains(wish.project), !book.isDirect(wish.project) {
                    queue.add(.page(wish.project), isUrgent: false)
                }
                continue
            }
            open += nextWishes(after: wish.project, &book, &queue)
        }
    }

    /// Goes on where a project has just become known.
    mutating func walk(after project: PackageName, _ book: inout ProjectBook, _ queue: inout FetchQueue) {
        walk(nextWishes(after: project, &book, &queue), &book, &queue)
    }

    /// Goes on where the metadata of a candidate has just become known.
    mutating func walk(
        after project: PackageName, candidate: Int, _ book: inout ProjectBook, _ queue: inout FetchQueue
    ) {
        walk(wishes(of: project, candidate: candidate, book), &book, &queue)
    }

    /// Asks for the metadata of a project's likely candidate, or gives what that asks for.
    private mutating func nextWishes(
        after name: PackageName, _ book: inout ProjectBook, _ queue: inout FetchQueue
    ) -> [Wish] {
        guard let table = book.projects[name]?.table else { return [] }
        let likely = likelyCandidates(of: name, in: table)
        for candidate in likely.candidates.prefix(Self.patience) {
            switch book.choice(of: candidate, name) {
            case .unusable, nil: continue
            case .direct, .standIn: break
            case .wheel, .sdist:
                guard book.projects[name]?.metadata(of: candidate) == nil else { break }
                // Builds run foreign code: only where the solver really comes to it.
                if book.projects[name]?.file(of: candidate)?.hasCheapMetadata == true {
                    queue.add(.metadata(name, candidate: candidate), isUrgent: false)
                }
                return []
            }
            return wishes(of: name, candidate: candidate, book)
        }
        return []
    }

    /// When version after version of a project is turned down, asks for the next ones together.
    mutating func askForNeighbours(
        of name: PackageName, _ candidate: Int, open: CandidateSet?, _ book: inout ProjectBook,
        _ queue: inout FetchQueue
    ) {
        let asked = book.noteMetadataAsked(of: name)
        guard asked >= 3, let open else { return }
        var left = min(1 << (asked - 2), 32)
        var position = candidate + 1
        while left > 0, let next = open.candidate(atOrAfter: position) {
            if case .wheel? = book.choice(of: next, name) {
                queue.add(.metadata(name, candidate: next), isUrgent: false)
            }
            left -= 1
            position = next + 1
        }
    }
}

extension OfferedFile {
    /// Whether its metadata is had by reading alone.
    fileprivate var hasCheapMetadata: Bool { file.metadata != .none || file.filename.hasSuffix(".whl") }
}
