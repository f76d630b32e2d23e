import HAR
import Models
import Platform
import StrictJSON
import TensorFiles
import Testing

/// Files of weights that are damaged or made to harm: an error that names the file and what is wrong, never a crash.
@Suite struct HostileCheckpointTests {
    /// Whether all commands that read weights refuse the file.
    private static func check(_ bytes: [UInt8], _ reason: String) throws {
        try withTemporaryFolder { folder in
            try Files.writeAtomically(bytes, to: folder + "/bad.safetensors")
            let window = Array(repeating: "0,0,0,0,0,0,0,0,0\n", count: UCIHAR.windowLength).joined()
            for command in [
                ["predict", "--weights", "bad.safetensors", "-"], ["info", "bad.safetensors"],
                ["evaluate", "--weights", "bad.safetensors", "--data", "synthetic"],
            ] {
                let outcome = try Command(in: folder).run(command, input: Array(window.utf8))
                #expect(outcome.code == 1, "\(reason): \(outcome.code)")
                #expect(outcome.output == "")
                #expect(outcome.errorLines.count == 1, "\(reason): \(outcome.errors)")
                #expect(outcome.errors.hasPrefix("error: bad.safetensors: "), "\(reason): \(outcome.errors)")
                #expect(outcome.errors.contains(reason), "\(reason): \(outcome.errors)")
            }
        }
    }

    /// The good file, changed.
    private static func changed(_ change: (inout SafetensorsFile) throws -> Void) throws -> [UInt8] {
        var file = try SafetensorsFile(decoding: TrainedRun.shared.files.bytes("best.safetensors"), source: "best")
        try change(&file)
        return try file.encoded()
    }

    /// The file with one tensor's values changed.
    private static func changed(
        _ name: String, shape: [Int]? = nil, _ change: (inout [Float]) -> Void
    ) throws -> [UInt8] {
        try changed { file in
            let place = try #require(file.tensors.firstIndex { $0.name == name })
            var values = try file.floats(name)
            change(&values)
            file.tensors[place] = SafetensorsTensor(name, shape: shape ?? file.tensors[place].shape, values: values)
        }
    }

    private static func changedMetadata(_ key: String, _ value: String?) throws -> [UInt8] {
        try changed { file in
            var metadata: OrderedMap<String> = [:]
            for member in file.metadata.members where member.key != key { metadata.set(member.key, member.value) }
            if let value { metadata.set(key, value) }
            file.metadata = metadata
        }
    }

    @Test func bytesThatAreCutOrStrange() throws {
        let bytes = try TrainedRun.shared.files.bytes("best.safetensors")
        try HostileCheckpointTests.check([], "too few for a safetensors file")
        try HostileCheckpointTests.check(Array(bytes.prefix(1000)), "it is cut off")
        try HostileCheckpointTests.check(Array(bytes.dropLast(4)), "are not within")
        try HostileCheckpointTests.check(bytes + [0], "belong to no tensor")
        try HostileCheckpointTests.check(Array(repeating: 0xFF, count: 100), "more than the limit")
        try HostileCheckpointTests.check(
            Array("PK\u{3}\u{4} this is some other file, a zip".utf8), "is a ZIP archive, as .npz is, and no")
    }

    /// Also where the reason has the letters of the name.
    @Test func theErrorNamesTheFile() throws {
        try withTemporaryFolder { folder in
            let bytes = try HostileCheckpointTests.changed { $0.tensors.removeAll { $0.name == "conv2.bias" } }
            try Files.writeAtomically(bytes, to: folder + "/a")
            let outcome = try Command(in: folder).run("info", "a")
            #expect(outcome.errors == "error: a: the tensors do not fit the model; missing: conv2.bias\n")
        }
    }

    @Test func namesOfTensorsAreNotEchoedAsTheyAre() throws {
        let long = "\u{1B}[2J" + String(repeating: "x", count: 100_000)
        let bytes = try HostileCheckpointTests.changed {
            $0.tensors.append(SafetensorsTensor(long, shape: [1], values: [1] as [Float]))
        }
        try HostileCheckpointTests.check(bytes, "unexpected: \\u{1B}[2Jxxxxxxxx")
        try withTemporaryFolder { folder in
            try Files.writeAtomically(bytes, to: folder + "/bad.safetensors")
            let outcome = try Command(in: folder).run("info", "bad.safetensors")
            #expect(outcome.errors.utf8.count < 300)
            #expect(!outcome.errors.contains("\u{1B}"))
        }
    }

