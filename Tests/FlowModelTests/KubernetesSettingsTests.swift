import Diagnostics
import FlowModel
import Testing

@Suite struct KubernetesSettingsTests {
    @Test func everySettingIsRead() throws {
        let settings = try KubernetesSettings([
            "METAFLOW_KUBERNETES_NAMESPACE": "science", "METAFLOW_KUBERNETES_SERVICE_ACCOUNT": "runner",
            "METAFLOW_KUBERNETES_NODE_SELECTOR": "kubernetes.io/os=linux,disk=fast",
            "METAFLOW_KUBERNETES_TOLERATIONS": #"[{"key": "gpu", "operator": "Equal", "value": "yes", "toleration_seconds": 30}]"#,
            "METAFLOW_KUBERNETES_PERSISTENT_VOLUME_CLAIMS": #"{"data": "/mnt/data"}"#,
            "METAFLOW_KUBERNETES_SECRETS": "one,two", "METAFLOW_KUBERNETES_LABELS": "team=search,bare",
            "METAFLOW_KUBERNETES_ANNOTATIONS": "note=a long note", "METAFLOW_KUBERNETES_GPU_VENDOR": "AMD",
            "METAFLOW_KUBERNETES_IMAGE_PULL_POLICY": "Always", "METAFLOW_KUBERNETES_IMAGE_PULL_SECRETS": #"["regcred"]"#,
            "METAFLOW_KUBERNETES_PORT": "8080", "METAFLOW_KUBERNETES_QOS": "Guaranteed", "METAFLOW_KUBERNETES_CPU": "0.5",
            "METAFLOW_KUBERNETES_MEMORY": "1024", "METAFLOW_KUBERNETES_DISK": "2048", "METAFLOW_KUBERNETES_SHARED_MEMORY": "64",
            "METAFLOW_KUBERNETES_JOB_TTL_SECONDS_AFTER_FINISHED": "60", "METAFLOW_KUBERNETES_CONTAINER_IMAGE": "images/base:1",
            "METAFLOW_KUBERNETES_CONTAINER_REGISTRY": "registry.example:5000/",
        ])
        let options = settings.options
        #expect(options.namespace == "science" && options.serviceAccount == "runner")
        #expect(options.nodeSelector == ["kubernetes.io/os": "linux", "disk": "fast"])
        #expect(options.tolerations == [KubernetesToleration(key: "gpu", operator: "Equal", value: "yes", seconds: 30)])
        #expect(options.persistentVolumeClaims == ["data": "/mnt/data"])
        #expect(options.secrets == ["one", "two"] && options.imagePullSecrets == ["regcred"])
        #expect(options.labels == ["team": "search", "bare": ""] && options.annotations == ["note": "a long note"])
        #expect(options.gpuVendor == .amd && options.imagePullPolicy == .always && options.qualityOfService == .guaranteed)
        #expect(options.port == 8080 && settings.secondsKept == 60)
        #expect(settings.resources == ComputeResources(cpu: 0.5, memory: 1024, disk: 2048, sharedMemory: 64))
        #expect(settings.image(nil, python: "3.11.7") == "registry.example:5000/images/base:1")
    }

    @Test func ownNamesComeFirstAndEmptyOnesAreNone() throws {
        let settings = try KubernetesSettings([
            "PENSTOCK_KUBERNETES_NAMESPACE": "mine", "METAFLOW_KUBERNETES_NAMESPACE": "theirs", "METAFLOW_KUBERNETES_TOLERATIONS": "",
            "METAFLOW_DEFAULT_CONTAINER_IMAGE": "base",
        ])
        #expect(settings.options.namespace == "mine")
        #expect(settings.options.tolerations.isEmpty)
        #expect(settings.image == "base" && settings.registry == nil)
    }

