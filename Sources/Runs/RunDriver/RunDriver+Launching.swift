import Datastore
import Executors
import FlowModel
import FoundationEssentials
import Ledger
import Scheduler
import SystemPackage
import WorkerProtocol

/// Starting attempts.
extension RunDriver {
    /// The run's first task stores its parameters, in the interpreter of the person.
    func launchParameters() {
        let name = AttemptName(step: .parameters, task: .parameters, attempt: 0)
        begin(name, RunningAttempt(), creation: TaskCreation(task: .parameters, step: .parameters, at: .now()))
        pool.launch(name, on: .launching, environment: [:])
    }

    func launch(_ assignment: TaskAssignment) {
        if register(assignment, isCreated: assignment.attempt != 0) { dispatch(assignment) }
    }

    /// Records that an attempt begins.
    ///
    /// - Parameters:
    ///   - isCreated: whether its task is recorded already.
    ///   - isBegun: whether the attempt is, as by an engine that is gone.
    /// - Returns: false when the run cannot go on.
    @discardableResult
    func register(_ assignment: TaskAssignment, isCreated: Bool, isBegun: Bool = false) -> Bool {
        let name = AttemptName(assignment.key)
        let inherits = assignment.isJoin
            ? AttemptReference(parametersAttempt)
            : assignment.parents.first.map { AttemptReference(successfulAttempt(of: $0.task)) }
        let attempt = RunningAttempt(assignment: assignment, inherits: inherits)
        if isBegun {
            running[name] = attempt
            return true
        }
        var creation = isCreated ? nil : creation(of: assignment)
        do {
            creation?.origin = try origin(of: assignment)
        } catch {
            stop(on: error)
            return false
        }
        begin(name, attempt, creation: creation)
        return true
    }

    /// Hands an attempt to a worker host of this machine, or to its cluster; another one after a failure waits there as long as its
    /// step asks for. An attempt that only stores what `@catch` takes runs here, wherever the person's code ran.
    func dispatch(_ assignment: TaskAssignment) {
        let name = AttemptName(assignment.key)
        if !assignment.isFallback, let clusters, let work = clusters.work.steps[assignment.step] {
            let pause = name.attempt.value > 0 ? work.retryPause : .zero
            return clusters.launch(name, control: assignment.parallel?.control, after: pause)
        }
        pool.launch(
            name, on: plan.hosts[assignment.step] ?? .launching, environment: variables(of: assignment))
    }

    /// The record of a task that starts.
    func creation(of assignment: TaskAssignment) -> TaskCreation {
        TaskCreation(
            task: assignment.task, step: assignment.step, at: .now(), index: assignment.index,
            frames: assignment.framesText, inputs: assignment.parents.map(\.task), iteration: assignment.iteration)
    }

    /// The task that is to be reproduced.
    private func origin(of assignment: TaskAssignment) throws -> TaskOrigin? {
        guard let origin = plan.origin, origin.isReproduced else { return nil }
        return try twins?.twin(of: assignment.step, at: RunPlace(of: assignment)).map {
            TaskOrigin(run: origin.key.run, task: $0.task)
        }
    }

    /// What the process of a task finds in its environment besides the person's own variables.
    private func variables(of assignment: TaskAssignment) -> [String: String] {
        // Python programs that the step starts write at once, as those of other engines do.
        let common = ["METAFLOW_RUN_ID": plan.key.run.text, "PYTHONUNBUFFERED": "x"]
        var variables = common.merging(plan.variables[assignment.step] ?? [:]) { _, ofStep in ofStep }
        if let place = assignment.parallel {
            variables["MF_PARALLEL_MAIN_IP"] = "127.0.0.1"
            variables["MF_PARALLEL_NUM_NODES"] = "\(place.nodes)"
            variables["MF_PARALLEL_NODE_INDEX"] = "\(place.index)"
            variables["MF_PARALLEL_CONTROL_TASK_ID"] = place.control.text
        }
        return variables
    }

    func begin(_ name: AttemptName, _ attempt: RunningAttempt, creation: TaskCreation?) {
        running[name] = attempt
        if let creation { batch.add(.taskCreated(creation)) }
        batch.add(
            .attemptBegan(
                AttemptBeginning(attempt: AttemptKey(name), at: .now(), inherits: attempt.inherits, logStart: log.end)))
        if let entries = plan.stepMetadata[name.step] { batch.add(.metadata(AttemptKey(name), entries, at: .now())) }
    }

