import ObjectStores
import SystemPackage
import TestSupport
import Testing

@Suite struct S3SettingsTests {
    private func place(
        _ environment: [String: String], bucket: String = "bucket", key: String = "a b", region: String? = nil
    ) throws -> String {
        let settings = try S3Settings(environment: environment)
        let place = S3Endpoint(settings: settings).place(bucket: bucket, key: key, region: region ?? settings.region)
        return place.origin + place.path
    }

    @Test(arguments: [
        ([:], "bucket", "https://bucket.s3.us-east-1.amazonaws.com/a%20b"),
        (["AWS_REGION": "eu-west-1"], "bucket", "https://bucket.s3.eu-west-1.amazonaws.com/a%20b"),
        (["AWS_DEFAULT_REGION": "cn-north-1"], "bucket", "https://bucket.s3.cn-north-1.amazonaws.com.cn/a%20b"),
        ([:], "with.dots", "https://s3.us-east-1.amazonaws.com/with.dots/a%20b"),
        (["AWS_S3_ADDRESSING_STYLE": "path"], "bucket", "https://s3.us-east-1.amazonaws.com/bucket/a%20b"),
        (["AWS_ENDPOINT_URL": "http://host.example:9000"], "bucket", "http://host.example:9000/bucket/a%20b"),
        (["AWS_ENDPOINT_URL": "http://one.example", "AWS_ENDPOINT_URL_S3": "https://two.example/base/"], "b-1", "https://two.example/base/b-1/a%20b"),
        (["METAFLOW_S3_ENDPOINT_URL": "http://three.example", "AWS_ENDPOINT_URL_S3": "https://two.example"], "b-1", "http://three.example/b-1/a%20b"),
        (["AWS_ENDPOINT_URL": "http://host.example", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"], "bucket", "https://bucket.s3.us-east-1.amazonaws.com/a%20b"),
        (["AWS_ENDPOINT_URL": "http://host.example", "AWS_S3_ADDRESSING_STYLE": "virtual"], "bucket", "http://bucket.host.example/a%20b"),
        (["AWS_ENDPOINT_URL": "http://[::1]:81"], "bucket", "http://[::1]:81/bucket/a%20b"),
    ])
    func whereObjectsAre(_ environment: [String: String], _ bucket: String, _ url: String) throws {
        #expect(try place(environment, bucket: bucket) == url)
    }

    @Test func aProfileSaysMore() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("config", Array("""
            [default]
            region = eu-north-1
            [profile lab]
            region=eu-west-3
            services = lab-services
            s3 =
                addressing_style = path
            ; a comment
            [services lab-services]
            s3 =
              endpoint_url = http://lab.example:8080
            """.utf8))
        let environment = ["AWS_CONFIG_FILE": file.string, "HOME": folder.path.string]
        #expect(try place(environment) == "https://bucket.s3.eu-north-1.amazonaws.com/a%20b")
        #expect(try place(environment.merging(["AWS_PROFILE": "lab"]) { $1 }) == "http://lab.example:8080/bucket/a%20b")
        #expect(try S3Settings(environment: environment.merging(["AWS_PROFILE": "lab"]) { $1 }).region == "eu-west-3")
    }

    @Test(arguments: ["ftp://host", "nonsense", "http://user:secret@host"])
    func whatIsNoEndpoint(_ url: String) throws {
        let error = try #require(throws: ObjectStoreError.self) { try S3Settings(environment: ["AWS_ENDPOINT_URL": url]) }
        #expect(!"\(error.diagnostic)".contains("secret"))
    }

    @Test(arguments: [
        ("s3://bucket", "bucket", ""), ("s3://bucket/", "bucket", ""), ("s3://bucket/a//b/", "bucket", "a/b"), ("S3://my.bucket/x y", "my.bucket", "x y"),
    ])
    func addresses(_ text: String, _ bucket: String, _ prefix: String) throws {
        let address = try S3Address(parsing: text)
        #expect(address.bucket == bucket)
        #expect(address.prefix == prefix)
        #expect(address.name("key") == (prefix.isEmpty ? "key" : "\(prefix)/key"))
    }

    @Test(arguments: ["bucket/a", "s3:/bucket", "s3://", "s3://ab", "s3://a b c", "s3://user:secret@bucket/x", "s3://bucket/../x", "file:///x"])
    func whatIsNoAddress(_ text: String) throws {
        let error = try #require(throws: ObjectStoreError.self) { try S3Address(parsing: text) }
        #expect(!"\(error.diagnostic)".contains("secret"))
    }
}
