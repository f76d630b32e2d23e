import Hartrain
import Platform
import Testing

/// Tensors from and to files, windows from tensors.
@Suite struct TensorFileTests {
    private func tensors() throws -> [String: Tensor] {
        [
            "b": try Tensor([2, 3], [1, 2, 3, 4, 5, -0.0]), "a.x": try Tensor([4], [0.5, 1, 2, .leastNonzeroMagnitude]),
            "s": Tensor(7),
        ]
    }

    @Test(arguments: ["t.safetensors", "t.npz"]) func whatIsWrittenIsRead(_ name: String) throws {
        try withTemporaryFolder { folder in
            try TensorFile.write(tensors(), to: "\(folder)/\(name)")
            #expect(try TensorFile.read("\(folder)/\(name)") == tensors())
        }
    }

    @Test func aSingleArrayHasNoName() throws {
        try withTemporaryFolder { folder in
            let tensor = try Tensor([2, 2], [1, 2, 3, 4])
            try TensorFile.write(["": tensor], to: folder + "/t.npy")
            #expect(try TensorFile.read(folder + "/t.npy") == ["": tensor])
            let error = #expect(throws: TensorFileError.self) { try TensorFile.write(tensors(), to: folder + "/t.npy") }
            #expect(error?.reason == "a .npy file holds one tensor, not 3: write a .npz")
        }
    }

    @Test func whatIsNoFileOfTensorsIsRefused() throws {
        try withTemporaryFolder { folder in
            try Files.writeAtomically(Array("nothing of the kind".utf8), to: folder + "/t.npz")
            #expect(throws: TensorFileError.self) { try TensorFile.read(folder + "/t.npz") }
            let missing = #expect(throws: TensorFileError.self) { try TensorFile.read(folder + "/none.npy") }
            #expect(missing?.description == "\(folder)/none.npy: cannot read it: No such file or directory")
            let ending = #expect(throws: TensorFileError.self) { try TensorFile.write(tensors(), to: folder + "/t.bin") }
            #expect(ending?.reason == "the name must end in .safetensors, .npz or .npy")
            #expect(!Files.exists(folder + "/t.bin"))
        }
    }

    @Test func windowsComeOutOfTensors() throws {
        let format = WindowFormat(steps: 2, channels: 3, classes: 2)
        let tensor = try Tensor([2, 2, 3], (0..<12).map(Float.init))
        let windows = try WindowSet(values: tensor, labels: [0, 1], format: format)
        #expect(windows.tensor == tensor)
        #expect(windows[[1]].tensor.values == [6, 7, 8, 9, 10, 11])
        #expect(throws: WindowError.self) {
            try WindowSet(values: Tensor([2, 3, 2], tensor.values), labels: [0, 1], format: format)
        }
        for (labels, message) in [
            ([0, 2], "window 2 has the label 2: labels are 0 to 1, for the 2 classes of the format"),
            ([0], "1 labels and 12 values: windows of [2, 3] need 6 values"),
        ] {
            #expect(throws: WindowError(message: message)) {
                try WindowSet(values: tensor.values, labels: labels, format: format)
            }
        }
        var values = tensor.values
        values[10] = .nan
        #expect(
            throws: WindowError(message: "window 2 has the value nan at step 2 of channel 1: values must be finite numbers")
        ) { try WindowSet(values: values, labels: [0, 1], format: format) }
    }
}