    /// What a process is told to run.
    func assignmentMessage(for name: AttemptName, _ attempt: RunningAttempt) throws -> TaskAssignmentMessage {
        var message = TaskAssignmentMessage(
            kind: attempt.assignment == nil ? .parameters : .step, flow: plan.key.flow.text, run: plan.key.run.text,
            step: name.step.text, task: name.task.text, attempt: name.attempt.value,
            maxAttempts: attempt.assignment?.maxAttempts ?? 1, username: plan.username, namespace: plan.namespace,
            tags: plan.userTags, staging: store.location.staging.string,
            inlineLimit: plan.inlineLimit, datastoreRoot: store.location.root.string)
        message.parameters.given = plan.parameters.given
        message.originRun = plan.origin.flatMap { $0.isReproduced ? nil : $0.key.run.text }
        message.project = plan.project
        message.configuration = plan.configuration
        if !plan.triggers.isEmpty { message.triggers = plan.triggers }
        if let inherits = attempt.inherits {
            message.artifacts = try artifacts(of: inherits).filter { InheritedArtifacts.include($0.key) }
        }
        guard let assignment = attempt.assignment else { return message }
        message.join = assignment.isJoin
        message.userAttempts = assignment.userAttempts
        if assignment.isFallback { message.fallback = true }
        message.decorators = plan.settings[assignment.step]
        message.iteration = assignment.iteration
        message.overrides = plan.spin?.overrides
        message.seed = try seed(of: assignment)
        switch assignment.unbounded {
        case .control: message.unbounded = .control
        case .mapper: message.unbounded = .mapper
        case nil: break
        }
        message.parallel = assignment.parallel.map {
            TaskAssignmentMessage.ParallelPlace(nodes: $0.nodes, index: $0.index, control: $0.control.text)
        }
        if assignment.isJoin { message.inputs.count = assignment.parents.count }
        message.frames = assignment.frames.map {
            ForeachFrameMessage(
                step: $0.step.text, variable: $0.variable, splits: $0.splits, index: $0.index, value: $0.value)
        }
        message.foreachSource = try foreachSource(of: assignment)
        return message
    }

    /// What the generators of an attempt are seeded with.
    private func seed(of assignment: TaskAssignment) throws -> String {
        let place = RunPlace(of: assignment)
        if let seed = try twins?.seed(of: assignment.step, at: place, attempt: assignment.attempt.value) { return seed }
        return plan.seed.seed(of: assignment.step, at: place, attempt: assignment.attempt.value)
    }

    private func foreachSource(of assignment: TaskAssignment) throws -> TaskAssignmentMessage.ForeachSource? {
        guard let frame = assignment.frames.last,
            let source = try artifacts(ofInput: frame.splitTask)[frame.variable]
        else { return nil }
        return TaskAssignmentMessage.ForeachSource(
            name: frame.variable, digest: source.digest, size: source.size, type: source.type)
    }

    /// A range of a join's inputs, with what each of them has.
    func joinInputs(of assignment: TaskAssignment, from first: Int, count: Int) throws -> [JoinInput] {
        let parents = assignment.parents
        guard first >= 0, count >= 0, first <= parents.count else { return [] }
        return try parents[first..<min(first + count, parents.count)].map { parent in
            JoinInput(
                step: parent.step.text, task: parent.task.text, index: parent.index,
                artifacts: try artifacts(ofInput: parent.task))
        }
    }

    /// What an attempt has, its own and inherited.
    func artifacts(of reference: AttemptReference) throws -> ArtifactDirectory.Artifacts {
        if reference.run != nil, reference.run == plan.spin?.origin.run {
            return try originDirectory?.artifacts(of: reference.attempt) {} ?? [:]
        }
        return try directory.artifacts(of: reference.attempt) { batch.flush() }
    }

    /// What a task has that this run takes as an input.
    private func artifacts(ofInput task: TaskID) throws -> ArtifactDirectory.Artifacts {
        guard let spin = plan.spin else { return try artifacts(of: AttemptReference(successfulAttempt(of: task))) }
        return try artifacts(of: spin.reference(to: task))
    }

    func successfulAttempt(of task: TaskID) -> Ledger::AttemptKey {
        AttemptKey(task: task, attempt: successfulAttempts[task] ?? 0)
    }

    var parametersAttempt: Ledger::AttemptKey { AttemptKey(task: .parameters, attempt: 0) }
}

extension Ledger::AttemptKey {
    init(_ name: AttemptName) {
        self.init(task: name.task, attempt: name.attempt)
    }
}

extension TaskAssignment {
    /// The foreach stack as the ledger keeps it: JSON, or nothing outside of a foreach.
    fileprivate var framesText: String {
        guard !frames.isEmpty else { return "" }
        let messages = frames.map {
            ForeachFrameMessage(
                step: $0.step.text, variable: $0.variable, splits: $0.splits, index: $0.index, value: $0.value)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return (try? encoder.encode(messages)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
