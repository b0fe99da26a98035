package import Clusters
import Datastore
package import Digests
package import Ledger
package import ObjectStores
package import Remotes
package import SystemPackage

/// Brings an engine to a node that has nothing of a run, and hands the job over to it: `penstock node-task`.
///
/// The node needs `sh` and one of curl, wget and python3, or the datastore as a mounted folder. What was fetched runs only when its
/// digest is the right one; tasks that start together on a node fetch it once.
package struct NodeBootstrap: Sendable {
    /// An engine of one platform, and where a node gets it.
    package struct Engine: Sendable, Hashable {
        package enum Source: Sendable, Hashable {
            /// A file below the mounted datastore.
            case file(FilePath)
            /// An address that a plain GET request reads. It may hold a signature: it travels as a variable.
            case url(String)
        }

        /// As `EngineSnapshot` names it: `linux-x86_64`.
        package var platform: String
        package var digest: SHA256Digest
        /// In bytes.
        package var size: Int64
        package var source: Source

        package init(platform: String, digest: SHA256Digest, size: Int64, source: Source) {
            self.platform = platform
            self.digest = digest
            self.size = size
            self.source = source
        }
    }

    package var datastore: RemoteAddress
    /// The order book of the group.
    package var orders: ObjectKey
    package var engines: [Engine]
    /// Variables that the engine needs on the node, as credentials for the datastore.
    package var variables: [String: String]

    package init(datastore: RemoteAddress, orders: ObjectKey, engines: [Engine], variables: [String: String] = [:]) {
        self.datastore = datastore
        self.orders = orders
        self.engines = engines
        self.variables = variables
    }

    /// Where a node finds the engines of a run. Those that the remote does not keep plain and in objects of their own cannot be
    /// fetched without an engine, and are left out.
    ///
    /// - Parameters:
    ///   - entries: of the run's snapshot, as the remote keeps them; other kinds than engines are passed over.
    ///   - validity: how long addresses may be used: at least as long as a job may wait in a queue, at most seven days.
    package static func engines(
        _ entries: [SnapshotEntry], in remote: RemoteStore, validFor validity: Duration
    ) async throws(ObjectStoreError) -> [Engine] {
        var engines: [Engine] = []
        for entry in entries where entry.kind == .engine && entry.blob.codec == .plain && entry.blob.place == .loose {
            let key = try RemoteLayout.object(of: entry.blob)
            let source: Engine.Source =
                switch remote.address {
                case .folder(let root): .file(root.appending(FilePath(key.text).components))
                case .s3: .url(try await remote.objects.fetchAddress(of: key, validFor: validity))
                }
            engines.append(Engine(platform: entry.name, digest: entry.blob.digest, size: entry.blob.size, source: source))
        }
        return engines
    }

    /// What each job of the group runs.
    package var program: NodeProgram {
        var all = variables
        for engine in engines {
            if case .url(let url) = engine.source { all[Self.variable(engine.platform)] = Self.plain(url) }
        }
        return NodeProgram(head: BootstrapScript(self).head, body: BootstrapScript.body, variables: all)
    }

    /// The variable that holds the address of an engine.
    static func variable(_ platform: String) -> String {
        "PENSTOCK_ENGINE_" + String(platform.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    /// Without characters that configuration files of fetchers read in a way of their own.
    private static func plain(_ url: String) -> String {
        url.replacing("\\", with: "%5C").replacing("\"", with: "%22").filter { $0 > " " }
    }
}
