// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who uses hartrain builds the benchmark library.
let package = Package(
    name: "hartrain-benchmarks",
    dependencies: [
        .package(name: "hartrain", path: ".."),
        // Without its default traits it needs no malloc interposer; `AllocationTests` counts allocations.
        .package(url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: []),
    ],
    targets: [
        .target(
            name: "Workloads",
            dependencies: [.product(name: "_HartrainRooms", package: "hartrain")]),
        .executableTarget(
            name: "HartrainBenchmarks",
            dependencies: [
                "Workloads", .product(name: "_HartrainRooms", package: "hartrain"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/HartrainBenchmarks",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
        .executableTarget(
            name: "product-worker", dependencies: ["Workloads", .product(name: "_HartrainRooms", package: "hartrain")]),
    ],
    swiftLanguageModes: [.v6]
)
