// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "own-layer",
    dependencies: [.package(name: "hartrain", path: "../..")],
    targets: [
        .executableTarget(
            name: "own-layer",
            dependencies: [
                .product(name: "Hartrain", package: "hartrain"), .product(name: "HartrainTesting", package: "hartrain"),
            ],
            // Swift 6.2 wants to be told what an inout span depends on; later compilers know.
            swiftSettings: [.enableExperimentalFeature("Lifetimes")])
    ])