    @Test(arguments: [
        ("NAMESPACE", "Science", "small letters"), ("LABELS", "a=b c", "label's value"), ("LABELS", "a=1,a=2", "keep one"),
        ("NODE_SELECTOR", "linux", "'key': 'value'"), ("NODE_SELECTOR", "/x=y", "a key is a name"), ("TOLERATIONS", "gpu", "as JSON"),
        ("TOLERATIONS", #"[{"keys": "x"}]"#, "a toleration has"), ("TOLERATIONS", #"[{"effect": "Sometimes"}]"#, "NoExecute"),
        ("TOLERATIONS", #"[{"operator": "Exists", "value": "x"}]"#, "operator Equal"), ("TOLERATIONS", #"[1]"#, "list of dictionaries"),
        ("PERSISTENT_VOLUME_CLAIMS", #"{"a": "mnt"}"#, "absolute"),
        ("PERSISTENT_VOLUME_CLAIMS", #"{"a": "/mnt", "b": "/mnt"}"#, "path of its own"), ("PORT", "70000", "65535"),
        ("QOS", "best", "guaranteed"), ("GPU_VENDOR", "intel", "amd"), ("CPU", "0", "greater than 0"), ("MEMORY", "1.5", "whole number"),
        ("IMAGE_PULL_POLICY", "always", "IfNotPresent"), ("SECRETS", "a_b", "small letters"),
    ])
    func whatCannotBeUsedIsTold(_ row: (name: String, value: String, help: String)) {
        let error = #expect(throws: KubernetesSettingError.self) {
            try KubernetesSettings(["METAFLOW_KUBERNETES_\(row.name)": row.value])
        }
        #expect(error?.diagnostic.headline.contains("METAFLOW_KUBERNETES_\(row.name) is '\(row.value)'") == true)
        #expect(error?.diagnostic.help?.contains(row.help) == true, "\(error?.diagnostic.help ?? "")")
    }

    @Test(arguments: [
        ("base", "hub.example/base"), ("team/base:2", "hub.example/team/base:2"), ("other.example/base", "other.example/base"),
        ("localhost/base", "localhost/base"), ("host:5000/base", "host:5000/base"), ("", "hub.example/python:3.12"),
    ])
    func registriesStandBeforeImagesThatNameNone(_ row: (image: String, whole: String)) {
        var settings = KubernetesSettings()
        settings.registry = "hub.example"
        #expect(settings.image(row.image, python: "3.12.1") == row.whole)
    }

    @Test func decoratorsComeBeforeSettings() {
        var settings = KubernetesSettings()
        settings.options.labels = ["a": "1", "b": "1"]
        settings.options.secrets = ["common", "own"]
        settings.options.nodeSelector = ["pool": "usual"]
        settings.options.namespace = "usual"
        var options = KubernetesOptions()
        options.labels = ["b": "2"]
        options.secrets = ["own"]
        options.nodeSelector = ["gpu": "yes"]
        let both = options.completed(by: settings)
        #expect(both.labels == ["a": "1", "b": "2"])
        #expect(both.secrets == ["own", "common"])
        #expect(both.nodeSelector == ["gpu": "yes"])
        #expect(both.namespace == "usual")
    }

    @Test(arguments: [
        ("a", true), ("", true), ("A-b_c.9", true), ("-a", false), ("a-", false), ("a b", false), ("ä", false),
        (String(repeating: "x", count: 63), true), (String(repeating: "x", count: 64), false),
    ])
    func labelValues(_ row: (text: String, isValid: Bool)) {
        #expect(KubernetesSyntax.isLabelValue(row.text) == row.isValid)
    }

    @Test(arguments: [
        ("a", true), ("example.com/a", true), ("example.com/A_b", true), ("", false), ("/a", false), ("a/", false), ("a/b/c", false),
        ("Example.com/a", false), ("a..b/c", false),
    ])
    func qualifiedNames(_ row: (text: String, isValid: Bool)) {
        #expect(KubernetesSyntax.isQualifiedName(row.text) == row.isValid)
    }
}
