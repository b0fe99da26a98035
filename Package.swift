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

let package = Package(
    name: "penstock",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    ],
    targets: [
        // Ground: what every other room stands on.
        room("Digests", in: "Ground", needs: [.product(name: "Crypto", package: "swift-crypto")]),
        room("Diagnostics", in: "Ground"),

        // C libraries of the distribution.
        library("CDeflate", apt: "libdeflate-dev", brew: "libdeflate"),
        library("CZstd", apt: "libzstd-dev", brew: "zstd"),

        // Dependencies: where packages come from and what becomes of them.
        room("Archives", in: "Dependencies", needs: [
            "CDeflate", "CZstd", "Diagnostics", .product(name: "SystemPackage", package: "swift-system"),
        ]),

        // Flows: what a person wrote, as data.
        room("FlowModel", in: "Flows", needs: ["Diagnostics"]),

        // Records: what is kept of a run.
        room("Datastore", in: "Records", needs: [
            "Archives", "Diagnostics", "Digests", .product(name: "SystemPackage", package: "swift-system"),
        ]),
        room("Ledger", in: "Records", needs: [
            "Datastore", "Diagnostics", "Digests", "FlowModel", .product(name: "GRDB", package: "GRDB.swift"),
            .product(name: "SystemPackage", package: "swift-system"),
        ]),

        // Tests mirror Sources.
        tests(of: "Digests"),
        tests(of: "Archives", needs: [.product(name: "SystemPackage", package: "swift-system")]),
        tests(of: "Datastore", needs: ["Diagnostics", "Digests", .product(name: "SystemPackage", package: "swift-system")]),
        tests(of: "Ledger", needs: [
            "Datastore", "Diagnostics", "Digests", "FlowModel", "store-writer",
            .product(name: "SystemPackage", package: "swift-system"),
        ]),
        // Plays an engine that the tests of the ledger kill.
        .executableTarget(
            name: "store-writer",
            dependencies: [
                "Datastore", "Digests", "FlowModel", "Ledger", .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/Support/StoreWriter", swiftSettings: settings),
    ]
)
