import Clusters
import Digests
import FlowModel

/// What the objects of a group are called. Names follow from the group's key alone, so that an engine that does not know whether it has
/// submitted a group finds it by trying again.
///
/// `trainflow-train-5f2b8c0d1e9a-7-42`: words for people, the run (`runKey`), the number of the group, the place in it; `-g` in place of
/// that for a group that is one job.
struct JobNames: Hashable, Sendable {
    let key: JobGroupKey
    private let words: String

    init(_ group: JobGroup) {
        key = group.key
        words = Self.words(group.flow.text, 12) + "-" + Self.words(group.step.text, 12)
    }

    /// The label by which all objects of a run are found: twelve hexadecimal digits.
    static func runKey(_ run: String) -> String { String(SHA256Digest(hashing: run).hex.prefix(12)) }

    /// The name of the group's secret and service, and what the names of its jobs begin with.
    var group: String { "\(words)-\(Self.runKey(key.run))-\(key.number)" }

    func job(_ index: Int) -> String { "\(group)-\(index)" }

    var gang: String { "\(group)-g" }

    /// Small letters and digits of a name of Python's, at most `limit`, after an `x` where it does not begin with a letter.
    private static func words(_ name: String, _ limit: Int) -> String {
        let kept = name.lowercased().utf8.filter { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        // Services are named like this too, and those begin with a letter.
        let word = String(decoding: kept.prefix(limit), as: UTF8.self)
        return word.first?.isLetter == true ? word : "x" + word
    }
}

/// A job's place in a cluster: `namespace/name`, or `namespace/name/3` for a node of a gang.
struct JobPlace: Hashable, Sendable {
    var namespace: String
    var name: String
    /// The index of the pod in a job that has several.
    var node: Int?

    init(namespace: String, name: String, node: Int? = nil) {
        self.namespace = namespace
        self.name = name
        self.node = node
    }

    /// `nil` for an id that is not one of this executor's.
    init?(_ id: JobID) {
        let parts = id.text.split(separator: "/", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), KubernetesSyntax.isLabelName(parts[0]), KubernetesSyntax.isSubdomain(parts[1]) else {
            return nil
        }
        (namespace, name) = (String(parts[0]), String(parts[1]))
        if parts.count == 3 {
            guard let node = Int(parts[2]), node >= 0 else { return nil }
            self.node = node
        }
    }

    var id: JobID { JobID(node.map { "\(namespace)/\(name)/\($0)" } ?? "\(namespace)/\(name)") }

    /// The job that is to be deleted, or asked for.
    var job: JobPlace { JobPlace(namespace: namespace, name: name) }

    /// The label of the run, as it stands in the name; `nil` for a job of another make.
    var runKey: String? {
        let parts = name.split(separator: "-")
        return parts.count >= 5 ? String(parts[parts.count - 3]) : nil
    }
}
