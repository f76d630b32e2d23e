// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "train",
    dependencies: [.package(name: "hartrain", path: "../..")],
    targets: [.executableTarget(name: "train", dependencies: [.product(name: "Hartrain", package: "hartrain")])])
