// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target: the Swift 6 language mode comes with the tools version; unsafe code must say `unsafe`.
let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .enableExperimentalFeature("Lifetimes"),
]

/// A room of the library.
func room(_ name: String, sees dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// What only tests need.
func support(_ name: String, sees dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Tests/Support/\(name)", swiftSettings: strict)
}

/// The tests of a room, with what they see beside it.
func tests(_ room: String, sees dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(name: room + "Tests", dependencies: [.byName(name: room)] + dependencies, swiftSettings: strict)
}

let package = Package(
    name: "hartrain",
    products: [
        .executable(name: "hartrain", targets: ["HartrainCommand"]),
        .executable(name: "harfunction", targets: ["HarFunction"]),
        .library(name: "Hartrain", targets: ["Hartrain"]),
        .library(name: "HartrainTesting", targets: ["HartrainTesting"]),
        .library(name: "HartrainONNX", targets: ["ONNX"]),
        // The rooms themselves, for the package in Benchmarks/; they change without notice.
        .library(
            name: "_HartrainRooms",
            targets: [
                "StrictJSON", "Platform", "Memory", "Kernels", "LinearAlgebra", "Tensors", "TensorFiles", "ObjectStore",
                "TimeSeries", "Layers", "Models", "Training", "Runs", "HAR", "Benchmarking",
            ]),
    ],
    traits: [
        .trait(
            name: "ONNX",
            description: "'hartrain export --to onnx'; not on by default, since swift-protobuf doubles the time of a build."),
        .trait(
            name: "Serve",
            description: "'hartrain serve'; not on by default, since a web framework takes longer to build than all of hartrain."),
        .trait(
            name: "MallocCount",
            description:
                "'hartrain bench' counts heap allocations; not on by default, since the counter stands before every malloc."),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // Without its traits it needs no Foundation.
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
        // For the server alone. Without its traits it needs neither Foundation nor swift-configuration.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Plain C, one source for each instruction set.
        .target(name: "CKernels"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        // libcurl, loaded when the first request is made.
        .target(name: "CCurl"),
        // OpenBLAS, loaded when the first product asks for it.
        .target(name: "CBLAS"),

        // Counts allocations in the executable that links it: tests, and the program with the trait MallocCount.
        .target(name: "CMallocCount"),

        // The rooms. Arrows run one way, from the bottom of this list to its top; ARCHITECTURE.md draws them.
        room("StrictJSON"),
        room("Platform"),
        room("Charts", sees: ["Platform"]),
        room("Memory"),
        room("Kernels", sees: ["CKernels", "Platform"]),
        room("LinearAlgebra", sees: ["CBLAS", "Kernels"]),
        room("Tensors", sees: ["Memory", "LinearAlgebra"]),
        room("TensorFiles", sees: ["CZlib", "StrictJSON", "Platform"]),
        room("ObjectStore", sees: ["CCurl", "StrictJSON", "Platform"]),
        room("TimeSeries", sees: ["StrictJSON", "Platform", "Memory", "Kernels"]),
        room("Layers", sees: ["StrictJSON", "Memory", "Kernels"]),
        room(
            "Models", sees: ["StrictJSON", "Platform", "Memory", "Kernels", "TensorFiles", "ObjectStore", "TimeSeries", "Layers"]),
        .target(
            name: "ONNX",
            dependencies: [
                "Memory", "Kernels", "TimeSeries", "Layers", "Models", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            exclude: ["Schema/onnx.proto"], swiftSettings: strict),
        room("Training", sees: ["StrictJSON", "Platform", "Memory", "Kernels", "TimeSeries", "Layers", "Models"]),
        room(
            "Runs",
            sees: [
                "StrictJSON", "Platform", "Memory", "Kernels", "TensorFiles", "ObjectStore", "TimeSeries", "Layers", "Models",
                "Training",
            ]),
        room("HAR", sees: ["StrictJSON", "Platform", "Memory", "TimeSeries", "Layers", "Training"]),
        room(
            "Benchmarking",
            sees: ["StrictJSON", "Platform", "Memory", "Kernels", "LinearAlgebra", "TimeSeries", "Layers", "Models", "Training"]),
        room(
            "Reports",
            sees: ["StrictJSON", "Platform", "Charts", "TimeSeries", "Models", "Training", "Runs", "Benchmarking"]),
        .target(
            name: "Serving",
            dependencies: [
                "StrictJSON", "Platform", "Memory", "ObjectStore", "TimeSeries", "Models",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            resources: [.embedInCode("Page/page.html"), .embedInCode("Page/openapi.json")], swiftSettings: strict),
        // What the command lines of both programs share.
        .target(
            name: "CommandSupport",
            dependencies: [
                "StrictJSON", "Platform", "ObjectStore", "Models",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .target(
            name: "ServeCommand",
            dependencies: [
                "Platform", "Models", "CommandSupport", "Serving",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "HarFunction",
            dependencies: [
                "Platform", "CommandSupport", "ServeCommand",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "HartrainCommand",
            dependencies: [
                .target(name: "ONNX", condition: .when(traits: ["ONNX"])),
                .target(name: "ServeCommand", condition: .when(traits: ["Serve"])), "CommandSupport",
                "StrictJSON", "Platform", "Charts", "Memory", "Kernels", "LinearAlgebra", "TensorFiles", "ObjectStore",
                "TimeSeries", "Layers", "Models", "Training", "Runs", "HAR", "Benchmarking", "Reports",
                .target(name: "CMallocCount", condition: .when(traits: ["MallocCount"])),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // The door: what `import Hartrain` gives.
        room(
            "Hartrain",
            sees: ["StrictJSON", "Platform", "Memory", "Tensors", "TensorFiles", "TimeSeries", "Layers", "Models", "Training"]),
        // Checks for whoever writes a layer.
        room("HartrainTesting", sees: ["Memory", "Kernels", "Layers"]),

        // For tests only. Naive kernels, the oracles of the fast ones.
        support("Oracles", sees: ["Memory", "Kernels", "LinearAlgebra"]),
        // Layers and their inputs, for tests of layers and of what other tools make of them.
        support("LayerCases", sees: ["Layers", "Memory"]),
        // Values that PyTorch computed, read from Tests/Golden.
        support("Golden", sees: ["TensorFiles", "Memory"]),
        // A small model with every kind of state, and checkpoints of it.
        support("SmallModel", sees: ["StrictJSON", "Memory", "TimeSeries", "Layers", "Models"]),

        // The tests of a room see it and the rooms below it.
        tests("StrictJSON"),
        tests("Platform"),
        .testTarget(
            name: "ChartsTests", dependencies: ["Platform", "Charts"], exclude: ["Snapshots"], swiftSettings: strict),
        tests("Memory"),
        tests("Kernels", sees: ["Oracles"]),
        tests("LinearAlgebra", sees: ["Platform", "Kernels", "Oracles"]),
        tests("Tensors", sees: ["Memory", "LinearAlgebra", "Oracles"]),
        tests("TensorFiles", sees: ["StrictJSON", "Platform"]),
        tests("ObjectStore", sees: ["StrictJSON", "Platform"]),
        tests("TimeSeries", sees: ["StrictJSON", "Platform", "Memory"]),
        tests("Layers", sees: ["StrictJSON", "Memory", "Kernels", "HartrainTesting", "LayerCases", "Golden"]),
        tests(
            "Models",
            sees: [
                "StrictJSON", "Platform", "Memory", "Kernels", "TensorFiles", "ObjectStore", "TimeSeries", "Layers", "SmallModel",
            ]),
        tests("ONNX", sees: ["StrictJSON", "Memory", "TensorFiles", "TimeSeries", "Layers", "Models"]),
        tests(
            "Training",
            sees: ["StrictJSON", "Platform", "Memory", "Kernels", "TimeSeries", "Layers", "Models", "HartrainTesting", "Golden"]),
        tests(
            "Serving", sees: ["StrictJSON", "Platform", "TimeSeries", "Models", "SmallModel"]),
        tests(
            "Runs",
            sees: ["StrictJSON", "Platform", "Memory", "TensorFiles", "TimeSeries", "Layers", "Models", "Training", "SmallModel"]),
        tests("Hartrain", sees: ["Platform", "HartrainTesting"]),
        tests("HAR", sees: ["Platform", "Memory", "TimeSeries", "Layers", "Models", "Training", "HartrainTesting", "Golden"]),
        tests("Benchmarking", sees: ["StrictJSON", "Platform", "Layers", "Training", "HAR"]),
        tests("Reports", sees: ["Platform", "Charts"]),
        .testTarget(
            name: "AllocationTests",
            dependencies: ["Platform", "Memory", "TimeSeries", "Layers", "Models", "Training", "HAR", "CMallocCount"],
            swiftSettings: strict),
        .testTarget(
            name: "HartrainCommandTests",
            dependencies: [
                "StrictJSON", "Platform", "Memory", "TensorFiles", "TimeSeries", "Layers", "Models", "Training", "Runs", "HAR",
                "LayerCases",
                "Golden",
            ],
            exclude: ["Snapshots"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)

// The tests for ARM run under emulation, without the server, whose web framework takes longer to build than all of them
// (scripts/build-arm64.sh --product harfunction builds it), and without tests that start programs or compute nothing.
if Context.environment["HARTRAIN_EMULATED_TESTS"] != nil {
    let absent: Set = [
        "Serving", "ServeCommand", "HarFunction", "ServingTests", "HartrainCommandTests", "PlatformTests", "ChartsTests",
        "ReportsTests",
    ]
    package.products.removeAll { $0.name == "harfunction" }
    package.targets.removeAll { absent.contains($0.name) }
    for target in package.targets {
        target.dependencies.removeAll { if case .targetItem(let name, _) = $0 { absent.contains(name) } else { false } }
    }
}
