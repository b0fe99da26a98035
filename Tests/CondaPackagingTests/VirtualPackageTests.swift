import CondaPackaging
import Testing

@Suite struct VirtualPackageTests {
    private static func facts() throws -> SystemFacts {
        var facts = SystemFacts()
        facts.glibc = try CondaVersion(parsing: "2.36")
        facts.linux = try CondaVersion(parsing: "6.1.0")
        return facts
    }

    @Test func onLinux() throws {
        let packages = try Self.facts().virtualPackages(on: .linux64).map(\.description)
        #expect(packages == ["__archspec=1=x86_64", "__glibc=2.36=0", "__linux=6.1.0=0", "__unix=0=0"])
    }

    @Test(arguments: [
        (Subdir.osxARM64, ["__archspec=1=aarch64", "__osx=0=0", "__unix=0=0"]), (.win64, ["__archspec=1=x86_64", "__win=0=0"]),
        (.linuxAArch64, ["__archspec=1=aarch64", "__linux=0=0", "__unix=0=0"]),
        (.linuxPPC64LE, ["__archspec=1=ppc64le", "__linux=0=0", "__unix=0=0"]),
    ])
    func ofAnotherPlatform(subdir: Subdir, expected: [String]) {
        #expect(SystemFacts().virtualPackages(on: subdir).map(\.description) == expected)
    }

    @Test func graphics() throws {
        var facts = try Self.facts()
        facts.cudaArchitecture = try CondaVersion(parsing: "8.6")
        #expect(!facts.virtualPackages(on: .linux64).contains { $0.name.description == "__cuda_arch" })
        facts.cuda = try CondaVersion(parsing: "12.4")
        let names = facts.virtualPackages(on: .linux64).map(\.name.description)
        #expect(names == ["__archspec", "__cuda", "__cuda_arch", "__glibc", "__linux", "__unix"])
    }

    @Test func overrides() throws {
        var facts = try Self.facts()
        try facts.apply(overridesIn: [
            "CONDA_OVERRIDE_GLIBC": "2.17", "CONDA_OVERRIDE_CUDA": "12.1", "CONDA_OVERRIDE_ARCHSPEC": "zen3",
            "CONDA_OVERRIDE_UNIX": "7",
            "CONDA_OVERRIDE_LINUX": "",
        ])
        let packages = facts.virtualPackages(on: .linux64).map(\.description)
        #expect(packages == ["__archspec=1=zen3", "__cuda=12.1=0", "__glibc=2.17=0", "__linux=0=0", "__unix=0=0"])
        try facts.apply(overridesIn: ["CONDA_OVERRIDE_GLIBC": "", "CONDA_OVERRIDE_CUDA": ""])
        #expect(facts.glibc == nil && facts.cuda == nil)
        try facts.apply(overridesIn: ["CONDA_OVERRIDE_ARCHSPEC": ""])
        #expect(facts.virtualPackages(on: .linux64).map(\.description) == ["__linux=0=0", "__unix=0=0"])
    }

    @Test(arguments: [("CONDA_OVERRIDE_GLIBC", "2..17"), ("CONDA_OVERRIDE_ARCHSPEC", "a b"), ("CONDA_OVERRIDE_CUDA", "1 2")])
    func refusedOverrides(variable: String, value: String) throws {
        var facts = SystemFacts()
        let error = #expect(throws: VirtualPackageOverrideError.self) { try facts.apply(overridesIn: [variable: value]) }
        #expect(error?.variable == variable && error?.value == value)
    }

    @Test(arguments: [
        ("__glibc", "__glibc=0=0"), ("__glibc=2.28", "__glibc=2.28=0"), ("__archspec=1=x86_64_v3", "__archspec=1=x86_64_v3"),
    ])
    func written(text: String, normal: String) throws {
        let package = try VirtualPackage(parsing: text)
        #expect(package.description == normal)
        #expect(try MatchSpec(parsing: "\(package.name) >=\(package.version)").matches(package))
        #expect(try !MatchSpec(parsing: "\(package.name) >2.28").matches(package))
    }

    @Test(arguments: ["", "glibc=2", "__glibc=", "__glibc=2=", "__glibc=2=0=1", "__glibc 2"])
    func refused(text: String) {
        #expect(throws: VirtualPackageError.self) { try VirtualPackage(parsing: text) }
    }
}
