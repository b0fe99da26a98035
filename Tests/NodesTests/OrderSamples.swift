import Datastore
import Digests
import FlowModel
import Nodes
import ObjectStores
import SystemPackage
import TestSupport
import WorkerProtocol

/// Orders and stores for tests.
enum OrderSamples {
    static func group() -> GroupOrder {
        GroupOrder(
            flow: "TrainFlow", run: "17", step: "train", code: blob("code"), script: "train.py",
            environment: GroupOrder.Environment(kind: "pypi", python: "3.11.7", lock: "pylock.abc.toml"),
            launchingPython: "3.11.7", variables: ["A": "b"], logLimit: 1000)
    }

    static func attempt(_ number: Int) -> AttemptOrder {
        AttemptOrder(
            assignment: TaskAssignmentMessage(
                kind: .step, flow: "TrainFlow", run: "17", step: "train", task: "\(number)", attempt: 0, maxAttempts: 1, username: "u",
                namespace: "user:u", tags: [], staging: "", inlineLimit: 1000, datastoreRoot: ""),
            variables: ["NUMBER": "\(number)"], blobs: [blob("\(number)")])
    }

    static func blob(_ text: String) -> StoredBlob {
        StoredBlob(digest: SHA256Digest(hashing: text), size: Int64(text.utf8.count), codec: .plain, place: .loose)
    }

    static let key = NodeLayout(flow: "TrainFlow", run: "17", group: 3)
}

/// A folder store that remembers what was read of which object.
final class StoreInFolder: Sendable {
    let folder: TemporaryFolder
    let objects: FolderObjectStore

    init() throws {
        folder = try TemporaryFolder()
        objects = FolderObjectStore(root: folder.path.appending("store"))
    }
}
