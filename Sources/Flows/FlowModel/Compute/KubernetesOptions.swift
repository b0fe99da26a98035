/// What `@kubernetes` says besides resources, image and executable: how a task is to run on a Kubernetes cluster.
package struct KubernetesOptions: Hashable, Sendable {
    package init() {}

    /// What its decorator says; what is wrong is told.
    init(reading site: DecoratorSite, findings: inout [FlowFinding]) {}
}
