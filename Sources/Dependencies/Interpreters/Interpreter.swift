public import PythonPackaging
public import SystemPackage

/// A Python of this machine, described by itself.
public struct Interpreter: Sendable, Hashable {
    /// The file to run: as it was named or found; in a virtual environment the one of that environment.
    public let executable: FilePath
    /// The real binary behind `executable`, outside of any virtual environment: what new environments are based on.
    public let baseExecutable: FilePath
    /// The virtual environment that `executable` belongs to.
    public let virtualEnvironment: FilePath?
    public let version: Version
    /// Lower-case name, as in `sys.implementation.name`.
    public let implementation: String
    /// Built without the global interpreter lock (PEP 703).
    public let isFreeThreaded: Bool
    /// Built for debugging, with another binary interface.
    public let isDebugBuild: Bool
    public let platform: PythonPlatform
    /// The eleven variables of PEP 508.
    public let markerEnvironment: MarkerEnvironment
    /// Where an environment based on this interpreter has its files.
    public let layout: EnvironmentLayout
    let answers: Description

    public var isVirtualEnvironment: Bool { virtualEnvironment != nil }

    /// The installation's own prefix, whether or not `executable` is in a virtual environment.
    public var prefix: FilePath { FilePath(answers["prefix"]) }

    /// The folder of the standard library.
    public var standardLibrary: FilePath { FilePath(answers["standard-library"]) }

    /// `sys.abiflags`; empty on most.
    public var abiFlags: String { answers["abi-flags"] }

    /// Stands for everything about this interpreter that an environment depends on: one with another identity needs
    /// an environment of its own. Names files of this machine.
    public var identity: String {
        [
            implementation, answers["full-version"], answers["soabi"], isFreeThreaded ? "t" : "",
            isDebugBuild ? "d" : "", answers["platform"], answers["libc"], answers["pointer-bits"],
            layout.pureLibrary, layout.platformLibrary, layout.scripts, baseExecutable.string,
        ].joined(separator: "\n")
    }
}

/// Where the files of an environment stand, relative to its root.
public struct EnvironmentLayout: Sendable, Hashable {
    /// Pure Python modules: `lib/python3.11/site-packages`.
    public let pureLibrary: String
    /// Modules with machine code; the same folder on most systems.
    public let platformLibrary: String
    /// `bin`.
    public let scripts: String
    /// C headers; each project has a folder of its own in it: `include/site/python3.11`.
    public let headers: String
    /// A link that stands for `lib` on 64-bit systems other than macOS, as Python's own environments have it.
    public let libraryAlias: String?
}
