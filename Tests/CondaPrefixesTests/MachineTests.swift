import CondaPackaging
import SystemPackage
import TestSupport
import Testing

import CondaPrefixes

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite struct MachineTests {
    private static func script(in folder: TemporaryFolder, _ text: String) throws {
        let path = try folder.write("nvidia-smi", Array(text.utf8))
        #expect(chmod(path.string, 0o755) == 0)
    }

    /// Whatever machine this is, it has a platform of conda, a processor, and a C library or macOS.
    @Test func thisOne() async throws {
        let facts = await SystemFacts.ofThisMachine(environment: [:])
        let subdir = try #require(Subdir.ofThisMachine)
        let names = facts.virtualPackages(on: subdir).map(\.name.description)
        #expect(names.contains("__archspec") && names.contains("__unix"))
        #expect(subdir.isLinux ? facts.linux != nil : facts.macOS != nil)
        #expect(facts.microarchitecture != nil)
        #if canImport(Glibc)
        #expect(try #require(facts.glibc) >= CondaVersion(parsing: "2.17"))
        #endif
    }

    @Test(arguments: [
        ("6.1.0-18-amd64", "6.1.0"), ("5.15.167.4-microsoft-standard-WSL2", "5.15.167.4"), ("6.18.44-fc-v657", "6.18.44"),
        ("4.18.0-553.el8_10.x86_64", "4.18.0"), ("6.8", "6.8"), ("rc1", nil),
    ] as [(String, String?)])
    func kernels(release: String, version: String?) { #expect(MachineText.upstream(release: release) == version) }

    @Test func macOS() {
        let text = "<dict><key>ProductName</key><string>macOS</string>\n<key>ProductVersion</key>\n\t<string>14.5.1</string></dict>"
        #expect(MachineText.macOSVersion(inPropertyList: text) == "14.5")
        #expect(MachineText.macOSVersion(inPropertyList: "<dict/>") == nil)
    }

    @Test(arguments: [(12040, "12.4"), (11080, "11.8"), (13000, "13.0"), (0, nil)] as [(Int32, String?)])
    func cudaNumbers(number: Int32, version: String?) { #expect(CudaDriver.version(ofNumber: number) == version) }

    @Test func noDriver() {
        var driver = CudaDriver()
        driver.traces = ["/nowhere/version"]
        #expect(driver.version == nil)
        // What can be loaded, and is no driver.
        (driver.traces, driver.libraries) = (["/"], ["libnothing-of-that-name.so.1", "libm.so.6"])
        #expect(driver.version == nil)
    }

    @Test(arguments: [
        ("8.6\n7.5\n", "7.5"), ("10.0\n9.0\n", "9.0"), ("8.10\n8.9", "8.9"), ("[N/A]\n8.0", "8.0"), ("No devices were found", nil), ("", nil),
    ] as [(String, String?)])
    func devices(said: String, least: String?) { #expect(CudaDevices.least(of: said) == least) }

    @Test func theDriversProgramIsRun() async throws {
        let folder = try TemporaryFolder()
        try Self.script(in: folder, "#!/bin/sh\ntest \"$1\" = --query-gpu=compute_cap && printf '8.9\\n8.6\\n'\n")
        #expect(await CudaDevices(environment: ["PATH": folder.path.string]).leastCapability == "8.6")
        #expect(await CudaDevices(environment: ["PATH": "relative:/nowhere"]).leastCapability == nil)
        try Self.script(in: folder, "#!/bin/sh\nexit 9\n")
        #expect(await CudaDevices(environment: ["PATH": folder.path.string]).leastCapability == nil)
    }

    @Test func aProgramThatHangsIsLeftAlone() async throws {
        let folder = try TemporaryFolder()
        try Self.script(in: folder, "#!/bin/sh\nexec sleep 1000\n")
        var devices = CudaDevices(environment: ["PATH": folder.path.string])
        devices.patience = .milliseconds(50)
        #expect(await devices.leastCapability == nil)
    }
}
