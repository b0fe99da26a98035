package import ObjectStores

/// The attempts of a group among its jobs, where jobs do more than their own.
///
/// A cluster takes longer to start a job than many a task takes. So a job that is done with its own attempt goes on with others of the
/// group whose jobs still wait. Whoever does an attempt claims it first, with an object that is put only if there is none; a job
/// whose attempt was claimed by another one ends at once, and takes nothing. Claims are never given back: when a job ends with a claim
/// and no report, its attempt is lost, as it would be had the job been its own.
package struct GroupShare: Sendable {
    private let objects: any ObjectStore
    private let layout: NodeLayout
    /// The index of this job.
    package let job: Int
    private let persist: Persistence

    package init(_ layout: NodeLayout, in objects: any ObjectStore, job: Int, _ persist: Persistence = NodeJob.patience) {
        self.objects = objects
        self.layout = layout
        self.job = job
        self.persist = persist
    }

    /// Takes an attempt for this job.
    ///
    /// - Returns: false when another job has it. True again for what this job had before the cluster started it anew.
    package func claim(_ attempt: Int) async throws(ObjectStoreError) -> Bool {
        let key = try layout.key(of: .claim(index: attempt))
        let (objects, content) = (objects, Self.content(job))
        let outcome = try await persist { () async throws(ObjectStoreError) in try await objects.put(content, as: key, .ifAbsent) }
        if case .stored = outcome { return true }
        return try await owner(of: attempt) == job
    }

    /// The index of the job that has claimed an attempt; `nil` where none has.
    package func owner(of attempt: Int) async throws(ObjectStoreError) -> Int? {
        let key = try layout.key(of: .claim(index: attempt))
        let objects = objects
        return try await persist { () async throws(ObjectStoreError) in try await objects.read(key) }.flatMap(Self.owner)
    }

    /// What this job could go on with, in the order in which it should: what it had claimed before it was started anew, then what
    /// nobody has claimed, drawn by lot. Jobs that wait are mostly those with high indices; they come first.
    ///
    /// - Parameters:
    ///   - count: the number of the group's attempts.
    ///   - isAnew: whether the cluster has started this job before.
    package func rest(of count: Int, isAnew: Bool) async throws(ObjectStoreError) -> [Int] {
        let (objects, said) = (objects, layout.said)
        let words = try await persist { () async throws(ObjectStoreError) in try await objects.all(said) }
            .compactMap { NodeLayout.word(named: $0.key) }
        var (claimed, reported): (Set<Int>, Set<Int>) = ([], [])
        for word in words {
            if case .claim(let index) = word { claimed.insert(index) }
            if case .report(let index) = word { reported.insert(index) }
        }
        var own: [Int] = []
        if isAnew {
            for index in claimed.subtracting(reported).sorted() where index < count && index != job {
                if try await owner(of: index) == job { own.append(index) }
            }
        }
        let free = (0..<count).filter { !claimed.contains($0) && !reported.contains($0) }
        let middle = free.count / 2
        return own + free[middle...].shuffled() + free[..<middle].shuffled()
    }

    /// What a claim says: the index of the job, as a line.
    package static func content(_ job: Int) -> [UInt8] { Array("\(job)\n".utf8) }

    package static func owner(_ content: [UInt8]) -> Int? {
        Int(String(decoding: content.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }
}
