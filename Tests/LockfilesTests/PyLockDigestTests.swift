import Digests
import Lockfiles
import PythonPackaging
import Testing

@Suite struct PyLockDigestTests {
    /// What does not change the environment does not change the digest.
    @Test func isOfWhatIsInstalled() throws {
        let lock = try SampleLocks.plain()
        var told = lock
        told.origin = nil
        told.createdBy = "another tool"
        told.environments = []
        told.requiresPython = nil
        told.packages.reverse()
        for position in told.packages.indices {
            told.packages[position].index = nil
            told.packages[position].dependencies = []
            told.packages[position].source = .distributions(
                sdist: nil,
                wheels: told.packages[position].wheels.map {
                    LockedWheel(filename: $0.filename, url: "https://mirror.example/\($0.filename)", sha256: $0.sha256)
                })
        }
        #expect(told.digest == lock.digest)
    }

    @Test func changesWithTheContent() throws {
        let lock = try SampleLocks.plain()
        var digests: Set = [lock.digest]
        func note(_ change: (inout PyLock) throws -> Void) throws {
            var changed = lock
            try change(&changed)
            #expect(digests.insert(changed.digest).inserted)
        }
        try note { $0.packages.removeLast() }
        try note { $0.packages[0].version = try Version(parsing: "25.1.1") }
        try note { $0.packages[0].marker = try Marker(parsing: "os_name == 'nt'") }
        try note {
            $0.packages[0].source = .distributions(
                sdist: nil, wheels: [SampleLocks.wheel("attrs-25.1.0-py3-none-any.whl", content: "x")])
        }
        try note { $0.packages[0].source = .directory(LockedDirectory(path: "x")) }
        try note { $0.packages.append($0.packages[0]) }
    }

    /// Environments on people's disks are found by it: it must never change.
    @Test func isStable() throws {
        #expect(PyLock(packages: []).digest == SHA256Digest(hashing: "lock content 1\n"))
        let content = """
            lock content 1
            package "attrs" "25.1" -
            wheel "attrs-25.1.0-py3-none-any.whl" "\(SHA256Digest(hashing: "attrs-25.1.0-py3-none-any.whl"))"
            package "cattrs" "24.1.2" -
            wheel "cattrs-24.1.2-py3-none-any.whl" "\(SHA256Digest(hashing: "cattrs-24.1.2-py3-none-any.whl"))"

            """
        #expect(try SampleLocks.plain().digest == SHA256Digest(hashing: content))
    }
}
