import Diagnostics
import Interpreters
import SystemPackage
import Testing
import TestSupport

@Suite("Where Pythons are fetched from")
struct FetchSettingsTests {
    struct Source: CustomStringConvertible, Sendable {
        var variables: [String: String]
        var lists: [String]
        var mirror: String?
        var origin: String
        var description: String { "\(variables)" }
    }

    static let sources: [Source] = [
        Source(
            variables: ["PENSTOCK_PYTHON_MIRROR": "https://mirror.example/pythons/"],
            lists: ["https://mirror.example/pythons/SHA256SUMS"], origin: "PENSTOCK_PYTHON_MIRROR"),
        Source(
            variables: ["PENSTOCK_PYTHON_MIRROR": "https://mirror.example/pythons", "PENSTOCK_PYTHON_RELEASE": "20241016"],
            lists: ["https://mirror.example/pythons/20241016/SHA256SUMS"], origin: "PENSTOCK_PYTHON_MIRROR"),
        Source(
            variables: ["PENSTOCK_PYTHON_MIRROR": "https://mirror.example/20241016", "PENSTOCK_PYTHON_RELEASE": "20241016"],
            lists: ["https://mirror.example/20241016/SHA256SUMS"], origin: "PENSTOCK_PYTHON_MIRROR"),
        Source(
            variables: ["PENSTOCK_PYTHON_MIRROR": "/no where/pythons"], lists: ["file:///no%20where/pythons/SHA256SUMS"],
            origin: "PENSTOCK_PYTHON_MIRROR"),
        Source(
            variables: ["UV_PYTHON_INSTALL_MIRROR": "file:///srv/uv", "PENSTOCK_PYTHON_MIRROR": ""],
            lists: ["file:///srv/uv/SHA256SUMS"], origin: "UV_PYTHON_INSTALL_MIRROR"),
        Source(
            variables: ["PENSTOCK_PYTHON_MANIFEST": "/srv/pythons.json", "PENSTOCK_PYTHON_MIRROR": "https://mirror.example"],
            lists: ["file:///srv/pythons.json"], mirror: "https://mirror.example", origin: "PENSTOCK_PYTHON_MANIFEST"),
        Source(
            variables: [
                "UV_PYTHON_DOWNLOADS_JSON_URL": "https://lists.example/uv.json", "UV_PYTHON_INSTALL_MIRROR": "https://uv.example/x/",
            ], lists: ["https://lists.example/uv.json"], mirror: "https://uv.example/x", origin: "UV_PYTHON_DOWNLOADS_JSON_URL"),
        Source(
            variables: ["PENSTOCK_PYTHON_MIRROR": "https://own.example", "UV_PYTHON_INSTALL_MIRROR": "https://uv.example"],
            lists: ["https://own.example/SHA256SUMS"], origin: "PENSTOCK_PYTHON_MIRROR"),
        Source(variables: [:], lists: [FetchSettings.publicReleases + "/latest/download/SHA256SUMS"], origin: "the built-in default"),
        Source(
            variables: ["PENSTOCK_PYTHON_RELEASE": "20241016"],
            lists: [FetchSettings.publicReleases + "/download/20241016/SHA256SUMS"], origin: "the built-in default"),
    ]

    @Test("The first that is set counts", arguments: sources)
    func source(_ row: Source) throws {
        let source = try FetchSettings(environment: row.variables).source
        #expect(source.lists == row.lists)
        #expect(source.mirror == row.mirror)
        #expect(source.origin == row.origin)
        #expect(source.isDefault == (row.origin == "the built-in default"))
    }

    @Test("Of a folder of releases the newest is taken")
    func folder() throws {
        let folder = try TemporaryFolder()
        for release in ["20230101", "20241016", "notes"] { _ = try folder.write(folders: "\(release)/SHA256SUMS", [1]) }
        _ = try folder.write(folders: "20250101/empty", [])
        let source = try FetchSettings(environment: ["PENSTOCK_PYTHON_MIRROR": folder.path.string]).source
        #expect(source.lists.last?.hasSuffix("/20241016/SHA256SUMS") == true)
    }

    @Test("Words and addresses that mean nothing are refused with their variable", arguments: [
        ("PENSTOCK_PYTHON_FETCH", "sometimes"), ("PENSTOCK_PYTHON_MIRROR", "ftp://host.example/x"),
        ("PENSTOCK_PYTHON_MANIFEST", "file://other-host/x"), ("UV_PYTHON_INSTALL_MIRROR", "https://"),
    ])
    func refused(variable: String, value: String) throws {
        let settings = FetchSettings(environment: [variable: value])
        let error = #expect(throws: PythonFetchError.self) {
            _ = try settings.policy
            _ = try settings.source
        }
        #expect(error?.diagnostic.headline.hasPrefix("\(variable) is '\(value)', ") == true)
    }

    @Test("Policies", arguments: [(nil, FetchPolicy.missing), ("", .missing), ("never", .never), ("Always", .always)] as [(String?, FetchPolicy)])
    func policy(word: String?, policy: FetchPolicy) throws {
        #expect(try FetchSettings(environment: word.map { ["PENSTOCK_PYTHON_FETCH": $0] } ?? [:]).policy == policy)
    }

    @Test("What uv is told counts where nothing is said", arguments: [
        ("never", FetchPolicy.never), ("manual", .manual), ("automatic", .missing), ("", .missing),
    ])
    func policyOfUV(word: String, policy: FetchPolicy) throws {
        #expect(try FetchSettings(environment: ["UV_PYTHON_DOWNLOADS": word]).policy == policy)
        #expect(try FetchSettings(environment: ["UV_PYTHON_DOWNLOADS": word, "PENSTOCK_PYTHON_FETCH": "missing"]).policy == .missing)
    }
}
