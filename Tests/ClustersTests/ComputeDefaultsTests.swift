import Clusters
import Diagnostics
import FlowModel
import Testing

@Suite struct ComputeDefaultsTests {
    private func completed(_ request: ComputeRequest, _ environment: [String: String] = [:]) throws -> ComputeRequest {
        try ComputeDefaults(environment: environment, python: "3.11.7").completed(request)
    }

    private static let kubernetes = ComputeRequest.Place.kubernetes(KubernetesOptions())
    private static let batch = ComputeRequest.Place.batch(BatchOptions())

    // MARK: images

    /// What the step names, settings without their METAFLOW_, the image on Kubernetes, the image on Batch.
    @Test(arguments: [
        (nil, [:], "python:3.11", "python:3.11"),
        ("", [:], "python:3.11", "python:3.11"),
        ("own:1", [:], "own:1", "own:1"),
        (nil, ["DEFAULT_CONTAINER_IMAGE": "all:1"], "all:1", "all:1"),
        (nil, ["DEFAULT_CONTAINER_IMAGE": "all:1", "KUBERNETES_CONTAINER_IMAGE": "k:1"], "k:1", "all:1"),
        (nil, ["DEFAULT_CONTAINER_IMAGE": "all:1", "BATCH_CONTAINER_IMAGE": "b:1"], "all:1", "b:1"),
        (nil, ["DEFAULT_CONTAINER_IMAGE": "all:1", "BATCH_CONTAINER_IMAGE": ""], "all:1", "all:1"),
        ("own:1", ["DEFAULT_CONTAINER_IMAGE": "all:1"], "own:1", "own:1"),
        ("own:1", ["DEFAULT_CONTAINER_REGISTRY": "r.example"], "r.example/own:1", "r.example/own:1"),
        (nil, ["DEFAULT_CONTAINER_REGISTRY": "r.example/x//"], "r.example/x/python:3.11", "r.example/x/python:3.11"),
        ("a/own", ["KUBERNETES_CONTAINER_REGISTRY": "k.example"], "k.example/a/own", "a/own"),
        (
            "a/own", ["DEFAULT_CONTAINER_REGISTRY": "r.example", "BATCH_CONTAINER_REGISTRY": "b.example:5000"], "r.example/a/own",
            "b.example:5000/a/own"
        ),
        ("h.example/a@sha256:12", ["DEFAULT_CONTAINER_REGISTRY": "r.example"], "h.example/a@sha256:12", "h.example/a@sha256:12"),
        ("localhost/a:1", ["DEFAULT_CONTAINER_REGISTRY": "r.example"], "localhost/a:1", "localhost/a:1"),
        ("10.0.0.1:5000/a:1", ["DEFAULT_CONTAINER_REGISTRY": "r.example"], "10.0.0.1:5000/a:1", "10.0.0.1:5000/a:1"),
    ] as [(String?, [String: String], String, String)])
    func images(named: String?, settings: [String: String], kubernetes: String, batch: String) throws {
        for prefix in ["METAFLOW_", "PENSTOCK_"] {
            let environment = Dictionary(uniqueKeysWithValues: settings.map { (prefix + $0.key, $0.value) })
            #expect(try completed(ComputeRequest(place: Self.kubernetes, image: named), environment).image == kubernetes)
            #expect(try completed(ComputeRequest(place: Self.batch, image: named), environment).image == batch)
        }
        let slurm = ComputeRequest(place: .slurm(SlurmOptions()))
        #expect(try completed(slurm, ["METAFLOW_DEFAULT_CONTAINER_IMAGE": "all:1"]) == slurm)
    }

    @Test func thisEnginesOwnSettingsCountFirst() throws {
        let environment = ["METAFLOW_BATCH_CONTAINER_IMAGE": "theirs:1", "PENSTOCK_BATCH_CONTAINER_IMAGE": "ours:1"]
        #expect(try completed(ComputeRequest(place: Self.batch), environment).image == "ours:1")
    }

    // MARK: resources

    /// What `@kubernetes` says, what `@resources` adds, settings, what comes of it.
    @Test(arguments: [
        (ComputeResources(), nil, [:], ComputeResources(cpu: 1, memory: 4096, disk: 10240)),
        (ComputeResources(cpu: 0.5, gpu: 2), nil, [:], ComputeResources(cpu: 0.5, memory: 4096, disk: 10240, gpu: 2)),
        (ComputeResources(), ComputeResources(cpu: 0.5, memory: 500), [:], ComputeResources(cpu: 1, memory: 4096, disk: 10240)),
        (ComputeResources(memory: 500), ComputeResources(cpu: 3), [:], ComputeResources(cpu: 3, memory: 500, disk: 10240)),
        (ComputeResources(), nil, ["CPU": "2.5", "MEMORY": "100"], ComputeResources(cpu: 2.5, memory: 100, disk: 10240)),
        (ComputeResources(cpu: 1), nil, ["CPU": "2.5"], ComputeResources(cpu: 1, memory: 4096, disk: 10240)),
        (ComputeResources(), ComputeResources(cpu: 2), ["CPU": "4", "DISK": "7"], ComputeResources(cpu: 4, memory: 4096, disk: 7)),
    ] as [(ComputeResources, ComputeResources?, [String: String], ComputeResources)])
    func kubernetes(
        own: ComputeResources, shared: ComputeResources?, settings: [String: String], result: ComputeResources
    ) throws {
        let request = ComputeRequest(
            place: Self.kubernetes, resources: own.merged(with: shared ?? ComputeResources()), ownResources: own)
        let environment = Dictionary(uniqueKeysWithValues: settings.map { ("METAFLOW_KUBERNETES_" + $0.key, $0.value) })
        #expect(try completed(request, environment).resources == result)
    }

    @Test func batchAndSlurm() throws {
        #expect(try completed(ComputeRequest(place: Self.batch)).resources == ComputeResources(cpu: 1, memory: 4096))
        let small = ComputeRequest(place: Self.batch, resources: ComputeResources(cpu: 0.25, memory: 512))
        #expect(try completed(small).resources == ComputeResources(cpu: 0.25, memory: 512))
        #expect(try completed(ComputeRequest(place: .slurm(SlurmOptions()))).resources == ComputeResources())
    }

    // MARK: time

    @Test(arguments: [.kubernetes(KubernetesOptions()), .batch(BatchOptions())] as [ComputeRequest.Place])
    func timeLimits(place: ComputeRequest.Place) throws {
        #expect(try completed(ComputeRequest(place: place)).timeLimit == .seconds(432_000))
        #expect(try completed(ComputeRequest(place: place), ["METAFLOW_DEFAULT_RUNTIME_LIMIT": "600"]).timeLimit == .seconds(600))
        let limited = ComputeRequest(place: place, timeLimit: .seconds(90))
        #expect(try completed(limited, ["METAFLOW_DEFAULT_RUNTIME_LIMIT": "wrong"]).timeLimit == .seconds(90))
        for wrong in ["59", "soon", "-1", "99999999999"] {
            let error = #expect(throws: ComputeSettingError.self) {
                try completed(ComputeRequest(place: place), ["PENSTOCK_DEFAULT_RUNTIME_LIMIT": wrong])
            }
            #expect(error?.value == wrong)
        }
    }

    @Test func whatIsWrongForOtherClustersDoesNotMatter() throws {
        let environment = ["METAFLOW_KUBERNETES_CPU": "many"]
        #expect(throws: KubernetesSettingError.self) { try completed(ComputeRequest(place: Self.kubernetes), environment) }
        #expect(try completed(ComputeRequest(place: Self.batch), environment).resources.cpu == 1)
    }
}
