import Datastore
import SystemPackage
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite struct StoreLocationTests {
    @Test(arguments: [
        (["PENSTOCK_ROOT": "/data/team"], "/data/team/.penstock"),
        (["METAFLOW_DATASTORE_SYSROOT_LOCAL": "/data/old"], "/data/old/.penstock"),
        (["PENSTOCK_ROOT": "/a", "METAFLOW_DATASTORE_SYSROOT_LOCAL": "/b"], "/a/.penstock"),
        (["PENSTOCK_ROOT": "runs/x"], "/nowhere/at/all/runs/x/.penstock"),
        (["PENSTOCK_ROOT": "../x"], "/nowhere/at/x/.penstock"),
        (["PENSTOCK_ROOT": ""], "/nowhere/at/all/.penstock"),
        ([:], "/nowhere/at/all/.penstock"),
    ])
    func variablesComeFirst(environment: [String: String], expected: String) {
        let location = StoreLocation.discover(environment: environment, workingDirectory: "/nowhere/at/all")
        #expect(location.root.string == expected)
    }

    @Test func theNearestFolderUpwardIsFound() throws {
        let folder = TemporaryFolder()
        let deep = folder.path.appending("a").appending("b").appending("c")
        try StoreLocation(root: folder.path.appending("a").appending(".penstock")).prepare()
        mkdir(folder.path.appending("a").appending("b").string, 0o755)
        mkdir(deep.string, 0o755)
        let found = StoreLocation.discover(environment: [:], workingDirectory: deep)
        #expect(found.root == folder.path.appending("a").appending(".penstock"))
        #expect(found.exists)
        try StoreLocation(root: deep.appending(".penstock")).prepare()
        #expect(StoreLocation.discover(environment: [:], workingDirectory: deep).root == deep.appending(".penstock"))
    }

    @Test func aFileOfThatNameIsNoStore() {
        let folder = TemporaryFolder()
        close(open(folder.path.appending(".penstock").string, O_CREAT | O_WRONLY, 0o644))
        let sub = folder.path.appending("sub")
        mkdir(sub.string, 0o755)
        let found = StoreLocation.discover(environment: [:], workingDirectory: sub)
        #expect(found.root == sub.appending(".penstock"))
        #expect(!found.exists)
    }

    @Test func aPlaceThatCannotBeMadeIsNamed() {
        let folder = TemporaryFolder()
        close(open(folder.path.appending("file").string, O_CREAT | O_WRONLY, 0o644))
        let location = StoreLocation(root: folder.path.appending("file").appending(".penstock"))
        #expect { try location.prepare() } throws: { error in
            guard let error = error as? DatastoreError, case .system(_, ENOTDIR) = error.fault else { return false }
            return error.path.hasPrefix(folder.path.string)
        }
    }
}
