@testable import Lockfiles
@testable import TOMLDocuments

extension FuzzTarget {
    static let documents: [FuzzTarget] = [
        FuzzTarget(name: "toml", seeds: { tomlSeeds }, words: ["[[", "]]", "\"\"\"", "'''", " = ", "\\u", "inf", "1979-05-27T07:32:00Z"]) {
            _ = try? TOMLDocument.read($0.text)
        },
        FuzzTarget(name: "pylock", seeds: { [pylock.seed] }, words: ["[[packages]]\n", "[tool.penstock]\n", "hashes", "marker = ", "wheels = [", "[packages.vcs]\n"], run: readPyLock),
        FuzzTarget(name: "uv-lock", seeds: { [uvLock.seed] }, words: ["[[package]]\n", "source = ", "dependencies = [", "resolution-markers = [", "[package.metadata]\n"]) {
            _ = try? UVLock(parsing: $0.text, file: "uv.lock")
        },
        FuzzTarget(name: "time", seeds: { ["2024-02-29T23:59:59.5Z".seed, "1979-05-27 07:32:00-08:00".seed] }) {
            _ = UTCTime(parsing: $0.text)
        },
    ]

    private static let tomlSeeds = [
        "a.b = 1 # c\n[t]\nx = [1, 2.5, 'l', \"b\\u00e9\", true, 1979-05-27T07:32:00Z]\n[[e]]\ny = {z = 0x1f, w = \"\"\"\nq\"\"\"}\n".seed,
        "\"quoted key\" = '''raw'''\nd = 07:32:00.5\nn = -inf\n".seed,
    ]
    private static let pylock = """
        lock-version = "1.0"
        created-by = "fuzz"
        requires-python = ">=3.8"
        environments = ["sys_platform == 'linux'"]

        [[packages]]
        name = "a"
        version = "1.0"
        marker = "os_name == 'posix'"
        dependencies = [{name = "b"}]
        wheels = [{name = "a-1.0-py3-none-any.whl", url = "https://h/a-1.0-py3-none-any.whl", size = 3, \
        hashes = {sha256 = "0000000000000000000000000000000000000000000000000000000000000000"}}]

        [[packages]]
        name = "b"
        vcs = {type = "git", url = "https://h/b", commit-id = "0123456789012345678901234567890123456789"}

        [tool.penstock]
        requirements = ["a"]
        """
    private static let uvLock = """
        version = 1
        requires-python = ">=3.8"

        [[package]]
        name = "p"
        version = "0.1.0"
        source = { editable = "." }
        dependencies = [{ name = "a", marker = "os_name == 'nt'", extra = ["x"] }]

        [[package]]
        name = "a"
        version = "1.0"
        source = { registry = "https://h/simple" }
        wheels = [{ url = "https://h/a-1.0-py3-none-any.whl", hash = "sha256:00", size = 1 }]
        """

    @Sendable private static func readPyLock(_ bytes: [UInt8]) {
        guard let lock = try? PyLock(parsing: bytes, file: "pylock.toml") else { return }
        let text = lock.text
        guard let again = try? PyLock(parsing: text, file: "pylock.toml") else { fatalError("a lock cannot be read again:\n\(text)") }
        holds(again.text == text, "a lock is written in two ways")
    }
}
