import Clusters
import FlowModel
import FoundationEssentials
import Synchronization

/// Makes the objects of one group. What exists already under the same key is taken for what it is: an earlier submission. What was made
/// by a submission that is refused in the end is taken away again.
struct GroupSubmission: Sendable {
    private let manifests: GroupManifests
    private let connection: APIConnection
    private let width: Int

    init(_ manifests: GroupManifests, _ connection: APIConnection, width: Int) {
        self.manifests = manifests
        self.connection = connection
        self.width = width
    }

    private var key: String { manifests.group.key.description }

    /// - Returns: the jobs, as the API has them.
    func run() async throws(ClusterError) -> [JobObject] {
        if let secret = manifests.secret, try await !make(secret, .secrets, JobObject.self).isNew { try await renew(secret) }
        let made = MadeObjects()
        do throws(ClusterError) {
            let jobs = try await BoundedCalls.run(manifests.jobs, width: width) { manifest throws(ClusterError) in
                let (job, isNew) = try await make(manifest, .jobs, JobObject.self)
                if isNew, let name = job.metadata?.name { made.names.withLock { $0.append(name) } }
                return job
            }
            let owners = jobs.compactMap(Self.owner)
            if let service = manifests.service { _ = try await make(service.owned(by: owners), .services, JobObject.self) }
            if manifests.secret != nil { await hand(over: owners) }
            return jobs
        } catch {
            // What may pass is tried again with the same names.
            if !error.isTransient { await takeBack(made.names.withLock { $0 }) }
            throw error
        }
    }

    private final class MadeObjects: Sendable {
        let names = Mutex<[String]>([])
    }

    /// Makes an object, or finds it.
    private func make<Object: Decodable & Sendable>(
        _ manifest: JSONValue, _ resource: APIResource, _ type: Object.Type
    ) async throws(ClusterError) -> (object: Object, isNew: Bool) {
        let create = APICall(.create, resource, in: manifests.namespace, body: manifest)
        let answer = try await connection.send(create)
        if (200...202).contains(answer.status) { return (try read(answer, create), true) }
        guard answer.status == 409, APIFailure.status(in: answer.body)?.reason == "AlreadyExists", let name = manifest.objectName else {
            throw APIFailure.error(answer, create, connection.access)
        }
        let get = APICall(.get, resource, in: manifests.namespace, named: name)
        let found = try await connection.send(get)
        guard found.status == 200 else { throw APIFailure.error(found, get, connection.access) }
        let owner: JobObject = try read(found, get)
        guard owner.metadata?.annotations?[JobLabels.key] == key else {
            throw ClusterError(
                "kubernetes", .refused, "the \(resource.name) '\(name)' of the namespace '\(manifests.namespace)' is there, but not for \(key)",
                help: "delete it, or use another namespace")
        }
        return (try read(found, get), false)
    }

    private func read<Object: Decodable>(_ answer: APIAnswer, _ call: APICall) throws(ClusterError) -> Object {
        guard let object = try? JSONDecoder().decode(Object.self, from: Data(answer.body)) else {
            throw APIFailure.garbled(call, connection.access)
        }
        return object
    }

    private static func owner(_ job: JobObject) -> JSONValue? {
        guard let name = job.metadata?.name, let uid = job.metadata?.uid else { return nil }
        return .members(["apiVersion": .string("batch/v1"), "kind": .string("Job"), "name": .string(name), "uid": .string(uid)])
    }

    /// Pods that have not started yet get the credentials that count now.
    private func renew(_ secret: JSONValue) async throws(ClusterError) {
        guard case .object(let members) = secret, let values = members["stringData"] else { return }
        let call = APICall(
            .patch, .secrets, in: manifests.namespace, named: manifests.names.group, body: .members(["stringData": values]))
        let answer = try await connection.send(call)
        guard answer.status == 200 else { throw APIFailure.error(answer, call, connection.access) }
    }

    /// The secret goes when the last of its jobs is gone, also without an engine. A cluster that does not allow this keeps it until the
    /// engine deletes it.
    private func hand(over owners: [JSONValue]) async {
        let body = JSONValue.members(["metadata": .members(["ownerReferences": .array(owners)])])
        _ = try? await connection.send(
            APICall(.patch, .secrets, in: manifests.namespace, named: manifests.names.group, body: body))
    }

    private func takeBack(_ jobs: [String]) async {
        let body = JSONValue.members(["propagationPolicy": .string("Background")])
        _ = try? await BoundedCalls.run(jobs, width: width) { name throws(ClusterError) in
            _ = try await connection.send(APICall(.delete, .jobs, in: manifests.namespace, named: name, body: body))
        }
        if manifests.secret != nil {
            _ = try? await connection.send(APICall(.delete, .secrets, in: manifests.namespace, named: manifests.names.group))
        }
    }
}

extension JSONValue {
    fileprivate var objectName: String? {
        guard case .object(let members) = self, case .object(let metadata) = members["metadata"] ?? .null,
            case .string(let name) = metadata["name"] ?? .null
        else { return nil }
        return name
    }

    fileprivate func owned(by owners: [JSONValue]) -> JSONValue {
        guard case .object(var members) = self, case .object(var metadata) = members["metadata"] ?? .null else { return self }
        metadata["ownerReferences"] = .array(owners)
        members["metadata"] = .object(metadata)
        return .object(members)
    }
}
