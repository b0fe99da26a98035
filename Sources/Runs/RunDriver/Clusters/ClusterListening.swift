import Clusters
import Nodes
import ObjectStores

/// What was found of a group in the datastore.
struct ClusterNews: Sendable {
    struct Piece: Sendable {
        var index: Int
        var number: Int
        var outputs: [AttemptOutput]
    }

    struct Report: Sendable {
        var index: Int
        var outcome: Result<(report: AttemptReport, payload: ArraySlice<UInt8>), OrderFault>
    }

    var pieces: [Piece] = []
    var reports: [Report] = []
    /// The store's words for signs of life, by index.
    var signs: [Int: String] = [:]
    /// The jobs that have claimed attempts, by the index of the attempt.
    var claims: [Int: Int] = [:]

    var isEmpty: Bool { pieces.isEmpty && reports.isEmpty }
}

/// Looks at what the jobs of a group have said since the last time.
struct ClusterListening: Sendable {
    /// What is awaited of one job.
    struct Wanted: Sendable {
        var nextPiece: Int
        /// Whether it matters which job does the attempt, since its own has ended.
        var asksForClaim = false
    }

    let layout: NodeLayout
    let objects: any ObjectStore
    /// By index; jobs that are over are missing.
    let wanted: [Int: Wanted]

    /// How many objects are read at a time.
    private static let width = 16

    func listen() async throws -> ClusterNews {
        var news = ClusterNews()
        var pieces: [Int: [Int]] = [:]
        var (reports, claims): ([Int], [Int]) = ([], [])
        for info in try await objects.all(layout.said) {
            switch NodeLayout.word(named: info.key) {
            case .log(let index, let number):
                if let job = wanted[index], number >= job.nextPiece { pieces[index, default: []].append(number) }
            case .alive(let index): if wanted[index] != nil { news.signs[index] = info.tag }
            case .report(let index): if wanted[index] != nil { reports.append(index) }
            case .claim(let index): if wanted[index]?.asksForClaim == true { claims.append(index) }
            case nil: break
            }
        }
        // A report that was listed comes after all pieces that its attempt has put; those are in a later listing at the latest.
        var items: [NodeLayout.Word] = []
        for (index, numbers) in pieces { items += numbers.map { .log(index: index, number: $0) } }
        items += reports.map { .report(index: $0) }
        items += Set(claims).subtracting(reports).sorted().map { .claim(index: $0) }
        try await read(items, into: &news)
        return news
    }

    private enum Content: Sendable {
        case piece(ClusterNews.Piece)
        case report(ClusterNews.Report)
        case claim(index: Int, job: Int)
    }

    private func read(_ words: [NodeLayout.Word], into news: inout ClusterNews) async throws {
        let found = try await withThrowingTaskGroup(of: [Content].self) { group in
            var rest = words[...]
            var found: [Content] = []
            for word in rest.prefix(Self.width) { group.addTask { try await read(word) } }
            rest = rest.dropFirst(Self.width)
            while let contents = try await group.next() {
                found += contents
                if let word = rest.popFirst() { group.addTask { try await read(word) } }
            }
            return found
        }
        for content in found {
            switch content {
            case .piece(let piece): news.pieces.append(piece)
            case .report(let report): news.reports.append(report)
            case .claim(let index, let job): news.claims[index] = job
            }
        }
        news.pieces.sort { ($0.index, $0.number) < ($1.index, $1.number) }
        news.reports.sort { $0.index < $1.index }
    }

    private func read(_ word: NodeLayout.Word) async throws -> [Content] {
        guard let bytes = try await objects.read(try layout.key(of: word)) else { return [] }
        switch word {
        case .log(let index, let number):
            // A piece that cannot be read is left out, and says so.
            let outputs = (try? AttemptOutput.outputs(bytes)) ?? [Self.damaged(number)]
            return [.piece(ClusterNews.Piece(index: index, number: number, outputs: outputs))]
        case .report(let index):
            do throws(OrderFault) {
                let read = try AttemptReport.read(bytes)
                guard read.report.pieces > (wanted[index]?.nextPiece ?? 0) else {
                    return [.report(ClusterNews.Report(index: index, outcome: .success(read)))]
                }
                return try await whole(read, index)
            } catch {
                return [.report(ClusterNews.Report(index: index, outcome: .failure(error)))]
            }
        case .claim(let index): return GroupShare.owner(bytes).map { [.claim(index: index, job: $0)] } ?? []
        case .alive: return []
        }
    }

    /// A report with all pieces before it that were not heard yet.
    private func whole(
        _ read: (report: AttemptReport, payload: ArraySlice<UInt8>), _ index: Int
    ) async throws(OrderFault) -> [Content] {
        var contents: [Content] = []
        for number in (wanted[index]?.nextPiece ?? 0)..<read.report.pieces {
            guard let key = try? layout.key(of: .log(index: index, number: number)) else { continue }
            let bytes = try? await objects.read(key)
            let outputs = bytes.flatMap { $0 }.flatMap { try? AttemptOutput.outputs($0) } ?? [Self.damaged(number)]
            contents.append(.piece(ClusterNews.Piece(index: index, number: number, outputs: outputs)))
        }
        return contents + [.report(ClusterNews.Report(index: index, outcome: .success(read)))]
    }

    private static func damaged(_ number: Int) -> AttemptOutput {
        AttemptOutput(isError: true, bytes: .init("[A piece of the output (\(number)) cannot be read.]\n".utf8), at: 0)
    }
}
