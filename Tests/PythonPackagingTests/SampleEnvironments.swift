import PythonPackaging

extension MarkerEnvironment {
    /// CPython 3.12 on Linux.
    static let linux = MarkerEnvironment(
        implementationName: "cpython", implementationVersion: "3.12.4", osName: "posix", platformMachine: "x86_64",
        platformPythonImplementation: "CPython", platformRelease: "6.1.0-18-amd64", platformSystem: "Linux",
        platformVersion: "#1 SMP", pythonFullVersion: "3.12.4", pythonVersion: "3.12", sysPlatform: "linux")

    /// PyPy 3.10 on Windows, from an untagged build.
    static let windows = MarkerEnvironment(
        implementationName: "pypy", implementationVersion: "7.3.15", osName: "nt", platformMachine: "AMD64",
        platformPythonImplementation: "PyPy", platformRelease: "10", platformSystem: "Windows",
        platformVersion: "10.0.19045", pythonFullVersion: "3.10.13+", pythonVersion: "3.10", sysPlatform: "win32")
}
