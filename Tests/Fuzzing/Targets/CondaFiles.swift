@testable import CondaPackaging
@testable import Lockfiles
import PythonPackaging
@testable import Resolution

// Files around conda environments that come from people and other tools.
extension FuzzTarget {
    static let condaFiles: [FuzzTarget] = [
        FuzzTarget(
            name: "environment-file", seeds: { environmentSeeds },
            words: ["dependencies:\n", "- pip:\n", "- sel(linux): ", "# [not (win or osx)]", "channels:", "platforms: [", "&a", "*a", "? ", "|\n", "'", "\""],
            run: readEnvironmentFile),
        FuzzTarget(
            name: "platform-selector", seeds: { ["linux and not (aarch64 or ppc64le)".seed, "unix or win".seed, "(((osx)))".seed] },
            words: [" and ", " or ", "not ", "osx", "win64", "x86_64", "("], run: readSelector),
        FuzzTarget(
            name: "conda-lock", seeds: { [condaLock.seed] },
            words: ["package:\n", "- name: ", "manager: pip", "platform: linux-64", "hash: {", "sha256: ", "categories: [", "dependencies:\n", "*a", "&a"],
            run: readCondaLock),
        FuzzTarget(
            name: "explicit-lock",
            seeds: { ["# platform: linux-64\n@EXPLICIT\nhttps://host/c/linux-64/a-1-0.conda#00112233445566778899aabbccddeeff\nhttps://host/c/noarch/b-1-0.tar.bz2#00112233445566778899aabbccddeeff".seed] },
            words: ["@EXPLICIT\n", "# platform: ", "/noarch/", "/linux-64/", ".conda#", "sha256:"], run: readExplicitLock),
        FuzzTarget(
            name: "conda-table", seeds: { [condaTable.seed] },
            words: ["[[tool.penstock.conda.packages]]\n", "virtual-packages = [", "targets = [{", "provides = [{", "noarch = \"python\"", "mapping = {", "depends = ["],
            run: readCondaTable),
    ]

    private static let environmentSeeds = [
        """
        name: x
        channels: [conda-forge, nodefaults]
        platforms:
          - linux-64
        dependencies:
          - python=3.11
          - a >=1  # [linux and not aarch64]
          - sel(osx): [b, "c"]
          - pip:
            - d>=1
            - "e" # c
            - |
              f
              g
        variables: {A: 1}
        """.seed,
        "l: &l [a, b]\ndependencies: [{pip: *l}, {? sel(win) : *l}]\n".seed,
    ]

    private static let condaLock = """
        version: 1
        metadata: {platforms: [linux-64]}
        package:
        - name: a
          version: '1'
          manager: conda
          platform: linux-64
          dependencies: {b: '>=1', python: ''}
          url: https://host/c/linux-64/a-1-0.conda
          hash: {md5: 00112233445566778899aabbccddeeff}
          category: main
        - name: w
          version: '1.0'
          manager: pip
          platform: linux-64
          dependencies: {}
          url: https://host/w-1.0-py3-none-any.whl
          hash:
            sha256: 0000000000000000000000000000000000000000000000000000000000000000
          categories: [main, dev]
        """

    private static let condaTable = """
        lock-version = "1.0"
        created-by = "fuzz"
        packages = []

        [tool.penstock]
        requirements = []
        targets = [
            {platform = "linux-x86_64-glibc-2.28", python = "3.12.4"},
        ]

        [tool.penstock.conda]
        requirements = [
            {requirement = "a >=1", askers = ["you"], platforms = ["linux-64"]},
        ]
        channels = ["https://host/c"]
        priority = "flexible"
        platforms = [{subdir = "linux-64", virtual-packages = ["__glibc=2.28"], platform = "linux-x86_64-glibc-2.28", python = "3.12.4"}]
        prefer = "pypi"
        preferences = {numpy = "conda"}
        mapping = {pytorch = ["torch"]}

        [[tool.penstock.conda.packages]]
        name = "a"
        version = "1"
        build = "0"
        build-number = 0
        subdir = "linux-64"
        channel = "https://host/c"
        url = "https://host/c/linux-64/a-1-0.conda"
        hashes = {md5 = "00112233445566778899aabbccddeeff"}
        depends = ["b"]
        provides = [{name = "a", version = "1"}]
        """

    @Sendable private static func readEnvironmentFile(_ bytes: [UInt8]) {
        guard let file = try? EnvironmentFile(bytes.text, file: "environment.yml") else { return }
        for item in file.packages + file.pip + file.channels + file.platforms + file.variables + file.otherKeys {
            holds(item.line >= 1, "'\(item.text)' has no line")
            if let platforms = item.platforms { holds(platforms.isSubset(of: PlatformSelector.all), "'\(item.text)' is for no platform") }
        }
        for item in file.packages { _ = try? MatchSpec(parsing: item.text) }
    }

    @Sendable private static func readSelector(_ bytes: [UInt8]) {
        guard let selector = try? PlatformSelector(parsing: bytes.text) else { return }
        let text = PlatformSelector.marker(of: selector.platforms)
        holds(text.isEmpty || (try? Marker(parsing: text)) != nil, "'\(text)' is no marker")
        guard bytes.count < 150, let other = try? PlatformSelector(parsing: "not (\(bytes.text))") else { return }
        holds(other.platforms == PlatformSelector.all.subtracting(selector.platforms), "'\(bytes.text)' and its contrary go together")
    }

    @Sendable private static func readCondaLock(_ bytes: [UInt8]) {
        guard let file = try? CondaLockFile(parsing: bytes.text, file: "conda-lock.yml") else { return }
        for platform in file.platforms {
            guard let lock = try? file.lock(for: platform, categories: Set(file.categories)) else { continue }
            comesBack(lock)
        }
    }

    @Sendable private static func readExplicitLock(_ bytes: [UInt8]) {
        guard let list = try? ExplicitList(parsing: bytes.text), let lock = try? PyLock(list, file: "list") else { return }
        comesBack(lock)
        _ = try? lock.explicitList(for: nil, file: "lock")
        _ = try? lock.environmentText(for: nil, file: "lock")
    }

    @Sendable private static func readCondaTable(_ bytes: [UInt8]) {
        guard let lock = try? PyLock(parsing: bytes.text, file: "pylock.toml") else { return }
        _ = (lock.digest, lock.pythonDigest, LockGraph(lock).roots)
        comesBack(lock)
    }

    /// What is written of a lock is read again, and written the same.
    private static func comesBack(_ lock: PyLock) {
        guard let again = try? PyLock(parsing: lock.text, file: "pylock.toml") else { return holds(false, "the lock is not read again:\n\(lock.text)") }
        holds(again.text == lock.text, "the lock is written another way:\n\(lock.text)\n\(again.text)")
    }
}
