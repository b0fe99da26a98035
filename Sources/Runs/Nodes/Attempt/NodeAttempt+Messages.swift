import Archives
import Datastore
import Digests
import Executors
import FoundationEssentials
import ObjectStores
import Remotes
import SystemPackage
import WorkerProtocol

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Answering the process of the attempt.
extension NodeAttempt {
    /// What is no larger goes into the report, in bytes.
    private static let smallContent: Int64 = 1 << 20
    /// As long as all of it is no larger than this, in bytes.
    private static let largestPayload = 8 << 20

    func receive(_ message: TaskMessage, _ payload: Data, _ descriptor: Int32?) throws {
        switch message {
        case .ready(let pid):
            report.process = pid
            pool.send(.assignment(assignment), to: name)
            watchTime()
        case .load(let digest): try send(digest)
        case .inputs(let first, let count):
            let inputs = job.order.inputs
            let items = first >= 0 && count >= 0 && first <= inputs.count ? Array(inputs[first...].prefix(count)) : []
            pool.send(.inputs(from: first, items: items), to: name)
        case .settle: pool.send(.recorded, to: name)
        case .metadata(let items): report.metadata += items
        case .artifacts(let items):
            cancelDeadline()
            try keep(items, payload)
        case .artifactFile(let item):
            cancelDeadline()
            guard let descriptor else { throw TaskFault.noDescriptor }
            try keep(descriptor, size: item.size) { attempt, content in
                attempt.report.artifacts.append(AttemptReport.Artifact(item, content: attempt.content(content)))
            }
        case .card(let item):
            guard let descriptor else { return keep(KeptCard(item: item, isData: false, content: .bytes(payload))) }
            try keep(descriptor, size: item.size ?? 0) { attempt, content in
                attempt.keep(KeptCard(item: item, isData: false, content: content))
            }
        case .cardData(let item): keep(KeptCard(item: item, isData: true, content: .bytes(payload)))
        case .done(let result): self.result = result
        }
    }

    /// The order, with what only this node knows.
    private var assignment: TaskAssignmentMessage {
        var message = job.order.assignment
        message.staging = outboxLocation.staging.string
        // Where the client of the task reads records.
        message.datastoreRoot = job.remote.address.description
        if let main = job.variables(of: ProcessInfo.processInfo.environment)["MF_PARALLEL_MAIN_IP"] { message.parallel?.mainIP = main }
        return message
    }

    // MARK: Inputs

    private func send(_ digest: SHA256Digest) throws {
        guard let blob = blobs.blob(digest) else { throw NodeFault.unknownBlob(digest) }
        let (remote, attempt, blobs) = (loop.remote, LoopBound(self), blobs)
        if blob.size <= Int64(job.order.assignment.inlineLimit) {
            Task.detached {
                let content: Result<[UInt8], any Error>
                do { content = .success(try await blobs.read(blob)) } catch { content = .failure(error) }
                remote.post { attempt.value.sendRead(content, blob) }
            }
        } else {
            Task.detached {
                let opened = await BlockingWork.runApart { Result { try blobs.open(blob) } }
                remote.post { attempt.value.sendOpened(opened, blob) }
            }
        }
    }

    private func sendRead(_ content: Result<[UInt8], any Error>, _ blob: StoredBlob) {
        switch content {
        case .success(let bytes):
            pool.send(.blob(digest: blob.digest, size: blob.size, inDescriptor: false), payload: Data(bytes), to: name)
        case .failure(let error): refuse(error)
        }
    }

    private func sendOpened(_ opened: Result<Int32, any Error>, _ blob: StoredBlob) {
        switch opened {
        case .success(let descriptor):
            pool.send(.blob(digest: blob.digest, size: blob.size, inDescriptor: true), descriptor: descriptor, to: name)
        case .failure(let error): refuse(error)
        }
    }

    // MARK: Results

