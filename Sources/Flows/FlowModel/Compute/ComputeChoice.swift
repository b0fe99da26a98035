/// Which cluster a step runs on, if any, and what it asks for there: its own decorators and those of the command line together.
struct ComputeChoice {
    /// The least that a job may be given: anything shorter is over before the job has begun.
    static let leastTime = Duration.seconds(60)

    /// As a step that says `@resources` and leaves these out.
    private static let ofResources = ComputeResources(cpu: 1, memory: 4096)

    private let values: StepDecoratorValues
    private let step: StepDescription

    init(_ values: StepDecoratorValues, on step: StepDescription) {
        self.values = values
        self.step = step
    }

    /// Nothing where the step runs on the person's own machine, or where something is wrong, which is told.
    func request(_ findings: inout [FlowFinding]) -> ComputeRequest? {
        guard let cluster = values.clusters.first else { return nil }
        if let other = values.clusters.dropFirst().first {
            findings.append(other.site.contradiction(to: cluster.site, on: step))
            return nil
        }
        if let timeout = values.decorators.timeout, timeout < Self.leastTime {
            findings.append(
                cluster.site.finding(
                    on: step, "goes with a @timeout of 60 seconds at least, not with \(timeout.components.seconds)",
                    help: "give '\(step.name)' more time: a job may need a part of it to begin"))
        }
        if case .kubernetes = cluster.place, values.decorators.isParallel, values.decorators.catch != nil {
            findings.append(
                cluster.site.finding(
                    on: step, "does not go with @catch on a step with @parallel",
                    help: "remove @catch, or run '\(step.name)' elsewhere"))
        }
        return ComputeRequest(
            place: cluster.place, resources: resources(for: cluster, &findings), ownResources: cluster.resources,
            timeLimit: values.decorators.timeout, image: cluster.image, executable: cluster.executable)
    }

    private func resources(for cluster: ComputeAttributes, _ findings: inout [FlowFinding]) -> ComputeResources {
        guard let site = values.resourcesSite else { return cluster.resources }
        var asked = ComputeResources(reading: site, findings: &findings)
        if case .slurm = cluster.place {} else { asked = asked.filled(from: Self.ofResources) }
        return cluster.resources.merged(with: asked)
    }
}

extension DecoratorSite {
    /// Two that send a step to different places.
    ///
    /// - Parameter step: nothing when both are of the command line.
    func contradiction(to other: DecoratorSite, on step: StepDescription? = nil) -> FlowFinding {
        let message = "stands beside \(other.shortName), and a step runs in one place"
        let help = "keep one of \(other.shortName) and \(shortName)"
        return step.map { finding(on: $0, message, help: help) } ?? finding(message, help: help)
    }
}
