#!/usr/bin/env bash
# Makes Sources/ONNX/Schema/onnx.pb.swift out of onnx.proto beside it: protoc comes from PyPI (grpcio-tools), its plugin for Swift
# is built from swift-protobuf. Only for those who change onnx.proto: the result is in the repository.
set -euo pipefail
cd "$(dirname "$0")/.."

work=.build-schema
mkdir -p "$work/plugin/Sources/none"
[ -x "$work/python/bin/python" ] || python3 -m venv "$work/python"
"$work/python/bin/pip" install -q 'grpcio-tools==1.85.1'

# The version of the plugin is that of the runtime in Package.swift.
runtime=$(sed -n 's|.*\(\.package(url: "https://github.com/apple/swift-protobuf".*)\),*$|\1|p' Package.swift)
cat >"$work/plugin/Package.swift" <<END
// swift-tools-version: 6.2
import PackageDescription
let package = Package(name: "plugin", dependencies: [$runtime])
END
swift build -c release --package-path "$work/plugin" --product protoc-gen-swift

schema=Sources/ONNX/Schema
"$work/python/bin/python" -m grpc_tools.protoc --plugin="$(swift build -c release --package-path "$work/plugin" --show-bin-path)/protoc-gen-swift" \
    --swift_out="$schema" --proto_path="$schema" onnx.proto
echo "written: $schema/onnx.pb.swift"
