import Golden
import HAR
import Layers
import Models
import Platform
import TensorFiles
import Testing
import TimeSeries

/// PyTorch's weights, and those of others, become checkpoints; what does not fit is refused.
@Suite struct ImportTests {
    private static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    private static let golden = root + "/Tests/Golden/Interchange"
    private static let tinyCNN = root + "/Examples/tiny-cnn.json"

    /// The windows that Tests/Golden/Interchange/generate.py gives to PyTorch: [8, 128, 9].
    private static let windows = (0..<8 * UCIHAR.format.shape.count).map { Float(Double($0 * 7919 % 2001) / 1000 - 1) }

    private func answers(_ checkpoint: Checkpoint) throws -> [Float] {
        try InferenceSession(checkpoint).predict(ImportTests.windows).flatMap(\.probabilities)
    }

    @Test(arguments: StudyModel.allCases) func pyTorchReadsOurCheckpoints(_ model: StudyModel) throws {
        let expected = try Golden("Interchange/probabilities").floats(model.rawValue)
        let checkpoint = try Checkpoint(reading: PretrainedTests.folder(model) + "/best.safetensors")
        #expect(relativeDifference(try answers(checkpoint), expected) < 1e-5)
    }

    @Test(arguments: [("lstm", "lstm"), ("tiny-cnn", tinyCNN)]) func weReadPyTorchsWeights(_ name: String, _ model: String) throws
    {
        let expected = try Golden("Interchange/imported").floats(name)
        try withTemporaryFolder { folder in
            let outcome = try Command(in: folder).run(
                "import", "\(ImportTests.golden)/\(name).safetensors", "--model", model, "--standardize", "none", "--out",
                "x.safetensors")
            #expect(outcome.code == 0 && outcome.output == "x.safetensors\n" && outcome.errors == "", "\(outcome.errors)")
            let checkpoint = try Checkpoint(reading: folder + "/x.safetensors")
            #expect(relativeDifference(try answers(checkpoint), expected) < 1e-5)
            #expect(checkpoint.details.dataSource == "imported" && checkpoint.details.accuracy == nil)
            #expect(try Command(in: folder).run("info", "x.safetensors").code == 0)
        }
    }

