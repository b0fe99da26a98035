import FlowModel
import FoundationEssentials
import Ledger

/// Cards as text for people, and as the JSON that scripts know.
struct CardListing: Encodable {
    struct Card: Encodable {
        var id: String?
        var hash: String
        var type: String
        var filename: String

        private enum CodingKeys: String, CodingKey { case id, hash, type, filename }

        /// A card without an id says so.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(id, forKey: .id)
            try container.encode(hash, forKey: .hash)
            try container.encode(type, forKey: .type)
            try container.encode(filename, forKey: .filename)
        }
    }

    var pathspec: String
    var cards: [Card]

    init(_ selection: CardSelection) {
        pathspec = selection.task.description
        cards = selection.cards.map {
            Card(id: $0.card.id, hash: $0.card.hash, type: $0.card.type, filename: $0.fileName)
        }
    }

    /// - Parameter command: what to type for one of them; nothing without it.
    func lines(_ session: FlowSession, example command: String? = nil) -> [String] {
        let found = ["Found \(cards.count) \(cards.count == 1 ? "card" : "cards"):", ""]
        let lines = cards.flatMap { card in
            [
                "    Card Id: \(card.id ?? "None")", "    Card Type: \(card.type)", "    Card Hash: \(card.hash)", "",
            ]
        }
        guard let command, let card = cards.last else { return found + lines }
        let task = pathspec.split(separator: "/").dropFirst().joined(separator: "/")
        return found + lines + [
            "One of them: \(session.invocationText) card \(command) \(task) --hash \(card.hash.prefix(5))",
        ]
    }
}
