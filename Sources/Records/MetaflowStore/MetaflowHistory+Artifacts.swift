import Datastore
package import FlowModel
package import Ledger
import SystemPackage

extension MetaflowHistory {
    /// The artifacts that an attempt has, sorted by name. Metaflow does not tell its own ones from those it inherited.
    package func list(
        artifactsOf attempt: AttemptKey, of task: TaskRecord, in run: RunKey
    ) throws -> [ListedArtifact] {
        try artifacts(of: TaskKey(run: run, task: attempt.task), step: task.step, attempt: attempt.attempt, names: nil)
    }

    /// - Parameter names: only these; all of them without it.
    package func artifacts(
        of key: TaskKey, step: StepName, attempt: AttemptNumber, names: [String]?
    ) throws -> [ListedArtifact] {
        guard let facts = try TaskFacts(key, step: step, in: folder) else { return [] }
        let number = attempt.value
        let sizes = try facts.sizes(number)
        let wanted = names.map { names in facts.artifactNames(number).filter { names.contains($0) } } ?? facts.artifactNames(number)
        return try wanted.compactMap { name in
            guard let artifact = try facts.artifact(name, number) else { return nil }
            let info = sizes[name]
            let size = try info?.type?.contains("IncludedFile") == true ? includedSize(artifact.sha, key.run.flow) : nil
            return ListedArtifact(
                name: artifact.name, digest: artifact.sha, size: size ?? info?.size ?? 0, type: info?.type ?? "",
                encoding: info?.encoding ?? artifact.contentType ?? "pickle", isOwn: true, createdAt: artifact.createdAt)
        }
    }

    /// The bytes of the file that an artifact stands for.
    private func includedSize(_ sha: String, _ flow: FlowName) throws -> Int64? {
        guard case .object(_, _, let state)? = try? MetaflowValues(folder: folder, flow: flow.text).plain(sha) else { return nil }
        return state["_descriptor"]?["size"]?.integer.map { Int64($0) }
    }

    /// The plain bytes of a value of a flow, checked against its SHA-1.
    package func value(_ sha: String, of flow: FlowName) throws -> [UInt8] {
        try MetaflowValues(folder: folder, flow: flow.text).read(sha)
    }

    /// The same as a descriptor of a file, at position 0, for the caller to close; memory does not grow with the size.
    package func openValue(_ sha: String, of flow: FlowName) throws -> (descriptor: Int32, size: Int64) {
        try MetaflowValues(folder: folder, flow: flow.text).open(sha)
    }

    // MARK: Code

    /// The code that a run used, where it was kept.
    package struct Code: Sendable {
        package var sha: String
        /// Where Metaflow has put it.
        package var location: String
        package var script: String
        package var metadata: String
    }

    /// Tasks that started before the package was there do not tell of it.
    private func factsWithCode(of run: RunKey) throws -> TaskFacts? {
        for step in try steps(of: run).reversed() where step.name != .parameters {
            guard let name = try taskNames(of: run, step.name).first,
                let facts = try TaskFacts(TaskKey(run: run, task: TaskID(name)), step: step.name, in: folder),
                try facts.newest("code-package") != nil
            else { continue }
            return facts
        }
        return nil
    }

    package func code(of run: RunKey) throws -> Code? {
        guard let facts = try factsWithCode(of: run), case .string(let text)? = try facts.newest("code-package")?.value,
            case .object(let members)? = JSONValue(parsing: text), case .string(let sha)? = members["sha"]
        else { return nil }
        if case .string(let type)? = members["ds_type"], type != "local" {
            throw MetaflowStoreError(path: "\(run.flow)/\(run.run)", .elsewhere(type))
        }
        return Code(
            sha: sha, location: members["location"]?.factText ?? sha,
            script: try facts.newest("script-name")?.value.factText ?? "", metadata: members["metadata"]?.factText ?? "{}")
    }

    // MARK: Tags

    package func editTags(of run: RunKey, _ edit: TagEdit) throws -> RunRecord? {
        guard let path = folder.path([run.flow.text, run.run.text])?.appending("_meta").appending("_self.json"),
            case .object(var members)? = try folder.read(JSONValue.self, path), let record = try self.run(run)
        else { return nil }
        let before = Set(record.userTags)
        let after = try edit.applied(to: before, systemTags: Set(record.systemTags))
        if after == before { return record }
        members["tags"] = .array(after.sorted().map { .string($0) })
        try folder.replace(path, with: JSONValue.object(members).json)
        return try self.run(run)
    }
}