    @Test(arguments: ["safetensors", "npz"]) func whatIsExportedIsImported(_ format: String) throws {
        try withTemporaryFolder { folder in
            for model in StudyModel.allCases {
                let run = PretrainedTests.folder(model)
                let export = try Command(in: folder).run("export", run, "--to", format)
                #expect(export.output == "\(model.rawValue).\(format)\n" && export.errors == "", "\(export.errors)")
                let outcome = try Command(in: folder).run(
                    "import", "\(model.rawValue).\(format)", "--model", model.rawValue, "--out", "back")
                #expect(outcome.code == 0, "\(outcome.errors)")
                #expect(
                    try SafetensorsFile.read(folder + "/back").tensors == SafetensorsFile.read(run + "/best.safetensors").tensors)
            }
            #expect(try Files.read(folder + "/back") != Files.read(PretrainedTests.folder(.cnn) + "/best.safetensors"))
        }
    }

    @Test func standardisationIsSaidOnceAndOnlyOnce() throws {
        try withTemporaryFolder { folder in
            let state = ImportTests.golden + "/lstm.safetensors"
            let arguments = ["import", state, "--model", "lstm", "--out", "x.safetensors"]
            let without = try Command(in: folder).run(arguments)
            #expect(
                without.code == 1
                    && without.errors.contains("does not say how its windows were standardised: add --standardize none"))
            #expect(!Files.exists(folder + "/x.safetensors"))
            let statistics = try Command(in: folder).run(arguments + ["--standardize", "channel", "--data", "synthetic"])
            #expect(statistics.code == 0, "\(statistics.errors)")
            let expected = try Standardization(of: SyntheticHAR().generate().train, kind: .channel)
            #expect(try Checkpoint(reading: folder + "/x.safetensors").standardization == expected)
            let twice = try Command(in: folder).run(
                "import", "x.safetensors", "--model", "lstm", "--standardize", "none", "--out", "y.safetensors")
            #expect(twice.code == 1 && twice.errors.contains("holds its own standardisation: leave out --standardize"))
            #expect(!Files.exists(folder + "/y.safetensors"))
        }
    }

    /// Refused in one line that names everything; nothing is written.
    private func refusal(_ arguments: [String], in folder: String) throws -> String {
        let outcome = try Command(in: folder).run(["import"] + arguments + ["--standardize", "none", "--out", "x.safetensors"])
        #expect(outcome.code == 1 && outcome.output == "" && outcome.errorLines.count == 1, "\(outcome.errors)")
        #expect(!Files.exists(folder + "/x.safetensors"))
        return outcome.errors
    }

    @Test func everythingThatDoesNotFitIsNamed() throws {
        try withTemporaryFolder { folder in
            var file = try SafetensorsFile.read(ImportTests.golden + "/lstm.safetensors")
            file.tensors.removeAll { $0.name == "dense.bias" }
            file.tensors.append(SafetensorsTensor("dense.biass", shape: [6], values: [Float](repeating: 0, count: 6)))
            file.tensors.append(SafetensorsTensor("norm.num_batches_tracked", shape: [], values: [Int64(3)]))
            let index = try #require(file.tensors.firstIndex { $0.name == "dense.weight" })
            file.tensors[index] = SafetensorsTensor("dense.weight", shape: [27, 6], values: [Float](repeating: 0, count: 162))
            try file.write(to: folder + "/state.safetensors")
            #expect(
                try refusal(["state.safetensors", "--model", "lstm"], in: folder)
                    == "error: state.safetensors: the tensors do not fit the model; missing: dense.bias; "
                    + "unexpected: dense.biass, norm.num_batches_tracked; misshapen: dense.weight is [27, 6], must be [6, 27]\n")
            #expect(
                try refusal([ImportTests.golden + "/lstm.safetensors", "--model", "cnn"], in: folder).contains(
                    "missing: conv1.weight, conv1.bias, "))

            var arrays = NumPyArchive(try Checkpoint(reading: PretrainedTests.folder(.lstm) + "/best.safetensors")).arrays.prefix(
                10)
            arrays[1] = ("input/bias", NumPyArray(shape: [3], values: [1, 2, 3]))
            arrays[2].name = "lstm/kernel"
            try Files.writeAtomically(NumPyArchive(Array(arrays)).encoded, to: folder + "/named.npz")
            #expect(
                try refusal(["named.npz", "--model", "lstm"], in: folder)
                    == "error: named.npz: the tensors do not fit the model; missing: lstm_l0/kernel; unexpected: lstm/kernel; "
                    + "misshapen: input/bias is [3], must be [27]\n")
            let positional = arrays.dropLast().enumerated().map { ("arr_\($0.offset)", $0.element.array) }
            try Files.writeAtomically(NumPyArchive(positional).encoded, to: folder + "/positional.npz")
            #expect(
                try refusal(["positional.npz", "--model", "lstm"], in: folder)
                    == "error: positional.npz: the tensors do not fit the model; missing: arr_9 (dense/bias); "
                    + "misshapen: arr_1 (input/bias) is [3], must be [27]\n")
        }
    }

    @Test func valuesThatAreNoNumbersAreRefused() throws {
        try withTemporaryFolder { folder in
            var arrays = NumPyArchive(try Checkpoint(reading: PretrainedTests.folder(.lstm) + "/best.safetensors")).arrays
            var values = arrays[3].array.values
            values[5] = .nan
            arrays[3].array = NumPyArray(shape: arrays[3].array.shape, values: values)
            try Files.writeAtomically(NumPyArchive(arrays).encoded, to: folder + "/nan.npz")
            #expect(
                try refusal(["nan.npz", "--model", "lstm"], in: folder)
                    == "error: nan.npz: array 'lstm_l0/recurrent_kernel': value 6 is nan, not a finite number\n")
        }
    }

    @Test func whatIsNoFileOfWeightsIsRefused() throws {
        try withTemporaryFolder { folder in
            try Files.writeAtomically(Array("PK, but no archive".utf8), to: folder + "/a.npz")
            #expect(try refusal(["a.npz", "--model", "cnn"], in: folder).contains("is no whole ZIP archive"))
            try Files.writeAtomically(Array("\u{89}HDF".utf8), to: folder + "/weights.h5")
            #expect(try refusal(["weights.h5", "--model", "cnn"], in: folder).contains("too few for a safetensors file"))
            #expect(try refusal(["none", "--model", "cnn"], in: folder).contains("none: cannot read it: No such file"))
            #expect(try refusal(["none", "--model", "resnet"], in: folder).contains("no model is called 'resnet'"))
        }
    }
}
