// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target: the Swift 6 language mode comes with the tools version; unsafe code must say `unsafe`.
let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .enableExperimentalFeature("Lifetimes"),
]

func target(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

func support(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Tests/Support/\(name)", swiftSettings: strict)
}

let package = Package(
    name: "hartrain",
    products: [
        .executable(name: "hartrain", targets: ["hartrain"]),
        .library(name: "HartrainONNX", targets: ["ONNX"]),
        .library(
            name: "HartrainKit",
            targets: [
                "StrictJSON", "Platform", "Memory", "Kernels", "Tensors", "Layers", "Training", "TensorFiles", "ModelFiles", "ObjectStore", "HAR",
                "Benchmarking",
            ]),
    ],
    traits: [
        .trait(
            name: "ONNX",
            description: "'hartrain export --to onnx'; not on by default, since swift-protobuf doubles the time of a build.")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // Without its traits it needs no Foundation.
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
    ],
    targets: [
        .systemLibrary(
            name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),

        // Plain C, one source for each instruction set.
        .target(name: "CKernels"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        // libcurl, loaded when the first request is made.
        .target(name: "CCurl"),

        // Counts allocations in the executable that links it.
        .target(name: "CMallocCount"),

        // Arrows run one way, from the bottom of this list to its top.
        target("StrictJSON"),
        target("Platform"),
        target("Memory"),
        target("Kernels", ["COpenBLAS", "CKernels"]),
        target("Tensors", ["Memory", "Kernels"]),
        target("Layers", ["Kernels", "Memory", "StrictJSON", "Platform"]),
        target("Training", ["Kernels", "Memory", "Layers", "Platform"]),
        target("TensorFiles", ["CZlib", "StrictJSON", "Platform"]),
        target("ModelFiles", ["TensorFiles", "Kernels", "Memory", "Layers", "Training", "StrictJSON", "Platform"]),
        target("ObjectStore", ["CCurl", "StrictJSON", "Platform"]),
        target("HAR", ["Kernels", "Memory", "Layers", "Training", "StrictJSON", "Platform"]),
        target("Benchmarking", ["Kernels", "Memory", "Layers", "Training", "Platform"]),
        .target(
            name: "ONNX",
            dependencies: [
                "Kernels", "Memory", "Layers", "ModelFiles", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            exclude: ["Schema/onnx.proto"], swiftSettings: strict),
        .executableTarget(
            name: "hartrain",
            dependencies: [
                .target(name: "ONNX", condition: .when(traits: ["ONNX"])),
                "Kernels", "Memory", "Layers", "Training", "TensorFiles", "ModelFiles", "ObjectStore", "HAR", "StrictJSON", "Platform",
                "Benchmarking", "CMallocCount",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // For tests only. Naive kernels, the oracles of the fast ones.
        support("Oracles", ["Memory", "Kernels"]),
        // Layers and their inputs, for tests of layers and of what other tools make of them.
        support("LayerCases", ["Layers", "Memory"]),
        // Values that PyTorch computed, read from Tests/Golden.
        support("Golden", ["TensorFiles", "Memory"]),

        tests("StrictJSONTests", ["StrictJSON"]),
        tests("PlatformTests", ["Platform"]),
        tests("MemoryTests", ["Memory"]),
        tests("KernelsTests", ["Kernels", "Oracles"]),
        tests("TensorsTests", ["Tensors", "Memory", "Kernels", "Oracles"]),
        tests(
            "LayersTests",
            ["Layers", "LayerCases", "Memory", "Kernels", "StrictJSON", "ModelFiles", "HAR", "Platform", "Golden"]),
        tests("TrainingTests", ["Training", "Layers", "Memory", "ModelFiles", "HAR", "Platform", "Kernels", "Golden"]),
        tests("AllocationTests", ["Training", "Layers", "Memory", "HAR", "Platform", "CMallocCount"]),
        tests("BenchmarkingTests", ["Benchmarking", "Layers", "Training", "HAR"]),
        tests("TensorFilesTests", ["TensorFiles", "StrictJSON", "Platform"]),
        tests("ModelFilesTests", ["ModelFiles", "TensorFiles", "Training", "Layers", "Memory", "StrictJSON", "Platform"]),
        tests("ONNXTests", ["ONNX", "TensorFiles", "ModelFiles", "Layers", "Memory", "StrictJSON"]),
        tests("ObjectStoreTests", ["ObjectStore", "StrictJSON", "Platform"]),
        tests("HARTests", ["HAR", "Training", "Memory", "Platform"]),
        tests(
            "HartrainTests",
            ["StrictJSON", "TensorFiles", "ModelFiles", "Layers", "LayerCases", "Memory", "Training", "Platform", "HAR", "Golden"],
            exclude: ["Snapshots"]),
    ],
    swiftLanguageModes: [.v6]
)
