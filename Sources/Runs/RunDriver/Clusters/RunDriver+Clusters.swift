import Clusters
import Datastore
import Digests
import Executors
import FlowModel
import FoundationEssentials
import Ledger
import Nodes
import Remotes
import Scheduler
import WorkerProtocol

/// What attempts on clusters are told, and what comes back.
extension RunDriver: ClusterAttemptsDelegate {
    func order(of step: StepName) throws -> GroupOrder {
        guard let work = plan.cluster?.steps[step], case .success(let code) = packagedCode else { throw WorkerFault.notForCluster(step) }
        var order = GroupOrder(
            flow: plan.key.flow, run: plan.key.run, step: step, code: code, script: packagedScript,
            environment: work.environment, packages: work.packages, launchingPython: plan.cluster?.launchingPython ?? "",
            executable: work.request.executable, configuration: plan.configuration, logLimit: plan.logLimit)
        order.variables = (plan.cluster?.variables ?? [:]).merging(plan.variables[step] ?? [:]) { _, ofStep in ofStep }
        return order
    }

    func draft(of name: AttemptName) throws -> ClusterSubmission.Draft {
        guard let attempt = running[name], let assignment = attempt.assignment else { throw WorkerFault.notForCluster(name.step) }
        var message = try assignmentMessage(for: name, attempt)
        message.staging = ""
        message.datastoreRoot = ""
        // Orders are kept for as long as the run goes on; the values go by the cluster's own means.
        let named = message.decorators?.secrets?.withoutValues
        message.decorators?.secrets = named
        var order = AttemptOrder(assignment: message)
        if assignment.isJoin {
            order.inputs = try joinInputs(of: assignment, from: 0, count: assignment.parents.count)
        }
        order.variables = placeVariables(of: assignment)
        // What the attempt's parents have stored is committed before its places are asked for.
        batch.flush()
        var digests = Set(message.artifacts.values.map(\.digest))
        if let source = message.foreachSource { digests.insert(source.digest) }
        for input in order.inputs { digests.formUnion(input.artifacts.values.map(\.digest)) }
        let blobs = try digests.map { digest throws in
            guard let blob = store.blob(of: digest) else { throw WorkerFault.unknownBlob(digest) }
            return blob
        }
        return ClusterSubmission.Draft(order: order, blobs: blobs)
    }

    /// The environment of a task tells its run; one of a parallel step its place, which its node completes with the first one's address.
    private func placeVariables(of assignment: TaskAssignment) -> [String: String] {
        var variables = ["METAFLOW_RUN_ID": plan.key.run.text, "PYTHONUNBUFFERED": "x"]
        if let place = assignment.parallel {
            variables["MF_PARALLEL_NUM_NODES"] = "\(place.nodes)"
            variables["MF_PARALLEL_NODE_INDEX"] = "\(place.index)"
            variables["MF_PARALLEL_CONTROL_TASK_ID"] = place.control.text
        }
        return variables
    }

    // MARK: What comes back

    func attempt(_ name: AttemptName, gotJob id: JobID, of executor: String) {
        batch.add(
            .metadata(
                AttemptKey(name), [MetadataEntry(name: "\(executor)-job-id", value: id.text, type: "\(executor)-job-id")],
                at: .now()))
    }

    func attemptStarted(_ name: AttemptName) {
        guard running[name] != nil else { return }
        observer.attempt(name, process: nil, .starting)
    }

    func attempt(_ name: AttemptName, printed outputs: [AttemptOutput]) {
        for output in outputs {
            let stream: LogStream = output.isError ? .stderr : .stdout
            let known = Int(min(running[name]?.repeated[stream] ?? 0, Int64(output.bytes.count)))
            if known > 0 { running[name]?.repeated[stream]? -= Int64(known) }
            let content = Array(output.bytes.dropFirst(known))
            if content.isEmpty { continue }
            keep(content, of: name, in: stream)
            observer.attempt(name, process: nil, .printed(output.isError ? .standardError : .standardOutput, content))
        }
    }

    func attempt(_ name: AttemptName, reported report: AttemptReport, _ payload: ArraySlice<UInt8>) {
        guard var attempt = running[name] else { return }
        do {
            try take(report, payload, of: name, into: &attempt)
        } catch {
            attempt.failure = attempt.failure ?? DiagnosticText(error).sentence
        }
        attempt.wasOutOfMemory = report.ending.outOfMemory ?? false
        let ending: ProcessEnding
        if let code = report.ending.code {
            ending = .exited(code: code)
        } else if let signal = report.ending.signal {
            ending = .signalled(signal)
        } else {
            ending = .hostLost
            attempt.failure = attempt.failure ?? report.ending.failure
        }
        if report.ending.code != nil || report.ending.signal != nil { attempt.endedBecause = report.ending.failure }
        running[name] = attempt
        self.attempt(name, ended: ending, exited: nil)
    }

    func attempt(_ name: AttemptName, lostBecause reason: String) {
        if running[name]?.endedBecause == nil { running[name]?.endedBecause = reason }
        attempt(name, ended: .hostLost, exited: nil)
    }

    func clusterNote(_ text: String) { observer.note(text) }

    /// Takes over what an attempt has left, as if its process had said it here.
    private func take(
        _ report: AttemptReport, _ payload: ArraySlice<UInt8>, of name: AttemptName, into attempt: inout RunningAttempt
    ) throws {
        if !report.metadata.isEmpty {
            batch.add(
                .metadata(
                    AttemptKey(name), report.metadata.map { MetadataEntry(name: $0.name, value: $0.value, type: $0.type ?? $0.name) },
                    at: .now()))
        }
        for artifact in report.artifacts {
            let blob = try artifact.content.map { try stored($0, payload) }
                ?? artifact.item.digest.flatMap { store.blob(of: $0) }
            guard let blob else { throw artifact.item.digest.map { WorkerFault.unknownBlob($0) } ?? .shortPayload }
            attempt.blobs.append(blob)
            attempt.artifacts.append(ArtifactEntry(artifact.item, blob))
        }
        for card in report.cards {
            let blob = try stored(card.content, payload)
            batch.add(.blobs([blob]))
            if card.isData {
                batch.add(
                    .cardData(
                        AttemptKey(name),
                        CardDataEntry(type: card.item.type, id: card.item.id, digest: blob.digest, at: .now())))
            } else {
                batch.add(.card(AttemptKey(name), CardEntry(card.item, blob)))
            }
        }
        attempt.result = report.result
    }

    private func stored(_ content: AttemptReport.Content, _ payload: ArraySlice<UInt8>) throws -> StoredBlob {
        switch content {
        case .inline(let offset, let count):
            let start = payload.startIndex + offset
            return try store.put(Array(payload[start..<start + count]))
        case .blob(let blob):
            try plan.cluster?.publisher.note([blob])
            store.note(blob)
            return blob
        }
    }
}
