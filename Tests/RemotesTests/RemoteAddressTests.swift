import ObjectStores
import Remotes
import Testing

@Suite struct RemoteAddressTests {
    @Test(arguments: [
        ("file:///srv/runs", "file:///srv/runs"), ("file:/srv/runs/", "file:///srv/runs"),
        ("file://localhost/a%20b", "file:///a%20b"), ("FILE:///x/../y", "file:///y"), ("s3://bucket", "s3://bucket"),
        ("s3://bucket/", "s3://bucket"), ("s3://bucket/a/b/", "s3://bucket/a/b"), ("s3://bucket//a", "s3://bucket/a"),
        ("s3a://bucket/a", "s3://bucket/a"),
    ])
    func addressesHaveOneSpelling(text: String, canonical: String) throws {
        #expect(RemoteAddress.isAddress(text))
        #expect(try RemoteAddress(parsing: text).description == canonical)
    }

    @Test(arguments: ["s3://", "s3:bucket", "s3:///a", "s3://user@bucket/a", "gs://bucket", "file:relative", "file://host/a", "://"])
    func whatIsNoAddressIsRefused(text: String) {
        #expect(throws: ObjectStoreError.self) { try RemoteAddress(parsing: text) }
    }

    @Test(arguments: ["/srv/runs", "runs", "./a:b", "s3"])
    func pathsAreNoAddresses(text: String) {
        #expect(!RemoteAddress.isAddress(text))
    }
}
