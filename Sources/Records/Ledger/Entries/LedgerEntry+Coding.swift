import Datastore
import FlowModel

/// An entry as JSON: an object with one member, whose name says what it is. What stands in records of a remote is read by
/// engines of other versions: members may be added, never renamed.
extension LedgerEntry: Codable {
    private enum Kind: String, CodingKey {
        case runBegan = "run_began"
        case runEnded = "run_ended"
        case codePackage = "code_package"
        case snapshot
        case taskCreated = "task_created"
        case attemptBegan = "attempt_began"
        case blobs, artifacts, metadata
        case attemptEnded = "attempt_ended"
        case card
        case cardData = "card_data"
        case tags
        case logScrubbed = "log_scrubbed"
    }

    /// - Throws: `DecodingError` for what no engine of this version writes.
    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Kind.self)
        guard let kind = members.allKeys.first else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "an entry of a kind that is not known"))
        }
        switch kind {
        case .runBegan: self = .runBegan(try members.decode(RunBeginning.self, forKey: kind))
        case .runEnded: self = .runEnded(try members.decode(RunEnd.self, forKey: kind))
        case .codePackage: self = .codePackage(try members.decode(CodePackageRecord.self, forKey: kind))
        case .snapshot: self = .snapshot(try members.decode([SnapshotEntry].self, forKey: kind))
        case .taskCreated: self = .taskCreated(try members.decode(TaskCreation.self, forKey: kind))
        case .attemptBegan: self = .attemptBegan(try members.decode(AttemptBeginning.self, forKey: kind))
        case .blobs: self = .blobs(try members.decode([StoredBlob].self, forKey: kind))
        case .artifacts:
            let of = try members.decode(OfAttempt<[ArtifactEntry]>.self, forKey: kind)
            self = .artifacts(of.attempt, of.content)
        case .metadata:
            let of = try members.decode(OfAttempt<[[String]]>.self, forKey: kind)
            let entries = of.content.filter { $0.count == 3 }.map { MetadataEntry(name: $0[0], value: $0[1], type: $0[2]) }
            self = .metadata(of.attempt, entries, at: of.at ?? WallTime(microseconds: 0))
        case .attemptEnded: self = .attemptEnded(try members.decode(AttemptEnd.self, forKey: kind))
        case .card:
            let of = try members.decode(OfAttempt<CardEntry>.self, forKey: kind)
            self = .card(of.attempt, of.content)
        case .cardData:
            let of = try members.decode(OfAttempt<CardDataEntry>.self, forKey: kind)
            self = .cardData(of.attempt, of.content)
        case .tags: self = .tags(try members.decode(TagEdit.self, forKey: kind))
        case .logScrubbed: self = .logScrubbed(at: try members.decode(WallTime.self, forKey: kind))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Kind.self)
        switch self {
        case .runBegan(let beginning): try members.encode(beginning, forKey: .runBegan)
        case .runEnded(let end): try members.encode(end, forKey: .runEnded)
        case .codePackage(let package): try members.encode(package, forKey: .codePackage)
        case .snapshot(let snapshots): try members.encode(snapshots, forKey: .snapshot)
        case .taskCreated(let task): try members.encode(task, forKey: .taskCreated)
        case .attemptBegan(let beginning): try members.encode(beginning, forKey: .attemptBegan)
        case .blobs(let blobs): try members.encode(blobs, forKey: .blobs)
        case .artifacts(let attempt, let artifacts):
            try members.encode(OfAttempt(attempt: attempt, content: artifacts), forKey: .artifacts)
        case .metadata(let attempt, let entries, let time):
            let rows = entries.map { [$0.name, $0.value, $0.type] }
            try members.encode(OfAttempt(attempt: attempt, content: rows, at: time), forKey: .metadata)
        case .attemptEnded(let end): try members.encode(end, forKey: .attemptEnded)
        case .card(let attempt, let card):
            try members.encode(OfAttempt(attempt: attempt, content: card), forKey: .card)
        case .cardData(let attempt, let data):
            try members.encode(OfAttempt(attempt: attempt, content: data), forKey: .cardData)
        case .tags(let edit): try members.encode(edit, forKey: .tags)
        case .logScrubbed(let time): try members.encode(time, forKey: .logScrubbed)
        }
    }
}

/// Something about an attempt.
private struct OfAttempt<Content: Codable>: Codable {
    var attempt: AttemptKey
    var content: Content
    var at: WallTime?
}

extension TaskCreation: Codable {
    private enum CodingKeys: String, CodingKey {
        case task, step, at, index, frames, inputs, origin, iteration
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        let inputs = try members.decodeIfPresent(String.self, forKey: .inputs) ?? ""
        guard let inputs = TaskList.tasks(inputs) else {
            throw DecodingError.dataCorruptedError(forKey: .inputs, in: members, debugDescription: "no list of tasks")
        }
        self.init(
            task: try members.decode(TaskID.self, forKey: .task), step: try members.decode(StepName.self, forKey: .step),
            at: try members.decode(WallTime.self, forKey: .at), index: try members.decodeIfPresent(Int.self, forKey: .index),
            frames: try members.decodeIfPresent(String.self, forKey: .frames) ?? "", inputs: inputs,
            origin: try members.decodeIfPresent(TaskOrigin.self, forKey: .origin),
            iteration: try members.decodeIfPresent(Int.self, forKey: .iteration))
    }

    /// The inputs of a wide join are one short text.
    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(task, forKey: .task)
        try members.encode(step, forKey: .step)
        try members.encode(at, forKey: .at)
        try members.encodeIfPresent(index, forKey: .index)
        if !frames.isEmpty { try members.encode(frames, forKey: .frames) }
        if !inputs.isEmpty { try members.encode(TaskList.text(inputs), forKey: .inputs) }
        try members.encodeIfPresent(origin, forKey: .origin)
        try members.encodeIfPresent(iteration, forKey: .iteration)
    }
}

extension RunBeginning: Codable {
    private enum CodingKeys: String, CodingKey {
        case at, username, metadata, kind, configuration
        case userTags = "user_tags"
        case systemTags = "system_tags"
        case originRun = "origin_run"
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        let rows = try members.decodeIfPresent([[String]].self, forKey: .metadata) ?? []
        self.init(
            at: try members.decode(WallTime.self, forKey: .at), username: try members.decode(String.self, forKey: .username),
            userTags: try members.decodeIfPresent([String].self, forKey: .userTags) ?? [],
            systemTags: try members.decodeIfPresent([String].self, forKey: .systemTags) ?? [],
            originRun: try members.decodeIfPresent(RunID.self, forKey: .originRun),
            metadata: rows.filter { $0.count == 3 }.map { MetadataEntry(name: $0[0], value: $0[1], type: $0[2]) },
            kind: try members.decodeIfPresent(RunKind.self, forKey: .kind) ?? .ordinary,
            configuration: try members.decodeIfPresent(String.self, forKey: .configuration))
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(at, forKey: .at)
        try members.encode(username, forKey: .username)
        try members.encode(userTags, forKey: .userTags)
        try members.encode(systemTags, forKey: .systemTags)
        try members.encodeIfPresent(originRun, forKey: .originRun)
        try members.encode(metadata.map { [$0.name, $0.value, $0.type] }, forKey: .metadata)
        if kind != .ordinary { try members.encode(kind, forKey: .kind) }
        try members.encodeIfPresent(configuration, forKey: .configuration)
    }
}
