@testable import PythonPackaging

extension FuzzTarget {
    static let packaging: [FuzzTarget] = [
        FuzzTarget(name: "version", seeds: { ["1!2.0rc1.post2.dev3+abc.1".seed, "1.0\n1.0.0\n2a1\n2.dev0".seed] }, words: ["rc", "post", "dev", "preview"], run: readVersions),
        FuzzTarget(name: "specifier", seeds: { [">=1.0,!=1.5.*,<2".seed, "~=1.4.2".seed, "===any".seed] }, words: ["~=", "===", "!=", ".*"], run: readSpecifiers),
        FuzzTarget(name: "requirement", seeds: { requirementSeeds }, words: ["extra", " @ ", "; ", "git+https://", "#egg="], run: readRequirement),
        FuzzTarget(name: "wheel-filename", seeds: { ["a_b-1.0+x-2b-py2.py3-none-manylinux_2_17_x86_64.any.whl".seed] }, words: [".whl", "py3-none-any"], run: readWheelFilename),
        FuzzTarget(name: "sdist-filename", seeds: { ["a-b-1.0.tar.gz".seed, "a-1.zip".seed] }, words: [".tar.gz"], run: readSdistFilename),
        FuzzTarget(name: "platform-name", seeds: { ["manylinux_2_17_x86_64".seed, "macosx_11_0_arm64".seed, "linux-x86_64".seed] }) {
            guard let name = try? PlatformName(parsing: $0.text) else { return }
            holds((try? PlatformName(parsing: name.description)) == name, "'\(name)' does not come back")
        },
        FuzzTarget(name: "target-python", seeds: { ["3.11@linux-x86_64".seed, "3.13t".seed] }) {
            guard let python = try? TargetPython(parsing: $0.text) else { return }
            holds((try? TargetPython(parsing: python.description)) == python, "'\(python)' does not come back")
        },
    ]

    private static let requirementSeeds = [
        "name[x,y]>=1.0,<2; python_version < '3.9' and sys_platform == \"linux\"".seed,
        "pip @ https://host/pip-1.0-py3-none-any.whl#sha256=00 ; os_name == 'nt'".seed, "a (>=1)".seed,
        "git+ssh://git@host/p.git@main#subdirectory=x&egg=a".seed, "./folder[x]".seed,
    ]

    @Sendable private static func readVersions(_ bytes: [UInt8]) {
        let versions = bytes.parts(by: 0x0a).prefix(8).compactMap { try? Version(parsing: $0.text) }
        for version in versions {
            let again = try? Version(parsing: version.description)
            holds(again == version && again?.description == version.description, "'\(version)' does not come back")
            holds(version.hashValue == again?.hashValue, "'\(version)' has two hashes")
        }
        for one in versions {
            for other in versions {
                holds((one < other) == (other > one) && !(one < other && other < one), "'\(one)' and '\(other)' have no order")
                holds((one == other) == (!(one < other) && !(other < one)), "'\(one)' and '\(other)' are neither equal nor not")
                for third in versions where one < other && other < third { holds(one < third, "'\(one)' '\(other)' '\(third)'") }
            }
        }
    }

    @Sendable private static func readSpecifiers(_ bytes: [UInt8]) {
        let parts = bytes.parts(by: 0x0a)
        guard let set = try? SpecifierSet(parsing: parts[0].text) else { return }
        holds((try? SpecifierSet(parsing: set.description)) == set, "'\(set)' does not come back")
        for text in parts.dropFirst().prefix(4) {
            guard let version = try? Version(parsing: text.text) else { continue }
            _ = set.contains(text: version.description)
        }
    }

    @Sendable private static func readRequirement(_ bytes: [UInt8]) {
        if let requirement = try? Requirement(parsing: bytes.text) {
            let again = try? Requirement(parsing: requirement.description)
            holds(again == requirement, "'\(requirement)' does not come back")
        }
        _ = try? DirectReference(parsing: bytes.text)
        _ = DirectReference.redacting(bytes.text)
    }

    @Sendable private static func readWheelFilename(_ bytes: [UInt8]) {
        guard let name = try? WheelFilename(parsing: bytes.text) else { return }
        holds(!name.description.contains("/") && !name.description.utf8.contains(0), "a name with folders")
        holds((try? WheelFilename(parsing: name.description)) == name, "'\(name)' does not come back")
        if name.pythons.count * name.abis.count * name.platforms.count < 1000 { _ = name.tags }
    }

    @Sendable private static func readSdistFilename(_ bytes: [UInt8]) {
        guard let name = try? SdistFilename(parsing: bytes.text) else { return }
        // It may have a slash in it, as in pip's library; a page's file of such a name is passed over.
        holds((try? SdistFilename(parsing: name.description)) == name, "'\(name)' does not come back")
    }
}
