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
            #expect(outcome.code == 0 && outcome.output == "x.safetensors\n", "\(outcome.errors)")
            // The example normalises, and pads as TensorFlow what PyTorch could have padded on both sides.
            let said = outcome.errorLines.map { line in
                line.dropFirst("note: \(ImportTests.golden)/\(name).safetensors: ".count).prefix(45)
            }
            #expect(
                said
                    == (name == "lstm"
                        ? []
                        : [
                            "norm: epsilon is 1e-05, as the model says; Py", "conv1: \"same\" pads 1 before and 2 behind, as ",
                            "conv2: \"same\" pads 0 before and 1 behind, as ",
                        ]),
                "\(outcome.errors)")
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
                    == "error: positional.npz: its 9 arrays are not the model's 10, one by one; they part at place 2 (file | model): "
                    + "arr_0 [9, 27] | input/kernel [9, 27]; arr_1 [3] | input/bias [27]; arr_2 [27, 108] | lstm_l0/kernel [27, 108]; "
                    + "arr_3 [27, 108] | lstm_l0/recurrent_kernel [27, 108]\n")
        }
    }

    /// The count of values fits, their order does not: nobody would see it but in the accuracy.
    @Test func aStandardisationOfAnotherShapeIsRefused() throws {
        try withTemporaryFolder { folder in
            let run = PretrainedTests.folder(.cnn) + "/best.safetensors"
            var file = try SafetensorsFile.read(run)
            let index = try #require(file.tensors.firstIndex { $0.name == "standardize.mean" })
            file.tensors[index] = SafetensorsTensor(
                "standardize.mean", shape: [9, 128], values: try file.floats("standardize.mean"))
            try file.write(to: folder + "/turned.safetensors")
            let checkpoint = try Checkpoint(reading: run)
            var arrays = NumPyArchive(checkpoint).arrays
            let place = try #require(arrays.firstIndex { $0.name == "standardize/mean" })
            arrays[place].array = NumPyArray(shape: [9, 128], values: checkpoint.standardization.mean)
            try Files.writeAtomically(NumPyArchive(arrays).encoded, to: folder + "/turned.npz")
            for name in ["turned.safetensors", "turned.npz"] {
                #expect(
                    try refusal([name, "--model", "cnn"], in: folder)
                        == "error: \(name): standardize.mean is [9, 128], must be [128, 9] (steps, channels), [9] or, for none, [0]\n"
                )
            }
            let predicted = try Command(in: folder).run("evaluate", "--weights", "turned.safetensors", "--data", "synthetic")
            #expect(
                predicted.code == 1 && predicted.errors.contains("standardize.mean is [9, 128], must be"), "\(predicted.errors)")
        }
    }

    /// A deviation by which no window can be divided is damage of the file, not of the readings.
    @Test func aDeviationTooSmallToDivideByIsRefused() throws {
        try withTemporaryFolder { folder in
            var file = try SafetensorsFile.read(PretrainedTests.folder(.cnn) + "/best.safetensors")
            let index = try #require(file.tensors.firstIndex { $0.name == "standardize.std" })
            var std = try file.floats("standardize.std")
            let tiny = Float.leastNormalMagnitude / 16
            std[7] = tiny
            file.tensors[index] = SafetensorsTensor("standardize.std", shape: [128, 9], values: std)
            try file.write(to: folder + "/small.safetensors")
            for arguments in [
                ["predict", "--weights", "small.safetensors", "-"], ["export", "small.safetensors", "--to", "npz"],
                ["import", "small.safetensors", "--model", "cnn", "--out", "x"],
            ] {
                let outcome = try Command(in: folder).run(arguments)
                #expect(
                    outcome.code == 1
                        && outcome.errors.contains("standardize.std[7] is \(tiny), less than 1e-30, and readings divided by it"))
            }
        }
    }

    /// A folder with a small model of PyTorch's kind, whose names have dots.
    private func withPlainModel(_ body: (_ folder: String, _ file: SafetensorsFile) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let text = """
                {"name": "plain", "input": {"steps": 128, "channels": 9}, "layers": [
                  {"layer": "Conv1D", "name": "features.0", "filters": 2, "kernel": 3, "stride": 2, "padding": 1},
                  {"layer": "AveragePool1D", "size": 3, "stride": 2, "padding": "same"}, {"layer": "Flatten"},
                  {"layer": "Dense", "name": "classifier.1", "units": 6}]}
                """
            try Files.writeAtomically(Array(text.utf8), to: folder + "/plain.json")
            func values(_ count: Int) -> [Float] { (0..<count).map { Float($0 % 7) / 4 - 0.75 } }
            let file = SafetensorsFile(tensors: [
                SafetensorsTensor("features.0.weight", shape: [2, 9, 3], values: values(54)),
                SafetensorsTensor("features.0.bias", shape: [2], values: values(2)),
                SafetensorsTensor("classifier.1.weight", shape: [6, 64], values: values(384)),
                SafetensorsTensor("classifier.1.bias", shape: [6], values: values(6)),
            ])
            try body(folder, file)
        }
    }

    @Test(arguments: ["", "module.", "_orig_mod.module.", "net.", "model."])
    func whatAWrapperPutBeforeAllNamesIsTakenOff(_ prefix: String) throws {
        try withPlainModel { folder, file in
            var wrapped = file
            wrapped.tensors = file.tensors.map {
                SafetensorsTensor(prefix + $0.name, type: $0.type, shape: $0.shape, bytes: $0.bytes)
            }
            try wrapped.write(to: folder + "/state.safetensors")
            let outcome = try Command(in: folder).run(
                "import", "state.safetensors", "--model", "plain.json", "--standardize", "none", "--out", "x.safetensors")
            #expect(outcome.code == 0, "\(outcome.errors)")
            let taken = prefix.isEmpty ? [] : ["note: state.safetensors: took '\(prefix)' off the names of all tensors"]
            let notes =
                taken + [
                    "note: state.safetensors: pool: \"same\" pads 0 before and 1 behind, as TensorFlow; where PyTorch had padding=1, on "
                        + "both sides, write \"padding\": 1 in the model",
                    "note: state.safetensors: pool: padding does not count in the mean, as in TensorFlow; where PyTorch had "
                        + "count_include_pad=True, its default, write \"count_padding\": true in the model",
                ]
            #expect(outcome.errorLines.map(String.init) == notes)
            #expect(try SafetensorsFile.read(folder + "/x.safetensors").tensors.prefix(4) == file.tensors[...])
            // A checkpoint says how it computes: nothing is left to say.
            let again = try Command(in: folder).run("import", "x.safetensors", "--model", "plain.json", "--out", "y.safetensors")
            #expect(again.code == 0 && again.errors == "", "\(again.errors)")
        }
    }

    @Test func floatsOfOtherSizesAreConverted() throws {
        try withPlainModel { folder, file in
            var mixed = file
            // Quarters, which every type holds.
            let half = try file.floats("features.0.weight").flatMap { value in
                unsafe withUnsafeBytes(of: Float16(value)) { unsafe Array($0) }
            }
            mixed.tensors[0] = SafetensorsTensor("features.0.weight", type: .float16, shape: [2, 9, 3], bytes: half)
            let brain = try file.floats("features.0.bias").flatMap { value in
                unsafe withUnsafeBytes(of: UInt16(value.bitPattern >> 16)) { unsafe Array($0) }
            }
            mixed.tensors[1] = SafetensorsTensor("features.0.bias", type: .bfloat16, shape: [2], bytes: brain)
            mixed.tensors[3] = SafetensorsTensor(
                "classifier.1.bias", shape: [6], values: try file.floats("classifier.1.bias").map(Double.init))
            mixed.tensors.append(SafetensorsTensor("standardize.mean", shape: [9], values: [Double](repeating: 0.5, count: 9)))
            mixed.tensors.append(SafetensorsTensor("standardize.std", shape: [9], values: [Double](repeating: 2, count: 9)))
            try mixed.write(to: folder + "/state.safetensors")
            let outcome = try Command(in: folder).run(
                "import", "state.safetensors", "--model", "plain.json", "--out", "x.safetensors")
            #expect(
                outcome.errorLines.first
                    == "note: state.safetensors: converted 5 tensors of F16 and BF16 and F64 to 32-bit floats",
                "\(outcome.errors)")
            let read = try SafetensorsFile.read(folder + "/x.safetensors")
            #expect(read.tensors.prefix(4) == file.tensors[...])
            #expect(try read.floats("standardize.mean", shape: [9]) == [Float](repeating: 0.5, count: 9))
            mixed.tensors[1] = SafetensorsTensor("features.0.bias", shape: [2], values: [Int32(1), 2])
            try mixed.write(to: folder + "/whole.safetensors")
            let whole = try Command(in: folder).run("import", "whole.safetensors", "--model", "plain.json", "--out", "y")
            #expect(whole.code == 1 && whole.errors.contains("tensor 'features.0.bias': is of type I32, must be F32"))
        }
    }

    /// What others save, by content or by name, and what makes a file of it that is read.
    @Test func aFormatThatIsNotReadIsNamedWithTheCommandThatHelps() throws {
        func zip(_ name: String) -> [UInt8] {
            Array("PK\u{3}\u{4}".utf8) + [UInt8](repeating: 0, count: 22) + [UInt8(name.utf8.count), 0, 0, 0] + Array(name.utf8)
        }
        func npy(_ type: String) -> [UInt8] { [0x93] + Array("NUMPY\u{1}\0v\0{'descr': '\(type)', ".utf8) }
        let torch = "is PyTorch's own format"
        let files: [(String, [UInt8], String, String)] = [
            ("a.pt", zip("archive/data.pkl"), torch, "torch.load(\"a.pt\", map_location=\"cpu\")"),
            ("old.bin", [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9], torch, "s.get(\"state_dict\", "),
            ("empty.ckpt", Array("??".utf8), "is a TensorFlow checkpoint", "numpy.savez("),
            ("epoch.ckpt", zip("epoch/data.pkl"), torch, "save_file("),
            ("it's.h5", [0x89] + Array("HDF\r\n\u{1A}\n0123".utf8), "is a Keras model", "keras.models.load_model(\"FILE\")"),
            (
                "a.keras", zip("metadata.json"), "is a Keras model",
                "numpy.savez(\"weights.npz\", *keras.models.load_model(\"a.keras\")"
            ),
            ("a.tflite", [28, 0, 0, 0] + Array("TFL3????".utf8), "is a TensorFlow Lite model", "load_model(\"model.keras\")"),
            ("a.onnx", [8, 8, 0x12, 7] + Array("pytorch and more".utf8), "is an ONNX model", "onnx.load(\"a.onnx\")"),
            ("a.npy", npy("|O"), "is a single .npy array of Python objects", "*numpy.load(\"a.npy\", allow_pickle=True)"),
            ("b.npy", npy("<f4"), "is a single .npy array, and a model has several", "numpy.savez("),
        ]
        try withTemporaryFolder { folder in
            for (name, bytes, format, command) in files {
                try Files.writeAtomically(bytes, to: folder + "/" + name)
                let imported = try refusal([name, "--model", "cnn"], in: folder)
                #expect(imported.hasPrefix("error: \(name): \(format)") && imported.contains(command), "\(imported)")
                let read = try Command(in: folder).run("info", name)
                #expect(read.code == 1 && read.errors == imported, "\(read.errors)")
            }
            try Files.writeAtomically(NumPyArchive().encoded, to: folder + "/a.npz")
            let archive = try Command(in: folder).run("predict", "--weights", "a.npz", "-")
            #expect(
                archive.errors.hasPrefix(
                    "error: a.npz: is a ZIP archive, as .npz is, and no checkpoint: 'hartrain import a.npz --model"))
            // A name alone does not decide.
            try SafetensorsFile(tensors: [SafetensorsTensor("x", shape: [1], values: [Float(1)])]).write(to: folder + "/b.onnx")
            #expect(try refusal(["b.onnx", "--model", "cnn"], in: folder).contains("missing: conv1.weight"))
        }
    }

    /// What Keras models have otherwise than ours, one place after the other, is shown where it begins.
    @Test func listsOfArraysAreShownWhereTheyPart() throws {
        try withTemporaryFolder { folder in
            let run = PretrainedTests.folder(.cnn) + "/best.safetensors"
            let arrays = NumPyArchive(try Checkpoint(reading: run)).arrays.dropLast(2).map(\.array)
            func text(_ arrays: [NumPyArray]) throws -> String {
                let named = arrays.enumerated().map { ("arr_\($0.offset)", $0.element) }
                try Files.writeAtomically(NumPyArchive(named).encoded, to: folder + "/a.npz")
                return try refusal(["a.npz", "--model", "cnn"], in: folder)
            }
            var unbiased = arrays
            unbiased.remove(at: 1)
            #expect(
                try text(unbiased)
                    == "error: a.npz: its 9 arrays are not the model's 10, one by one; they part at place 2 (file | model): "
                    + "arr_0 [2, 9, 18] | conv1/kernel [2, 9, 18]; arr_1 [2, 18, 36] | conv1/bias [18]; arr_2 [36] | conv2/kernel "
                    + "[2, 18, 36]; arr_3 [2, 36, 72] | conv2/bias [36]; where conv1 has no bias, write \"bias\": false in the model\n"
            )
            #expect(try text(arrays.dropLast()).contains("; nothing | dense/bias [6]; where dense has no bias"))
            let statistics = [Float](repeating: 1, count: 9)
            let normalization = [
                NumPyArray(shape: [9], values: statistics), NumPyArray(shape: [9], values: statistics),
                NumPyArray(shape: [], values: [0]),
            ]
            let shown = try text(normalization + arrays)
            #expect(shown.contains("they part at place 1 (file | model): arr_0 [9] | conv1/kernel [2, 9, 18]; "))
            #expect(shown.contains("arrays 1 to 3 look like a Normalization layer's mean, variance and count: leave them out"))
            #expect(
                try text(arrays + [normalization[0]]).contains(
                    "they part at place 11 (file | model): arr_9 [6] | dense/bias [6]; arr_10 [9] | nothing"))

            // Beside arrays in their order a standardisation may stand under its name.
            let kept = arrays.enumerated().map { ("arr_\($0.offset)", $0.element) }
            let own = [("standardize/mean", normalization[0]), ("standardize/std", normalization[1])]
            try Files.writeAtomically(NumPyArchive(kept + own).encoded, to: folder + "/b.npz")
            let outcome = try Command(in: folder).run("import", "b.npz", "--model", "cnn", "--out", "b.safetensors")
            #expect(outcome.code == 0 && outcome.errors == "", "\(outcome.errors)")
            #expect(try Checkpoint(reading: folder + "/b.safetensors").standardization.kind == .channel)
        }
    }

    /// Keras's epsilon is not PyTorch's, and no weight tells it: ours goes with the arrays, and a file that says another is refused.
    @Test func epsilonsTravelWithTheArrays() throws {
        try withTemporaryFolder { folder in
            let state = ImportTests.golden + "/tiny-cnn.safetensors"
            let command = Command(in: folder)
            let imported = try command.run(
                "import", state, "--model", ImportTests.tinyCNN, "--standardize", "none", "--out", "x.safetensors")
            #expect(
                imported.errors.contains("norm: epsilon is 1e-05, as the model says; PyTorch's default is 1e-5, Keras's 1e-3"))
            #expect(try command.run("export", "x.safetensors", "--to", "npz", "--out", "x.npz").code == 0)
            var archive = try NumPyArchive(decoding: Files.read(folder + "/x.npz"), source: "x.npz")
            #expect(archive["norm/epsilon"] == NumPyArray(shape: [], values: [1e-5]))
            let back = try command.run("import", "x.npz", "--model", ImportTests.tinyCNN, "--out", "y.safetensors")
            #expect(back.code == 0 && back.errors == "", "\(back.errors)")
            let place = try #require(archive.arrays.firstIndex { $0.name == "norm/epsilon" })
            archive.arrays[place].array = NumPyArray(shape: [], values: [1e-3])
            try Files.writeAtomically(archive.encoded, to: folder + "/z.npz")
            let other = try command.run("import", "z.npz", "--model", ImportTests.tinyCNN, "--out", "z.safetensors")
            #expect(other.code == 1 && !Files.exists(folder + "/z.safetensors"))
            #expect(
                other.errors.contains("array 'norm/epsilon': is 0.001, and the model's epsilon is 1e-05: give the BatchNorm1D"))
            archive.arrays.remove(at: place)
            try Files.writeAtomically(archive.encoded, to: folder + "/k.npz")
            let keras = try command.run("import", "k.npz", "--model", ImportTests.tinyCNN, "--out", "k.safetensors")
            #expect(keras.code == 0 && keras.errors.contains("norm: epsilon is 1e-05, as the model says"))
        }
    }

    /// What an archive claims beyond the model's values is never unpacked, and what is not there is an error of ours.
    @Test func memoryIsAskedForBeforeItIsTaken() throws {
        try withTemporaryFolder { folder in
            let wide = """
                {"name": "wide", "input": {"steps": 128, "channels": 9}, "layers": [
                  {"layer": "Flatten"}, {"layer": "Dense", "units": 40000}, {"layer": "Dense", "units": 6}]}
                """
            try Files.writeAtomically(Array(wide.utf8), to: folder + "/wide.json")
            var command = Command(in: folder)
            // 46 million weights, packed twice as much, with moments: more than the half gibibyte that is left.
            command.prelude = "ulimit -v 1000000;"
            let trained = try command.run("--model", "wide.json", "--data", "synthetic", "--dry-run")
            #expect(trained.code == 1 && trained.errors.contains("MiB and this process can have"), "\(trained.errors)")
            command.prelude = "truncate -s 900M large.safetensors; ulimit -v 400000;"
            let read = try command.run("info", "large.safetensors")
            #expect(read.code == 1 && read.errors.contains("it has 900 MiB, and this process can have"), "\(read.errors)")
            let arrays = NumPyArchive([("dense/kernel", NumPyArray(shape: [2], values: [1, 2]))])
            var bytes = arrays.encoded
            // The directory claims a gibibyte.
            let directory = try #require((0..<bytes.count - 4).first { Array(bytes[$0..<$0 + 4]) == [0x50, 0x4B, 1, 2] })
            bytes.replaceSubrange((directory + 20)..<(directory + 28), with: [0, 0, 0, 0x40, 0, 0, 0, 0x40])
            try Files.writeAtomically(bytes, to: folder + "/liar.npz")
            #expect(try refusal(["liar.npz", "--model", "wide.json"], in: folder).contains("is cut off in its entry"))
            // The arrays are those of the model, and behind the elements of one stand more.
            var named = NumPyArchive(try Checkpoint(reading: PretrainedTests.folder(.cnn) + "/best.safetensors")).arrays
            named[0].array = NumPyArray(shape: [2, 9, 18], values: [Float](repeating: 0, count: 324))
            let whole = NumPyArchive(named).encoded
            let place = try #require((0..<whole.count - 4).first { Array(whole[$0..<$0 + 4]) == [0x50, 0x4B, 1, 2] })
            var grown = whole
            grown.replaceSubrange((place + 24)..<(place + 28), with: [0, 0, 0, 0x40])
            grown[place + 10] = 8
            try Files.writeAtomically(grown, to: folder + "/grown.npz")
            let text = try refusal(["grown.npz", "--model", "cnn"], in: folder)
            #expect(text.contains("damaged compressed data") || text.contains("the most that is read"), "\(text)")
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
            #expect(try refusal(["none", "--model", "cnn"], in: folder).contains("none: cannot read it: No such file"))
            #expect(try refusal(["none", "--model", "resnet"], in: folder).contains("no model is called 'resnet'"))
        }
    }
}
