import Datastore
import Digests
import Diagnostics
package import Executors
import FlowModel
package import FoundationEssentials
import Glibc
import Ledger
import Scheduler
package import WorkerProtocol

/// What the worker pool tells.
extension RunDriver: WorkerPoolDelegate {
    package func host(_ key: HostKey, saidHello hello: HostHello) {}
    package func host(_ key: HostKey, configured flow: ConfiguredFlow) {}

    package func host(_ key: HostKey, failed failure: HostFailure) {
        stop(on: failure)
    }

    package func attempt(_ name: AttemptName, said message: TaskMessage, payload: Data, descriptor: Int32?) {
        guard var attempt = running[name] else {
            if let descriptor { close(descriptor) }
            return
        }
        do {
            try receive(message, payload, descriptor, from: name, into: &attempt)
            running[name] = attempt
            if attempt.awaitsRecord { recordEarly(name) }
        } catch {
            attempt.failure = attempt.failure ?? DiagnosticText(error).sentence
            running[name] = attempt
            pool.send(.refused(message: DiagnosticText(error).sentence), to: name)
        }
    }

    package func attempt(_ name: AttemptName, wrote bytes: UnsafeRawBufferPointer, to stream: OutputStream) {
        let content = Array(bytes)
        keep(content, of: name, in: stream == .standardOutput ? .stdout : .stderr)
        observer.attempt(name, process: running[name]?.process, .printed(stream, content))
    }

    package func attempt(_ name: AttemptName, ended ending: ProcessEnding, exited: Exited?) {
        guard var attempt = running[name] else { return }
        attempt.ending = ending
        attempt.exited = exited
        if case .signalled(SIGKILL) = ending, attempt.endedBecause == nil {
            attempt.wasOutOfMemory = outOfMemory.noticesAnother()
        }
        if let deadline = attempt.deadline { loop.cancel(deadline) }
        running[name] = attempt
        finishIfOver(name)
    }

    /// Puts what a task has printed into the log, up to the limit.
    func keep(_ content: [UInt8], of name: AttemptName, in stream: LogStream) {
        let before = running[name]?.logged ?? 0
        running[name]?.logged += Int64(content.count)
        guard before <= plan.logLimit else { return }
        var kept = content[...]
        if before + Int64(content.count) > plan.logLimit {
            kept = kept.prefix(Int(plan.logLimit - before))
            kept += Array("\n[The log ends here: it has reached its limit of \(plan.logLimit) bytes.]\n".utf8)
        }
        do {
            try log.append(
                Array(kept), from: LogSource(task: name.task.text, attempt: name.attempt.value), stream: stream, at: .now())
        } catch {
            stop(on: error)
        }
    }

    private func receive(
        _ message: TaskMessage, _ payload: Data, _ descriptor: Int32?, from name: AttemptName,
        into attempt: inout RunningAttempt
    ) throws {
        switch message {
        case .ready(let pid):
            attempt.process = pid
            observer.attempt(name, process: pid, .starting)
            pool.send(.assignment(try assignmentMessage(for: name, attempt)), to: name)
            attempt.deadline = watch(name, attempt)
        case .load(let digest):
            try sendBlob(digest, to: name)
        case .inputs(let first, let count):
            guard let assignment = attempt.assignment else { throw WorkerFault.noInputs }
            let items = try joinInputs(of: assignment, from: first, count: count)
            pool.send(.inputs(from: first, items: items), to: name)
        case .settle:
            batch.flush()
            pool.send(.recorded, to: name)
        case .metadata(let items):
            let entries = items.map { MetadataEntry(name: $0.name, value: $0.value, type: $0.type ?? $0.name) }
            batch.add(.metadata(AttemptKey(name), entries, at: .now()))
        case .artifacts(let items):
            // The person's code is over; storing what it made may take its time.
            if let deadline = attempt.deadline { loop.cancel(deadline) }
            try storeSmall(items, payload, into: &attempt)
        case .artifactFile(let item):
            if let deadline = attempt.deadline { loop.cancel(deadline) }
            guard let descriptor else { throw WorkerFault.noDescriptor }
            attempt.pendingStores += 1
            storeLarge(item, descriptor, of: name)
        case .card(let item):
            try storeCard(item, payload, descriptor, of: name)
        case .cardData(let item):
            try storeCardData(item, payload, of: name)
        case .done(let result):
            attempt.result = result
        }
    }

