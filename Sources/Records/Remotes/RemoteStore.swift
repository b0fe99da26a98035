package import ObjectStores

/// A remote datastore that is open.
package struct RemoteStore: Sendable {
    package let address: RemoteAddress
    package let objects: any ObjectStore

    package init(_ address: RemoteAddress, objects: any ObjectStore) {
        self.address = address
        self.objects = objects
    }

    /// Opens a remote. Nothing is asked of it yet.
    ///
    /// - Parameter environment: the process environment with the person's settings: credentials, endpoints.
    package init(opening address: RemoteAddress, environment: [String: String]) throws(ObjectStoreError) {
        self.address = address
        switch address {
        case .folder(let path): objects = FolderObjectStore(root: path)
        case .s3:
            objects = try S3ObjectStore(try S3Address(parsing: address.description), environment: environment)
        }
    }
}
