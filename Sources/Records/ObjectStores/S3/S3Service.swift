package import PackageSources

/// An S3 service: Amazon's, or any that speaks its API. The network is first used by the first request.
package final class S3Service: Sendable {
    private let client: S3Client

    /// - Parameters:
    ///   - environment: where endpoint, region, credentials, certificates and proxies are looked for, by the variables of AWS's
    ///     tools and Metaflow's.
    ///   - options: pauses, and the clock.
    ///   - partSize: objects that are longer go in parts, in bytes; `nil` for the usual size.
    /// - Throws: `.unusableAddress` for an endpoint that is none; `.credentials` for profiles that cannot be read.
    package init(
        environment: [String: String], options: HTTPOptions = HTTPOptions(), partSize: Int64? = nil
    ) throws(ObjectStoreError) {
        var settings = try S3Settings(environment: environment)
        if let partSize { settings.partSize = partSize }
        client = S3Client(settings, environment: environment, options: options)
    }

    /// How many requests may be under way at once.
    package var concurrency: Int { client.settings.concurrency }

    /// A bucket, whether it is there or not.
    package func bucket(_ name: String) -> S3Bucket { S3Bucket(client: client, name: name) }

    /// Ends all connections; nothing can be asked afterwards. Not needed at the end of a process.
    package func shutdown() async { await client.shutdown() }
}

extension S3Bucket {
    /// Writes an object, or a part of it, into a file from offset 0; memory does not grow with its size.
    ///
    /// - Parameter range: offsets; what lies behind the end is left out.
    /// - Returns: what is known about the object; `nil` when there is none. After an error the file may hold a part.
    package func download(
        _ key: String, range: Range<Int64>?, to descriptor: Int32
    ) async throws(ObjectStoreError) -> S3Object? {
        try await S3Download(bucket: self, key: key, range: range, descriptor: descriptor).run()
    }

    /// Stores a part of a file, which nobody may change meanwhile; memory does not grow with its size.
    package func upload(
        _ range: Range<Int64>, of descriptor: Int32, as key: String, _ description: S3Description, _ condition: PutCondition
    ) async throws(ObjectStoreError) -> PutOutcome {
        try await S3Upload(
            bucket: self, key: key, description: description, condition: condition, descriptor: descriptor, range: range
        ).run()
    }
}
