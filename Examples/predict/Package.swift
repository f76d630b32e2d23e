// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "predict",
    dependencies: [.package(name: "hartrain", path: "../..")],
    targets: [.executableTarget(name: "predict", dependencies: [.product(name: "Hartrain", package: "hartrain")])])
