import Clusters
import FlowModel
import Kubernetes
import Testing

/// Groups whose objects stand in `Golden`, a file a case.
enum ManifestCases {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var group: JobGroup

        var testDescription: String { name }
    }

    static let all: [Case] = [
        Case(name: "plain", group: group("TrainFlow", "train", ["train/3/0"])),
        Case(name: "foreach", group: group("TrainFlow", "fit", ["fit/3/0", "fit/4/0", "fit/5/2"], variables: ["TOKEN": "s3cret"])),
        Case(
            name: "everything",
            group: group("TrainFlow", "train", ["train/3/1"], request: everything, variables: ["AWS_SECRET_ACCESS_KEY": "hidden"])),
        Case(name: "guaranteed", group: group("TrainFlow", "train", ["train/3/0"], request: guaranteed)),
        Case(name: "gang", group: group("ParallelFlow", "work", ["work/7/0", "work/8/0", "work/9/0"], isGang: true)),
        Case(
            name: "names",
            group: group(
                "Größenwahn__Flow_With_A_Name_That_Is_Much_Longer_Than_Any_Label_May_Be_In_Kubernetes", "_",
                ["_/t-1_2/0"], user: "ada@example.com")),
    ]

    static func group(
        _ flow: String, _ step: String, _ attempts: [String], isGang: Bool = false, request: ComputeRequest? = nil,
        variables: [String: String] = [:], user: String = "ada", number: Int = 7
    ) -> JobGroup {
        JobGroup(
            key: JobGroupKey(run: "\(flow)/1763900000000000", number: number), flow: FlowName(flow), step: StepName(step), username: user,
            attempts: attempts, isGang: isGang,
            request: request ?? ComputeRequest(place: .kubernetes(KubernetesOptions()), image: "python:3.12"),
            program: NodeProgram(script: "echo \"$PENSTOCK_JOB_INDEX $$ $(date)\"\n", variables: variables))
    }

    private static var everything: ComputeRequest {
        var options = KubernetesOptions()
        options.namespace = "science"
        options.serviceAccount = "runner"
        options.imagePullPolicy = .always
        options.imagePullSecrets = ["regcred", "other.cred"]
        options.secrets = ["database"]
        options.nodeSelector = ["kubernetes.io/arch": "amd64", "pool": "fast"]
        options.tolerations = [
            KubernetesToleration(key: "gpu", operator: "Exists", effect: "NoExecute", seconds: 300),
            KubernetesToleration(key: "arch", operator: "Equal", value: "amd"), KubernetesToleration(operator: "Exists"),
        ]
        options.labels = ["team": "search", "penstock/step": "not-this"]
        options.annotations = ["note": "a long note: with $(HOME)"]
        options.gpuVendor = .amd
        options.tmpfs.isWanted = true
        options.tmpfs.path = "/scratch"
        options.persistentVolumeClaims = ["data": "/mnt/data", "more.data": "/mnt/more"]
        options.port = 8080
        options.extendedResources = ["example.com/fpga": "2"]
        options.securityContext.runsAsUser = 1000
        options.securityContext.runsAsNonRoot = true
        options.securityContext.allowsPrivilegeEscalation = false
        options.securityContext.droppedCapabilities = ["ALL"]
        return ComputeRequest(
            place: .kubernetes(options),
            resources: ComputeResources(cpu: 1.25, memory: 8000, disk: 20000, gpu: 2, sharedMemory: 512), timeLimit: .seconds(3600),
            image: "registry.example:5000/team/base@sha256:" + String(repeating: "ab", count: 32))
    }

    private static var guaranteed: ComputeRequest {
        var options = KubernetesOptions()
        options.qualityOfService = .guaranteed
        options.tmpfs.size = 100
        options.tmpfs.isTemporaryFolder = false
        return ComputeRequest(
            place: .kubernetes(options), resources: ComputeResources(cpu: 2, memory: 512, disk: 100, gpu: 0), timeLimit: .seconds(5),
            image: "base")
    }
}