    /// The order of channels decides the answer, and so do the names of the classes: other data gives no score.
    @Test func weightsForOtherDataAreNotScored() throws {
        func check(_ key: String, _ names: [String], _ reason: String) throws {
            let text = JSON.array(names.map(JSON.string)).serialized()
            let bytes = try HostileCheckpointTests.changedMetadata("hartrain." + key, text)
            try withTemporaryFolder { folder in
                try Files.writeAtomically(bytes, to: folder + "/other.safetensors")
                let outcome = try Command(in: folder).run(
                    "evaluate", "--weights", "other.safetensors", "--data", "synthetic")
                #expect(outcome.code == 1)
                #expect(outcome.output == "")
                #expect(
                    outcome.errors
                        == "SYNTHETIC windows, not recordings of people\nerror: other.safetensors: these weights are for other data than synthetic: there \(reason)\n"
                )
            }
        }
        func list(_ names: [String]) -> String { names.joined(separator: ", ") }
        let channels = Array(UCIHAR.channels.reversed())
        try check("channels", channels, "the channels are \(list(UCIHAR.channels)), not \(list(channels))")
        var classes = UCIHAR.activities
        classes[3] = "FALLING"
        try check("classes", classes, "the classes are \(list(UCIHAR.activities.sorted())), not \(list(classes.sorted()))")
    }

    @Test func tensorsThatAreNotTheModels() throws {
        let check = HostileCheckpointTests.check
        try check(
            try HostileCheckpointTests.changed { $0.tensors.removeAll { $0.name == "conv2.bias" } }, "missing: conv2.bias")
        try check(
            try HostileCheckpointTests.changed { file in
                let place = try #require(file.tensors.firstIndex { $0.name == "dense.weight" })
                let tensor = file.tensors[place]
                file.tensors[place] = SafetensorsTensor(
                    "dens.weight", type: tensor.type, shape: tensor.shape, bytes: tensor.bytes)
            }, "missing: dense.weight; unexpected: dens.weight")
        try check(
            try HostileCheckpointTests.changed("conv1.weight", shape: [18, 2, 9]) { _ in },
            "misshapen: conv1.weight is [18, 2, 9], must be [18, 9, 2]")
        try check(
            try HostileCheckpointTests.changed("dense.bias", shape: [7]) { $0.append(0) }, "dense.bias is [7], must be [6]")
        try check(
            try HostileCheckpointTests.changed {
                $0.tensors.append(SafetensorsTensor("extra", shape: [1], values: [1] as [Float]))
            }, "unexpected: extra")
        try check(
            try HostileCheckpointTests.changed { file in
                let place = try #require(file.tensors.firstIndex { $0.name == "dense.bias" })
                file.tensors[place] = SafetensorsTensor("dense.bias", shape: [6], values: [0, 0, 0, 0, 0, 0] as [Double])
            }, "tensor 'dense.bias': is of type F64, must be F32")
        for value in [Float.nan, .infinity] {
            try check(try HostileCheckpointTests.changed("conv3.weight") { $0[5] = value }, "tensor 'conv3.weight': value 6 is")
        }
    }

    @Test func standardizationThatIsNone() throws {
        let check = HostileCheckpointTests.check
        try check(try HostileCheckpointTests.changed("standardize.mean") { $0[3] = .nan }, "standardize.mean[3] is nan")
        try check(try HostileCheckpointTests.changed("standardize.std") { $0[3] = .infinity }, "standardize.std[3] is inf")
        try check(try HostileCheckpointTests.changed("standardize.std") { $0[0] = 0 }, "standardize.std[0] is 0.0")
        try check(try HostileCheckpointTests.changed("standardize.std") { $0[0] = -1 }, "standardize.std[0] is -1.0")
        try check(
            try HostileCheckpointTests.changed("standardize.mean", shape: [8]) { $0.removeLast($0.count - 8) },
            "standardize.mean is [8], must be [128, 9] (steps, channels), [9] or, for none, [0]")
        try check(
            try HostileCheckpointTests.changed { $0.tensors.removeAll { $0.name == "standardize.std" } },
            "tensor 'standardize.std': is missing")
    }

    @Test func metadataThatAreMissingOrBad() throws {
        func check(_ key: String, _ value: String?, _ reason: String) throws {
            try HostileCheckpointTests.check(try HostileCheckpointTests.changedMetadata("hartrain." + key, value), reason)
        }
        for key in ["model", "classes", "channels", "seed", "data_hash", "version"] {
            try check(key, nil, "the metadata has no \"hartrain.\(key)\": this is not a hartrain checkpoint")
        }
        try check("model", "{", "hartrain.model")
        try check("model", #"{"name": "m", "input": {"steps": 128, "channels": 9}, "layers": []}"#, "at least one layer")
        try check("classes", #"["A", "B"]"#, "the model has 6 classes and 9 channels, the metadata names 2 and 9")
        try check("classes", "3", "'classes' must be a list, each element a text")
        try check("channels", #"["x"]"#, "'reading' must be a pair [least, largest] for each of the 1 channels")
        try check("epoch", "\"x\"", "'epoch' must be a whole number")
        try check("seed", "-1", "'seed' must be a whole number of 0 or more")
        try check("epoch", "-5", "'epoch' must be a whole number of 0 or more, found -5")
        try check("window", "777", "must be the 128 steps of the model's input, found 777")
        try check("standardize", "none", "must be 'channel-step', as the tensors are, found 'none'")
        try check("accuracy", "17.5", "'accuracy' must be a number of 0 to 1, or null, found 17.5")
        let hidden = #"["A", "B", "C", "D", "E\n", "\u001b[31mF"]"#
        try check("classes", hidden, "'classes' must be names without control characters")
        // A model that would take more memory than there is: refused before any is taken.
        let dense = #"{"layer": "Dense", "units": 65536}"#
        let huge = #"{"name": "m", "input": {"steps": 65536, "channels": 65536}, "layers": [\#(dense), \#(dense)]}"#
        try check("model", huge, "the most are")
        let large =
            #"{"name": "m", "input": {"steps": 128, "channels": 9}, "layers": [{"layer": "GlobalAveragePool1D"}, \#(dense), "#
            + #"{"layer": "Dense", "units": 512}, {"layer": "Dense", "units": 6}]}"#
        try check("model", large, "missing: dense1.weight")
    }
}
