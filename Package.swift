// swift-tools-version: 6.1
import PackageDescription

// The map of the house. A room may import only rooms that stand above it here; docs/architecture.md says why.

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

func room(_ name: String, in wing: String, needs: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: needs, path: "Sources/\(wing)/\(name)", swiftSettings: settings)
}

func library(_ name: String, apt: String, brew: String) -> Target {
    .systemLibrary(name: name, path: "Sources/System/\(name)", providers: [.apt([apt]), .brew([brew])])
}

func tests(of name: String, needs: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name)] + needs,
        resources: resources, swiftSettings: settings)
}

let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")

// The release engine is one file that needs glibc and nothing else at run time (docs/architecture.md, decision 9). Only the
// executable is linked so; everything is compiled the same way for it and for the tests. Sources/System/OneFile/README.md
// says how the C libraries come in; lld does not mind the order of the Swift ones.
let oneFile = [
    "-static-stdlib", "-use-ld=lld", "-L", "\(Context.packageDirectory)/Sources/System/OneFile",
    "-l_FoundationICU", "-lCoreFoundation", "-l_FoundationCShims", "-l_FoundationCollections",
    "-Xlinker", "--no-export-dynamic", "-Xlinker", "--icf=safe",
    "-Xlinker", "--no-eh-frame-hdr", "-Xlinker", "-T", "-Xlinker", "\(Context.packageDirectory)/Sources/System/OneFile/no-frames.ld",
    "-Xlinker", "--as-needed", "-Xlinker", "--gc-sections", "-Xlinker", "-s",
]

