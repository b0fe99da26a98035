import FlowModel
import TestSupport
import Testing

/// What `@kubernetes` may say.
@Suite struct KubernetesOptionsTests {
    private func read(_ attributes: [String: JSONValue], with specs: [String] = []) throws -> (KubernetesOptions?, [String]) {
        var flow = FlowDescription(sketch: "start -> end; end")
        if specs.isEmpty { flow.steps[0].decorators = [DecoratorDescription(name: "kubernetes", attributes: attributes, line: 9)] }
        let added = try specs.map { try DecoratorSpec(parsing: $0) }
        let findings = FlowGraph.findings(in: flow, adding: added).map { "\($0.message) | \($0.help)" }
        guard findings.isEmpty, case .kubernetes(let options)? = try FlowGraph(validating: flow, adding: added)["start"]?.decorators.compute?.place
        else { return (nil, findings) }
        return (options, findings)
    }

    @Test func everyArgumentIsRead() throws {
        let (options, findings) = try read([
            "image_pull_policy": .string("Always"), "image_pull_secrets": .array([.string("regcred")]), "service_account": .string("runner"),
            "secrets": .string("database"), "node_selector": .string("kubernetes.io/os=linux,kubernetes.io/arch=amd64"),
            "namespace": .string("science"), "gpu_vendor": .string("NVIDIA"),
            "tolerations": .array([.object(["key": .string("arch"), "operator": .string("Equal"), "value": .string("amd")])]),
            "labels": .object(["team": .string("search"), "none": .null, "number": .integer(3)]),
            "annotations": .object(["note": .string("a b")]), "persistent_volume_claims": .object(["data": .string("/mnt/data")]),
            "port": .string("8080"), "compute_pool": .string("fast"), "hostname_resolution_timeout": .integer(30),
            "qos": .string("Guaranteed"), "extended_resources": .object(["example.com/fpga": .integer(2)]),
            "security_context": .object(["run_as_user": .integer(1000), "privileged": .bool(false)]), "use_tmpfs": .bool(true),
            "tmpfs_tempdir": .bool(false), "tmpfs_size": .integer(100), "tmpfs_path": .string("/scratch"),
        ])
        #expect(findings == [])
        var expected = KubernetesOptions()
        expected.imagePullPolicy = .always
        expected.imagePullSecrets = ["regcred"]
        expected.serviceAccount = "runner"
        expected.secrets = ["database"]
        expected.nodeSelector = [
            "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64", "outerbounds.co/compute-pool": "fast",
        ]
        expected.namespace = "science"
        expected.gpuVendor = .nvidia
        expected.tolerations = [KubernetesToleration(key: "arch", operator: "Equal", value: "amd")]
        expected.labels = ["team": "search", "none": "", "number": "3"]
        expected.annotations = ["note": "a b"]
        expected.persistentVolumeClaims = ["data": "/mnt/data"]
        expected.port = 8080
        expected.hostNameTimeout = 30
        expected.qualityOfService = .guaranteed
        expected.extendedResources = ["example.com/fpga": "2"]
        expected.securityContext.runsAsUser = 1000
        expected.securityContext.privileged = false
        expected.tmpfs.isWanted = true
        expected.tmpfs.isTemporaryFolder = false
        expected.tmpfs.size = 100
        expected.tmpfs.path = "/scratch"
        #expect(options == expected)
    }

    @Test func theCommandLineSaysTheSame() throws {
        let spec = #"kubernetes:namespace=science,labels={"team":"search"},node_selector={"pool":"a"},tolerations=[{"operator":"Exists"}],port=80"#
        let (options, findings) = try read([:], with: [spec])
        #expect(findings == [])
        #expect(options?.namespace == "science" && options?.labels == ["team": "search"] && options?.port == 80)
        #expect(options?.nodeSelector == ["pool": "a"] && options?.tolerations == [KubernetesToleration(operator: "Exists")])
    }

    @Test func nothingIsAsGoodAsEmpty() throws {
        let names = ["labels", "secrets", "tolerations", "node_selector", "namespace", "security_context"]
        let values: [JSONValue] = [.object([:]), .string(""), .array([]), .null, .string(""), .object([:])]
        let (options, findings) = try read(Dictionary(uniqueKeysWithValues: zip(names, values)))
        #expect(findings == [] && options == KubernetesOptions())
    }

    static let wrong: [(name: String, value: JSONValue, words: String)] = [
        ("labels", .object(["a": .string("b c")]), "whose 'a' has the value 'b c'"), ("labels", .array([.integer(1)]), "a dictionary of texts"),
        ("labels", .object(["a": .array([.integer(1)])]), "write a dictionary of texts"), ("labels", .object(["a/b/c": .string("x")]), "no valid key"),
        ("node_selector", .string("linux"), "write a dictionary of texts"), ("node_selector", .object(["a": .null]), "write a dictionary of texts"),
        ("namespace", .string("My_Space"), "small letters"), ("namespace", .integer(3), "small letters"),
        ("service_account", .string("-a"), "small letters"), ("secrets", .array([.integer(1)]), "list of names"),
        ("secrets", .string("a b"), "'a b' is no name"), ("image_pull_policy", .string("Sometimes"), "IfNotPresent"),
        ("gpu_vendor", .string("intel"), "extended_resources"), ("qos", .string("BestEffort"), "burstable or guaranteed"),
        ("port", .integer(0), "65535"), ("port", .string("http"), "65535"), ("hostname_resolution_timeout", .integer(0), "seconds"),
        ("tmpfs_size", .integer(0), "megabytes"), ("tmpfs_path", .string("scratch"), "absolute path"), ("tmpfs_path", .string("/"), "absolute path"),
        ("use_tmpfs", .string("maybe"), "True"), ("tolerations", .object(["key": .string("a")]), "list of dictionaries"),
        ("tolerations", .array([.object(["Key": .string("a")])]), "a toleration has"),
        ("persistent_volume_claims", .object(["a": .string("mnt")]), "absolute paths"), ("persistent_volume_claims", .string("a=/b"), "absolute paths"),
        ("extended_resources", .object(["fpga": .integer(1)]), "names with a domain"),
        ("extended_resources", .object(["example.com/fpga": .number(1.5)]), "whole numbers"),
        ("security_context", .object(["run_as": .integer(1)]), "which has 'run_as'"),
        ("security_context", .object(["run_as_user": .string("root")]), "whose run_as_user is 'root'"), ("compute_pool", .string("a b"), "label"),
        ("annotations", .integer(3), "write a dictionary of texts"),
    ]

    @Test(arguments: wrong)
    func whatIsWrongIsTold(_ row: (name: String, value: JSONValue, words: String)) throws {
        let (_, findings) = try read([row.name: row.value])
        #expect(findings.count == 1)
        #expect(findings.first?.hasPrefix("@kubernetes of step 'start' has \(row.name)=") == true, "\(findings)")
        #expect(findings.first?.contains(row.words) == true, "\(findings)")
    }
}
