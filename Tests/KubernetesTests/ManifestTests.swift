import Clusters
import FlowModel
import Foundation
import Kubernetes
import Testing

@Suite struct ManifestTests {
    /// `PENSTOCK_REWRITE_GOLDEN=1` writes the files anew. They are what the tests in Python give to the validator.
    @Test(arguments: ManifestCases.all)
    func groupsAreThoseObjects(_ row: ManifestCases.Case) throws {
        let manifests = GroupManifests(row.group, namespace: "default", secondsKept: 604_800)
        let objects = [manifests.secret].compactMap { $0 } + manifests.jobs + [manifests.service].compactMap { $0 }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        let text = try objects.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }.joined(separator: "---\n")
        let file = Self.folder.appending(path: "\(row.name).yaml")
        if ProcessInfo.processInfo.environment["PENSTOCK_REWRITE_GOLDEN"] == "1" { try Data(text.utf8).write(to: file) }
        #expect(try String(contentsOf: file, encoding: .utf8) == text)
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    @Test func secretsStandInTheirObjectAlone() {
        let group = ManifestCases.group("F", "s", ["s/1/0"], variables: ["TOKEN": "hush-hush"])
        let manifests = GroupManifests(group, namespace: "default", secondsKept: 60)
        #expect(manifests.secret?.json.contains("hush-hush") == true)
        #expect(manifests.jobs.allSatisfy { !$0.json.contains("hush-hush") })
    }

    @Test func namesFollowFromTheKey() {
        let name = { (run: String, number: Int, step: String) -> String? in
            var group = ManifestCases.group("F", step, ["s/1/0"], number: number)
            group.key.run = run
            return Self.name(GroupManifests(group, namespace: "default", secondsKept: 60).jobs.first)
        }
        #expect(name("F/1", 0, "s") == name("F/1", 0, "s"))
        #expect(Set([name("F/1", 0, "s"), name("F/1", 1, "s"), name("F/2", 0, "s"), name("G/1", 0, "s")]).count == 4)
    }

    @Test(arguments: ManifestCases.all)
    func namesAndLabelsAreThoseOfKubernetes(_ row: ManifestCases.Case) throws {
        for job in GroupManifests(row.group, namespace: "default", secondsKept: 60).jobs {
            let name = try #require(Self.name(job))
            // A pod's name and a node's host name have more to come.
            #expect(KubernetesSyntax.isLabelName(name) && name.utf8.count <= 52, "\(name)")
            guard case .object(let members) = job, case .object(let metadata)? = members["metadata"],
                case .object(let labels)? = metadata["labels"]
            else {
                Issue.record("no labels")
                continue
            }
            for (key, value) in labels {
                guard case .string(let text) = value else { continue }
                #expect(KubernetesSyntax.isQualifiedName(key) && KubernetesSyntax.isLabelValue(text), "\(key)=\(text)")
            }
        }
    }

    private static func name(_ object: JSONValue?) -> String? {
        guard case .object(let members)? = object, case .object(let metadata)? = members["metadata"],
            case .string(let name)? = metadata["name"]
        else { return nil }
        return name
    }
}
