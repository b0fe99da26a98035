@testable import PythonPackaging

extension FuzzTarget {
    static let markers: [FuzzTarget] = [
        FuzzTarget(
            name: "marker",
            seeds: { ["python_version >= '3.8' and (os_name == 'nt' or extra == \"x\")".seed, "'linux' in sys_platform".seed, "'x' not in extras".seed] },
            words: ["python_full_version", "platform_machine", "implementation_version", "dependency_groups", " not in ", "=== ", "~="],
            run: readMarker)
    ]

    private static let environment = MarkerEnvironment(
        implementationName: "cpython", implementationVersion: "3.11.4", osName: "posix", platformMachine: "x86_64",
        platformPythonImplementation: "CPython", platformRelease: "6.1", platformSystem: "Linux", platformVersion: "#1",
        pythonFullVersion: "3.11.4", pythonVersion: "3.11", sysPlatform: "linux")

    /// A marker, its text and its reductions mean the same.
    @Sendable private static func readMarker(_ bytes: [UInt8]) {
        guard let marker = try? Marker(parsing: bytes.text) else { return }
        let again = try? Marker(parsing: marker.description)
        holds(again == marker, "'\(marker)' does not come back")
        let truth = marker.evaluate(in: environment)
        holds(again?.evaluate(in: environment) == truth, "'\(marker)' means something else when it is read again")
        if truth { holds(marker.isTrueSomewhere(extras: []), "'\(marker)' is true here and nowhere") }
        _ = marker.mentionsExtras
    }
}