let package = Package(
    name: "penstock",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        // Ground: what every other room stands on.
        room("Digests", in: "Ground", needs: [.product(name: "Crypto", package: "swift-crypto")]),
        room("Diagnostics", in: "Ground"),
        room("TOMLDocuments", in: "Ground"),

        // System: C libraries of the distribution, and calls that cannot be imported into Swift.
        library("CBzip2", apt: "libbz2-dev", brew: "bzip2"),
        library("CDeflate", apt: "libdeflate-dev", brew: "libdeflate"),
        library("CZstd", apt: "libzstd-dev", brew: "zstd"),
        library("CZlib", apt: "zlib1g-dev", brew: "zlib"),
        .target(name: "CUnixSockets", path: "Sources/System/CUnixSockets"),
        .target(name: "CSQLiteSettings", path: "Sources/System/CSQLiteSettings"),
        .target(name: "CFileNames", path: "Sources/System/CFileNames"),
        .target(name: "CMemorySettings", path: "Sources/System/CMemorySettings"),
        .target(name: "CEmptyICUData", path: "Sources/System/CEmptyICUData"),
        .target(name: "COlderGlibc", path: "Sources/System/COlderGlibc"),

        // Packages: values, no I/O.
        room("PythonPackaging", in: "Packages", needs: ["Digests"]),
        room("CondaPackaging", in: "Packages", needs: ["Digests"]),
        room("PubGrub", in: "Packages"),
        room("CondaSolving", in: "Packages", needs: ["CondaPackaging", "Diagnostics", "Digests", "PubGrub"]),

        // Dependencies: where packages come from and what becomes of them.
        room("Archives", in: "Dependencies", needs: ["CBzip2", "CDeflate", "CZlib", "CZstd", "Diagnostics", "Digests", system]),
        room("PackageSources", in: "Dependencies", needs: [
            "Archives", "Diagnostics", "Digests", "PythonPackaging", "TOMLDocuments", subprocess, system,
            .product(name: "Crypto", package: "swift-crypto"), .product(name: "AsyncHTTPClient", package: "async-http-client"),
            .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
            .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
            .product(name: "NIOFoundationEssentialsCompat", package: "swift-nio"),
        ]),
        room("CondaChannels", in: "Dependencies", needs: [
            "Archives", "CondaPackaging", "Diagnostics", "Digests", "PackageSources", "PythonPackaging", system,
            .product(name: "Yams", package: "Yams"),
        ]),
        room("CondaPrefixes", in: "Dependencies", needs: [
            "Archives", "CFileNames", "CondaPackaging", "Diagnostics", "Digests", "PackageSources", subprocess, system,
            .product(name: "Crypto", package: "swift-crypto"),
        ]),
        room("Lockfiles", in: "Dependencies", needs: [
            "CondaPackaging", "Diagnostics", "Digests", "PythonPackaging", "TOMLDocuments", .product(name: "Yams", package: "Yams"),
        ]),
        room("Resolution", in: "Dependencies", needs: [
            "CondaChannels", "CondaPackaging", "CondaSolving", "Diagnostics", "Digests", "Lockfiles", "PackageSources", "PubGrub",
            "PythonPackaging", "TOMLDocuments", system, .product(name: "Yams", package: "Yams"),
        ]),
        room("Interpreters", in: "Dependencies", needs: ["Archives", "Diagnostics", "Digests", "PackageSources", "PythonPackaging", subprocess, system]),
        room("Environments", in: "Dependencies", needs: [
            "Archives", "CFileNames", "CondaChannels", "CondaPackaging", "CondaPrefixes", "Diagnostics", "Digests", "Interpreters", "Lockfiles",
            "PackageSources", "PythonPackaging", subprocess, system,
            .product(name: "Crypto", package: "swift-crypto"),
        ]),
        room("SourceBuilds", in: "Dependencies", needs: [
            "Archives", "Diagnostics", "Digests", "Environments", "Interpreters", "Lockfiles", "PackageSources", "PythonPackaging",
            "Resolution", "TOMLDocuments", subprocess, system,
        ]),

        room("ChannelPythons", in: "Dependencies", needs: [
            "Archives", "CondaChannels", "CondaPackaging", "CondaPrefixes", "CondaSolving", "Diagnostics", "Digests", "Environments", "Interpreters",
            "Lockfiles", "PackageSources", "PythonPackaging", "Resolution", system,
        ]),

        // Flows: what a person wrote, as data.
        room("FlowModel", in: "Flows", needs: ["Diagnostics"]),
        room("CodePackage", in: "Flows", needs: ["Archives", "Diagnostics", "Digests", "FlowModel", system]),

        // Records: what is kept of a run.
        room("Datastore", in: "Records", needs: ["Archives", "Diagnostics", "Digests", system]),
        room("ObjectStores", in: "Records", needs: [
            "Archives", "Diagnostics", "Digests", "PackageSources", subprocess, system, .product(name: "Crypto", package: "swift-crypto"),
            .product(name: "NIOCore", package: "swift-nio"),
        ]),
        room("Ledger", in: "Records", needs: [
            "CSQLiteSettings", "Datastore", "Diagnostics", "Digests", "FlowModel", system,
            .product(name: "GRDB", package: "GRDB.swift"),
        ]),
        room("Remotes", in: "Records", needs: [
            "Archives", "Datastore", "Diagnostics", "Digests", "FlowModel", "Ledger", "ObjectStores", "PackageSources", system,
        ]),
        room("MetaflowStore", in: "Records", needs: [
            "Archives", "Datastore", "Diagnostics", "FlowModel", "Ledger", system, .product(name: "Crypto", package: "swift-crypto"),
        ]),
        room("StoreCare", in: "Records", needs: [
            "Archives", "Datastore", "Diagnostics", "Digests", "FlowModel", "Ledger", "ObjectStores", "Remotes", system,
        ]),

        // Runs: what happens when a flow runs.
        room("WorkerProtocol", in: "Runs", needs: ["Digests", "FlowModel"]),
        room("Scheduler", in: "Runs", needs: [
            "FlowModel", "Diagnostics", .product(name: "DequeModule", package: "swift-collections"),
        ]),
        room("Executors", in: "Runs", needs: ["CUnixSockets", "FlowModel", "WorkerProtocol"]),
        room("Clusters", in: "Runs", needs: ["Diagnostics", "FlowModel"]),
        room("Slurm", in: "Runs", needs: ["Archives", "Clusters", "Diagnostics", "FlowModel", subprocess, system]),
        room("Kubernetes", in: "Runs", needs: [
            "Archives", "Clusters", "Diagnostics", "Digests", "FlowModel", subprocess, system, .product(name: "Yams", package: "Yams"),
            .product(name: "AsyncHTTPClient", package: "async-http-client"), .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            .product(name: "NIOSSL", package: "swift-nio-ssl"), .product(name: "NIOFoundationEssentialsCompat", package: "swift-nio"),
        ]),
        room("AWSBatch", in: "Runs", needs: [
            "Archives", "Clusters", "Diagnostics", "Digests", "FlowModel", "ObjectStores", "PackageSources", system,
            .product(name: "NIOCore", package: "swift-nio"),
        ]),
        room("Nodes", in: "Runs", needs: [
            "Archives", "Clusters", "Datastore", "Diagnostics", "Digests", "Executors", "FlowModel", "Ledger", "ObjectStores",
            "PackageSources", "PythonPackaging", "Remotes", "WorkerProtocol", system,
        ]),
        room("RunDriver", in: "Runs", needs: [
            "Clusters", "Nodes", "Archives", "ChannelPythons", "CondaChannels", "CondaPackaging", "CondaPrefixes", "CondaSolving", "Datastore", "Diagnostics", "Digests", "Environments", "Executors", "FlowModel", "Interpreters", "Ledger", "Lockfiles",
            "ObjectStores", "PackageSources", "PythonPackaging", "Remotes", "Resolution", "Scheduler", "SourceBuilds", "WorkerProtocol", system,
        ]),

        // Faces: what a person sees.
        room("Commands", in: "Faces", needs: [
            "AWSBatch", "Archives", "CMemorySettings", "Clusters", "Kubernetes", "Nodes", "Slurm", "CUnixSockets", "ChannelPythons", "CodePackage", "CondaChannels", "CondaPackaging", "CondaPrefixes", "CondaSolving", "Datastore", "Diagnostics", "Digests", "Environments", "Executors", "FlowModel",
            "Interpreters", "Ledger", "Lockfiles", "MetaflowStore", "ObjectStores", "PackageSources", "PythonPackaging", "Remotes", "Resolution", "RunDriver", "Scheduler",
            "SourceBuilds", "StoreCare", "WorkerProtocol", system, .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ]),
        .executableTarget(
            name: "penstock", dependencies: ["CEmptyICUData", "COlderGlibc", "Commands"], path: "Sources/Faces/penstock", swiftSettings: settings,
            linkerSettings: [.unsafeFlags(oneFile, .when(platforms: [.linux], configuration: .release))]),

        // What several test targets share.
        .target(name: "TestSupport", dependencies: ["Archives", "Digests", "FlowModel", "PythonPackaging", system,
            .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
            .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
        ], swiftSettings: settings),

        // Tests mirror Sources.
        tests(of: "Digests"),
        tests(of: "TOMLDocuments"),
        tests(of: "MetaflowStore", needs: ["Archives", "Datastore", "FlowModel", "Ledger", system]),
        tests(of: "StoreCare", needs: ["Datastore", "Diagnostics", "Digests", "FlowModel", "Ledger", system]),
        tests(of: "ObjectStores", needs: ["Diagnostics", "Digests", "PackageSources", "TestSupport", system]),
        tests(of: "PythonPackaging", needs: ["Digests"]),
        tests(of: "CondaPackaging", needs: ["Digests"]),
        tests(of: "PubGrub"),
        tests(of: "CondaPrefixes", needs: ["Archives", "CondaPackaging", "Digests", "TestSupport", system]),
        tests(of: "CondaSolving", needs: ["Archives", "CondaPackaging", "Digests", "PubGrub"]),
        tests(of: "Archives", needs: ["Diagnostics", "TestSupport", system]),
        tests(of: "PackageSources", needs: ["Archives", "Diagnostics", "Digests", "PythonPackaging", "TestSupport", system]),
        tests(of: "CondaChannels", needs: [
            "Archives", "CondaPackaging", "Diagnostics", "Digests", "PackageSources", "PythonPackaging", "TestSupport", system,
        ]),
        tests(of: "Lockfiles", needs: ["CondaPackaging", "Diagnostics", "Digests", "PythonPackaging"]),
        tests(of: "Resolution", needs: ["CondaChannels", "CondaPackaging", "CondaSolving", "Diagnostics", "Digests", "Lockfiles", "PackageSources", "PubGrub", "PythonPackaging"]),
        tests(of: "Interpreters", needs: ["Archives", "Diagnostics", "Digests", "PackageSources", "PythonPackaging", "TestSupport", system, subprocess]),
        tests(of: "Environments", needs: [
            "Archives", "Diagnostics", "Digests", "environment-builder", "Interpreters", "Lockfiles", "PackageSources", "PythonPackaging", "TestSupport", system, subprocess,
        ]),
        tests(of: "SourceBuilds", needs: [
            "Archives", "Diagnostics", "Digests", "Environments", "Interpreters", "Lockfiles", "PackageSources", "PythonPackaging",
            "Resolution", "TestSupport", system,
        ]),
        tests(of: "FlowModel", needs: ["Diagnostics", "TestSupport"]),
        tests(of: "CodePackage", needs: ["Archives", "Diagnostics", "Digests", "FlowModel", system]),
        tests(of: "Datastore", needs: ["Archives", "Diagnostics", "Digests", system]),
        tests(of: "Ledger", needs: ["Datastore", "Diagnostics", "Digests", "FlowModel", "store-writer", system]),
        tests(of: "Remotes", needs: ["Datastore", "Diagnostics", "Digests", "FlowModel", "Ledger", "ObjectStores", "TestSupport", system]),
        tests(of: "WorkerProtocol", needs: ["Digests", "FlowModel"], resources: [.copy("Golden")]),
        tests(of: "Scheduler", needs: ["Diagnostics", "FlowModel", "TestSupport"]),
        tests(of: "Executors", needs: ["FlowModel", "WorkerProtocol"]),
        tests(of: "Clusters", needs: ["ClusterContract", "Diagnostics", "FlowModel"]),
        tests(of: "Slurm", needs: ["cluster-probe", "Clusters", "Diagnostics", "FlowModel", "TestSupport", system]),
        tests(of: "Kubernetes", needs: [
            "cluster-probe", "ClusterContract", "Clusters", "Diagnostics", "FlowModel", "TestSupport", system, .product(name: "Yams", package: "Yams"),
        ], resources: [.copy("Golden")]),
        tests(of: "AWSBatch", needs: ["cluster-probe", "ClusterContract", "Clusters", "Diagnostics", "FlowModel", "ObjectStores", "PackageSources", "TestSupport", system]),
        tests(of: "Nodes", needs: [
            "Archives", "Clusters", "Datastore", "Diagnostics", "Digests", "Executors", "FlowModel", "Ledger", "ObjectStores", "Remotes",
            "TestSupport", "WorkerProtocol", subprocess, system,
        ]),

        // How long the solver alone takes; no part of what is shipped.
        .executableTarget(
            name: "solver-benchmark", dependencies: ["PubGrub"], path: "Benchmarks/SolverBenchmark", swiftSettings: settings),

        // How long opening the repodata of a channel takes; no part of what is shipped.
        .executableTarget(
            name: "conda-open", dependencies: ["CondaChannels", "CondaPackaging", "PackageSources", system], path: "Benchmarks/CondaOpen",
            swiftSettings: settings),

        // How long the rooms of conda take alone; no part of what is shipped.
        .executableTarget(
            name: "conda-benchmark",
            dependencies: [
                "Archives", "CondaChannels", "CondaPackaging", "CondaPrefixes", "CondaSolving", "Digests", "PackageSources", system,
            ],
            path: "Benchmarks/CondaBenchmark", swiftSettings: settings),

        // What every executor of a cluster keeps, as rows for their suites, and a cluster of processes.
        .target(name: "ClusterContract", dependencies: ["CUnixSockets", "Clusters", "FlowModel"], path: "Tests/Support/ClusterContract", swiftSettings: settings),

        // Builds an environment in a process of its own, for tests with several and with killed ones.
        .executableTarget(
            name: "environment-builder",
            dependencies: ["Digests", "Environments", "Interpreters", "PackageSources", "PythonPackaging", system],
            path: "Tests/Support/EnvironmentBuilder", swiftSettings: settings),

        // Drives the executor of a cluster, for the tests with a real one.
        .executableTarget(
            name: "cluster-probe", dependencies: ["AWSBatch", "ClusterContract", "Clusters", "Diagnostics", "FlowModel", "Kubernetes", "Slurm", system],
            path: "Tests/Support/ClusterProbe", swiftSettings: settings),

        // Plays an engine, for the tests of the ledger to kill.
        .executableTarget(
            name: "store-writer", dependencies: ["Datastore", "Digests", "FlowModel", "Ledger", system],
            path: "Tests/Support/StoreWriter", swiftSettings: settings),
    ]
)

// Tries the parsers with inputs that nobody would think of (`make fuzz`). There only when asked for: it is built with
// sanitizers, in a folder of its own.
if Context.environment["PENSTOCK_FUZZING"] != nil {
    package.targets.append(
        .executableTarget(
            name: "fuzz",
            dependencies: [
                "Archives", "CodePackage", "CondaChannels", "CondaPackaging", "Digests", "Environments", "FlowModel", "Interpreters", "Lockfiles", "PackageSources", "PythonPackaging",
                "Resolution", "TOMLDocuments", "TestSupport", "WorkerProtocol", system,
            ],
            path: "Tests/Fuzzing", exclude: ["fuzz.py"], swiftSettings: settings,
            linkerSettings: [.unsafeFlags(["-use-ld=lld"], .when(platforms: [.linux]))]))
}