    // MARK: Blobs

    private func sendBlob(_ digest: SHA256Digest, to name: AttemptName) throws {
        guard let blob = storedBlob(digest) else { throw WorkerFault.unknownBlob(digest) }
        let isSmall = blob.size <= Int64(plan.inlineLimit)
        if isSmall, store.isAtHand(blob) { return send(try store.read(blob), of: blob, to: name) }
        // Unpacking a large blob takes a while, fetching one more; the loop goes on meanwhile.
        let remote = loop.remote
        let driver = LoopBound(self)
        storing.async { [store] in
            if isSmall {
                let content = Result { try store.read(blob) }
                remote.post { driver.value.sendFetched(content, blob, to: name) }
            } else {
                let opened = Result { try store.openUnlinked(blob) }
                remote.post { driver.value.sendOpened(opened, blob, to: name) }
            }
        }
    }

    private func send(_ content: [UInt8], of blob: StoredBlob, to name: AttemptName) {
        pool.send(.blob(digest: blob.digest, size: blob.size, inDescriptor: false), payload: Data(content), to: name)
    }

    private func sendFetched(_ content: Result<[UInt8], any Error>, _ blob: StoredBlob, to name: AttemptName) {
        switch content {
        case .success(let content): send(content, of: blob, to: name)
        case .failure(let error): refuse(error, to: name)
        }
    }

    private func sendOpened(_ opened: Result<Int32, any Error>, _ blob: StoredBlob, to name: AttemptName) {
        switch opened {
        case .success(let descriptor):
            pool.send(.blob(digest: blob.digest, size: blob.size, inDescriptor: true), descriptor: descriptor, to: name)
        case .failure(let error): refuse(error, to: name)
        }
    }

    private func refuse(_ error: any Error, to name: AttemptName) {
        running[name]?.failure = DiagnosticText(error).sentence
        pool.send(.refused(message: DiagnosticText(error).sentence), to: name)
    }

    /// Where the bytes of a digest are: the store knows what this process put, the ledger the rest.
    private func storedBlob(_ digest: SHA256Digest) -> StoredBlob? {
        store.blob(of: digest)
    }

    private func storeSmall(_ items: [ArtifactItem], _ payload: Data, into attempt: inout RunningAttempt) throws {
        var start = payload.startIndex
        for item in items {
            if let digest = item.digest {
                guard let blob = storedBlob(digest) else { throw WorkerFault.unknownBlob(digest) }
                attempt.artifacts.append(ArtifactEntry(item, blob))
                continue
            }
            guard item.size >= 0, item.size <= Int64(payload.endIndex - start) else { throw WorkerFault.shortPayload }
            let end = start + Int(item.size)
            let blob = try store.put(Array(payload[start..<end]))
            attempt.blobs.append(blob)
            attempt.artifacts.append(ArtifactEntry(item, blob))
            start = end
        }
    }

    private func storeLarge(_ item: ArtifactItem, _ descriptor: Int32, of name: AttemptName) {
        let remote = loop.remote
        let driver = LoopBound(self)
        storing.async { [store] in
            let stored = Result { try store.put(contentsOf: descriptor, size: item.size) }
            close(descriptor)
            remote.post { driver.value.stored(item, stored, of: name) }
        }
    }

    private func stored(_ item: ArtifactItem, _ stored: Result<StoredBlob, any Error>, of name: AttemptName) {
        guard var attempt = running[name] else { return }
        attempt.pendingStores -= 1
        switch stored {
        case .success(let blob):
            attempt.blobs.append(blob)
            attempt.artifacts.append(ArtifactEntry(item, blob))
        case .failure(let error):
            attempt.failure = "The artifact '\(item.name)' could not be stored: \(DiagnosticText(error).sentence)"
        }
        running[name] = attempt
        finishIfOver(name)
    }

    // MARK: The end of an attempt

