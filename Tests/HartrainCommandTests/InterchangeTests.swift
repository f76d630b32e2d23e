import HAR
import Models
import Platform
import TensorFiles
import Testing

/// Weights go to the tools that our users know and come back, through the command line.
@Suite(.enabled(if: StoreServer.python != nil)) struct InterchangeTests {
    private static let script = #filePath.split(separator: "/").dropLast(2).map { "/" + $0 }.joined() + "/Interchange/check.py"

    /// ONNX Runtime, NumPy and the safetensors package read what we write; what NumPy and safetensors write, we read.
    @Test func modelsTravelBothWays() throws {
        try withTemporaryFolder { folder in
            let models = try InterchangeModel.study() + InterchangeModel.odd() + InterchangeModel.layerCases()
            #expect(Set(models.map(\.name)).count == models.count)
            for model in models {
                try model.write(to: folder)
                for format in ["onnx", "npz"] {
                    let file = "\(model.name).\(format)"
                    let outcome = try Command(in: folder).run(
                        "export", model.name + ".safetensors", "--to", format, "--out", file)
                    #expect(outcome.code == 0 && outcome.output == file + "\n", "\(outcome.errors)")
                }
            }
            var python = Command(in: folder)
            python.program = try #require(StoreServer.python)
            let check = try python.run(InterchangeTests.script, ".")
            #expect(check.code == 0, "\(check.output)\(check.errors)")
            #expect(check.output.split(separator: "\n").count == models.count, "\(check.output)")

            for model in StudyModel.allCases.map(\.rawValue) {
                let original = try SafetensorsFile.read("\(folder)/\(model).safetensors").tensors
                for file in ["\(model).state.safetensors", "\(model).named.npz"] {
                    let outcome = try Command(in: folder).run(
                        "import", "import/" + file, "--model", model, "--out", "back.safetensors")
                    #expect(outcome.code == 0 && outcome.output == "back.safetensors\n", "\(outcome.errors)")
                    #expect(try SafetensorsFile.read(folder + "/back.safetensors").tensors == original, "\(file)")
                }
                let outcome = try Command(in: folder).run(
                    "import", "import/\(model).positional.npz", "--model", model, "--standardize", "none", "--out",
                    "back.safetensors")
                #expect(outcome.code == 0, "\(outcome.errors)")
                let back = try SafetensorsFile.read(folder + "/back.safetensors").tensors
                #expect(
                    back.filter { !$0.name.hasPrefix("standardize") } == original.filter { !$0.name.hasPrefix("standardize") })
            }
        }
    }
}
