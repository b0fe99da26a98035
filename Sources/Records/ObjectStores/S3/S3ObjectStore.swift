package import PackageSources

/// A bucket, or a prefix in one, as an object store: Amazon's S3, or any service that speaks its API.
///
/// The network is first used by the first call. Failures that may pass are tried again (`METAFLOW_S3_RETRY_COUNT` times); what
/// is reported stored was confirmed by the service.
package final class S3ObjectStore: ObjectStore {
    private let place: S3Address
    private let service: S3Service
    private let bucket: S3Bucket

    /// - Parameters:
    ///   - environment: where endpoint, region, credentials, certificates and proxies are looked for, by the variables of AWS's
    ///     tools and Metaflow's.
    ///   - options: pauses, and the clock.
    ///   - partSize: objects that are longer go in parts, in bytes; `nil` for the usual size.
    /// - Throws: `.unusableAddress` for an endpoint that is none; `.credentials` for profiles that cannot be read.
    package init(
        _ address: S3Address, environment: [String: String], options: HTTPOptions = HTTPOptions(), partSize: Int64? = nil
    ) throws(ObjectStoreError) {
        place = address
        service = try S3Service(environment: environment, options: options, partSize: partSize)
        bucket = service.bucket(address.bucket)
    }

    package var address: String { place.description }

    /// Ends all connections; nothing can be asked afterwards. Not needed at the end of a process.
    package func shutdown() async { await service.shutdown() }

    package func info(of key: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo? {
        try await bucket.info(place.name(key.text))?.info(key)
    }

    package func read(_ key: ObjectKey, range: Range<Int64>?) async throws(ObjectStoreError) -> [UInt8]? {
        try await bucket.read(place.name(key.text), range: range)?.bytes
    }

    package func download(_ key: ObjectKey, to descriptor: Int32) async throws(ObjectStoreError) -> ObjectInfo? {
        try await bucket.download(place.name(key.text), range: nil, to: descriptor)?.info(key)
    }

    package func put(_ bytes: [UInt8], as key: ObjectKey, _ condition: PutCondition) async throws(ObjectStoreError) -> PutOutcome {
        try await bucket.put(bytes, as: place.name(key.text), S3Description(), condition)
    }

    package func upload(
        _ range: Range<Int64>, of descriptor: Int32, as key: ObjectKey, _ condition: PutCondition
    ) async throws(ObjectStoreError) -> PutOutcome {
        try await bucket.upload(range, of: descriptor, as: place.name(key.text), S3Description(), condition)
    }

    package func list(_ prefix: String, byFolder: Bool, from position: String?) async throws(ObjectStoreError) -> ObjectPage {
        let page = try await bucket.list(place.name(prefix), byFolder: byFolder, from: position)
        let cut = place.name("").utf8.count
        var result = ObjectPage(objects: [], folders: [], next: page.next)
        for (name, object) in page.objects {
            // What lies in the bucket under names that are none here was not put there by a key.
            guard let key = try? ObjectKey(String(name.utf8.dropFirst(cut)) ?? "") else { continue }
            result.objects.append(object.info(key))
        }
        result.folders = page.folders.compactMap { String($0.utf8.dropFirst(cut)) }
        return result
    }

    package func remove(_ keys: [ObjectKey]) async throws(ObjectStoreError) {
        try await bucket.remove(keys.map { place.name($0.text) })
    }

    package func fetchAddress(of key: ObjectKey, validFor validity: Duration) async throws(ObjectStoreError) -> String {
        try await bucket.fetchAddress(place.name(key.text), validFor: validity)
    }
}