    private func finishIfOver(_ name: AttemptName) {
        guard let attempt = running[name] else { return }
        if attempt.awaitsRecord { return recordEarly(name) }
        guard attempt.isOver else { return }
        let verdict = attempt.verdict
        if case .failed(let reason) = verdict, !reason.isEmpty, attempt.recorded == nil {
            keep(Array((reason + "\n").utf8), of: name, in: .stderr)
        }
        running[name] = nil
        do {
            try record(attempt, name, verdict)
        } catch {
            return stop(on: error)
        }
        endLeftovers(of: attempt)
        switch verdict {
        case .succeeded: succeed(name, attempt)
        case .failed(let reason): fail(name, attempt, reason)
        }
        stopIfInterrupted()
    }

    /// Records a result while the process that sent it goes on to render cards, so that these can read it.
    private func recordEarly(_ name: AttemptName) {
        guard var attempt = running[name] else { return }
        let verdict = attempt.verdict
        do {
            try record(attempt, name, verdict)
        } catch {
            return stop(on: error)
        }
        attempt.recorded = verdict
        running[name] = attempt
        batch.flush()
        pool.send(.recorded, to: name)
    }

    private func record(_ attempt: RunningAttempt, _ name: AttemptName, _ verdict: AttemptVerdict) throws {
        let key = AttemptKey(name)
        let outcome = attempt.result.map { RecordedOutcome($0) }
        let hasOutcome = outcome?.transition != nil || outcome?.mappers != nil || outcome?.caught == true
        let ended = LedgerEntry.attemptEnded(
            AttemptEnd(
                attempt: key, at: .now(), succeeded: verdict == .succeeded, exitStatus: attempt.exitStatus,
                transition: hasOutcome ? try outcome.map { try jsonText($0) } : nil,
                exception: try attempt.result?.exception.map { try jsonText($0) }, logEnd: log.end,
                caught: attempt.result?.caught ?? false))
        // What was recorded early is known; only its log has grown.
        guard attempt.recorded == nil else { return batch.add(ended) }
        batch.add(.blobs(attempt.blobs), .artifacts(key, attempt.artifacts), ended)
        guard verdict == .succeeded else { return }
        if name.attempt != 0 { successfulAttempts[name.task] = name.attempt }
        let inherited = try attempt.inherits.map { try artifacts(of: $0) } ?? [:]
        directory.record(attempt.artifacts, of: key, beside: inherited)
    }

    private func succeed(_ name: AttemptName, _ attempt: RunningAttempt) {
        guard attempt.assignment != nil else {
            // Whatever becomes of this engine, a run that has begun can be resumed.
            batch.flush()
            return handle(.begin)
        }
        finishedCount += 1
        observer.attempt(name, process: attempt.process, .finished)
        let outcome = attempt.result.map { RecordedOutcome($0).taskOutcome } ?? TaskOutcome()
        if plan.spin != nil { return finish(.succeeded(Scheduler::TaskKey(name))) }
        handle(.attemptSucceeded(Scheduler::TaskKey(name), outcome))
    }

    private func fail(_ name: AttemptName, _ attempt: RunningAttempt, _ reason: String) {
        let told = reason.isEmpty ? nil : reason
        guard let assignment = attempt.assignment else {
            return stop(on: ParametersFailed(exception: attempt.result?.exception, reason: told))
        }
        let message = attempt.result?.exception.map { "\($0.type): \($0.message)" } ?? reason
        let failure = AttemptFailure(message, mayRetry: attempt.mayRetry)
        let willRetry = plan.spin == nil && scheduler.willRetry(Scheduler::TaskKey(name), after: failure)
        observer.attempt(name, process: attempt.process, .failed(reason: told, willRetry: willRetry))
        if plan.spin != nil {
            failedAttempts.append(name)
            return finish(.failed([.task(Scheduler::TaskKey(name), failure)]))
        }
        handle(.attemptFailed(Scheduler::TaskKey(name), failure))
    }

    private func jsonText(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

extension ArtifactEntry {
    init(_ item: ArtifactItem, _ blob: StoredBlob) {
        self.init(name: item.name, digest: blob.digest, size: item.size, type: item.type, encoding: item.encoding)
    }
}

extension Scheduler::TaskKey {
    init(_ name: AttemptName) {
        self.init(step: name.step, task: name.task, attempt: name.attempt)
    }
}
