import PythonPackaging

enum Samples {
    static let linux = MarkerEnvironment(
        implementationName: "cpython", implementationVersion: "3.12.4", osName: "posix", platformMachine: "x86_64",
        platformPythonImplementation: "CPython", platformRelease: "6.1", platformSystem: "Linux", platformVersion: "#1",
        pythonFullVersion: "3.12.4", pythonVersion: "3.12", sysPlatform: "linux")
}