    private func keep(_ items: [ArtifactItem], _ payload: Data) throws {
        var start = payload.startIndex
        for item in items {
            guard item.digest == nil else {
                report.artifacts.append(AttemptReport.Artifact(item, content: nil))
                continue
            }
            guard item.size >= 0, item.size <= Int64(payload.endIndex - start) else { throw TaskFault.shortPayload }
            let end = start + Int(item.size)
            let bytes = payload[start..<end]
            start = end
            if item.size <= Self.smallContent, self.payload.count + bytes.count <= Self.largestPayload {
                report.artifacts.append(AttemptReport.Artifact(item, content: inline(bytes)))
            } else {
                let content = Array(bytes)
                upload({ store in try store.put(content) }) { attempt, content in
                    attempt.report.artifacts.append(AttemptReport.Artifact(item, content: attempt.content(content)))
                }
            }
        }
    }

    /// Takes a card; a later page takes the place of an earlier one.
    private func keep(_ card: KeptCard) {
        cards.removeAll {
            $0.isData == card.isData && $0.item.type == card.item.type && $0.item.id == card.item.id && $0.item.hash == card.item.hash
        }
        cards.append(card)
    }

    /// Where something is, for the report.
    func content(_ kept: KeptContent) -> AttemptReport.Content {
        switch kept {
        case .bytes(let bytes): inline(bytes)
        case .stored(let content): content
        }
    }

    /// Takes ownership of a descriptor: its bytes stay here where they are few, and go into the datastore otherwise.
    private func keep(_ descriptor: Int32, size: Int64, _ then: @escaping (NodeAttempt, KeptContent) -> Void) throws {
        guard size > Self.smallContent || payload.count + Int(size) > Self.largestPayload else {
            defer { close(descriptor) }
            var bytes = Data(count: max(Int(size), 0))
            let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
            guard count == Int(size) else { throw TaskFault.shortPayload }
            return then(self, .bytes(bytes))
        }
        upload({ store in
            defer { close(descriptor) }
            return try store.put(contentsOf: descriptor, size: size)
        }, then)
    }

    /// Puts something into the store of this task, and from there into the datastore.
    private func upload(
        _ put: @escaping @Sendable (BlobStore) throws -> StoredBlob,
        _ then: @escaping (NodeAttempt, KeptContent) -> Void
    ) {
        let store: BlobStore
        do {
            // Each blob in a file of its own, which is what the datastore gets.
            var options = BlobStoreOptions()
            options.packedUpTo = -1
            store = try outbox ?? BlobStore(outboxLocation, options: options)
            outbox = store
        } catch {
            failure = failure ?? FailureText(error).headline
            return
        }
        pendingStores += 1
        let remote = loop.remote
        let objects = job.objects
        let attempt = LoopBound(self)
        let next = LoopBound(then)
        Task.detached {
            let stored = await NodeAttempt.sent(put, by: store, to: objects)
            remote.post { attempt.value.stored(stored, next.value) }
        }
    }

    private static func sent(
        _ put: @escaping @Sendable (BlobStore) throws -> StoredBlob, by store: BlobStore, to objects: any ObjectStore
    ) async -> Result<StoredBlob, any Error> {
        do {
            let blob = try await BlockingWork.runApart { try put(store) }
            try await send(blob, from: store, to: objects)
            return .success(blob)
        } catch {
            return .failure(error)
        }
    }

    private func stored(_ stored: Result<StoredBlob, any Error>, _ then: (NodeAttempt, KeptContent) -> Void) {
        pendingStores -= 1
        switch stored {
        case .success(let blob): then(self, .stored(.blob(blob)))
        case .failure(let error): failure = failure ?? "What the task made could not be stored: \(FailureText(error).headline)"
        }
        stopIfOver()
    }

    private static func send(_ blob: StoredBlob, from store: BlobStore, to objects: any ObjectStore) async throws {
        let key = try RemoteLayout.object(of: blob)
        let (descriptor, size) = try await BlockingWork.run { () throws(DatastoreError) in try store.openStored(blob) }
        defer { close(descriptor) }
        _ = try await NodeJob.patience { () async throws(ObjectStoreError) in
            try await objects.upload(0..<size, of: descriptor, as: key, .ifAbsent)
        }
    }
}
