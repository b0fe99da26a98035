package import Clusters
package import FlowModel

/// The objects of the API that a group is submitted as: a job for each attempt, or one for all where they are a gang; a secret with the
/// program's variables; a service that gives the nodes of a gang their names.
///
/// Kubernetes itself tries nothing again: retries are the engine's. A job for each attempt, rather than an indexed one for all, since a
/// failed index would take the others along, or be started again, on clusters before 1.33.
package struct GroupManifests: Sendable {
    let group: JobGroup
    let names: JobNames
    package let namespace: String
    private let secondsKept: Int

    /// - Parameters:
    ///   - namespace: where the options name none.
    ///   - secondsKept: how long the cluster keeps what has ended.
    package init(_ group: JobGroup, namespace: String, secondsKept: Int) {
        self.group = group
        names = JobNames(group)
        self.namespace = group.request.kubernetes.namespace ?? namespace
        self.secondsKept = secondsKept
    }

    /// The places of the group's jobs, in their order.
    var places: [JobPlace] {
        group.attempts.indices.map { index in
            group.isGang
                ? JobPlace(namespace: namespace, name: names.gang, node: index)
                : JobPlace(namespace: namespace, name: names.job(index))
        }
    }

    /// The secret with the program's variables; nothing where there are none. Its values are not shown anywhere else.
    package var secret: JSONValue? {
        guard !group.program.variables.isEmpty else { return nil }
        return .members([
            "apiVersion": .string("v1"), "kind": .string("Secret"), "type": .string("Opaque"),
            "metadata": metadata(names.group, JobLabels.ofGroup(group), [JobLabels.key: group.key.description]),
            "stringData": .texts(group.program.variables),
        ])
    }

    /// One for each attempt, or one.
    package var jobs: [JSONValue] { group.isGang ? [gang] : group.attempts.indices.map(job) }

    /// Gives the pods of a gang host names that others can look up, ready or not.
    package var service: JSONValue? {
        guard group.isGang else { return nil }
        return .members([
            "apiVersion": .string("v1"), "kind": .string("Service"),
            "metadata": metadata(names.group, JobLabels.ofGroup(group), [JobLabels.key: group.key.description]),
            "spec": .members([
                "clusterIP": .string("None"), "publishNotReadyAddresses": .bool(true),
                "selector": .texts([JobLabels.run: JobNames.runKey(group.key.run), JobLabels.group: String(group.key.number)]),
            ]),
        ])
    }

    private var secretName: String? { group.program.variables.isEmpty ? nil : names.group }

    private func job(_ index: Int) -> JSONValue {
        let (labels, annotations) = (JobLabels.ofJob(index, of: group), JobLabels.annotations(ofJob: index, of: group))
        let template = PodTemplate(
            group: group, labels: labels, annotations: annotations, variables: [.variable("PENSTOCK_JOB_INDEX", String(index))],
            secret: secretName)
        return job(names.job(index), labels, annotations, template, nodes: nil)
    }

    private var gang: JSONValue {
        let (labels, annotations) = (JobLabels.ofGroup(group), JobLabels.annotations(ofGroup: group))
        let variables: [JSONValue] = [
            .variable("PENSTOCK_JOB_INDEX", field: "metadata.annotations['batch.kubernetes.io/job-completion-index']"),
            .variable("MF_PARALLEL_MAIN_IP", "\(names.gang)-0.\(names.group)"),
        ]
        let template = PodTemplate(
            group: group, labels: labels, annotations: annotations, variables: variables,
            prelude: GangPrelude.script(seconds: group.request.kubernetes.hostNameTimeout ?? 600), subdomain: names.group,
            secret: secretName)
        return job(names.gang, labels, annotations, template, nodes: group.attempts.count)
    }

    private func job(
        _ name: String, _ labels: [String: String], _ annotations: [String: String], _ template: PodTemplate, nodes: Int?
    ) -> JSONValue {
        .members([
            "apiVersion": .string("batch/v1"), "kind": .string("Job"), "metadata": metadata(name, labels, annotations),
            "spec": .members([
                "backoffLimit": .integer(0), "completions": .integer(nodes ?? 1), "parallelism": .integer(nodes ?? 1),
                "completionMode": nodes.map { _ in .string("Indexed") },
                "podReplacementPolicy": .string("Failed"), "ttlSecondsAfterFinished": .integer(secondsKept),
                "template": template.value,
            ]),
        ])
    }

    private func metadata(_ name: String, _ labels: [String: String], _ annotations: [String: String]) -> JSONValue {
        .members([
            "name": .string(name), "namespace": .string(namespace), "labels": .texts(labels), "annotations": .texts(annotations),
        ])
    }
}

/// What a node of a gang does before the program: all but the first wait until the first one's name is known.
enum GangPrelude {
    static func script(seconds: Int) -> String {
        """
        penstock_resolve() {
          if command -v getent; then getent hosts "$1"
          elif command -v python3; then python3 -c 'import socket, sys; socket.gethostbyname(sys.argv[1])' "$1"
          elif command -v ping; then
            case $(ping -c 1 -w 1 "$1" 2>&1) in *'bad address'* | *'not known'* | *'name resolution'*) return 1 ;; esac
          fi
        }
        if [ "$PENSTOCK_JOB_INDEX" != 0 ]; then
          penstock_since=$(date +%s)
          until penstock_resolve "$MF_PARALLEL_MAIN_IP" >/dev/null 2>&1; do
            if [ $(($(date +%s) - penstock_since)) -ge \(seconds) ]; then
              echo "the name of the first node, $MF_PARALLEL_MAIN_IP, is not known after \(seconds) seconds" >&2
              exit 1
            fi
            sleep 1
          done
        fi

        """
    }
}
