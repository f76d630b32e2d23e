import Layers
import Memory
import Platform
import SmallModel
import StrictJSON
import TensorFiles
import Testing
import TimeSeries

@testable import Models

/// Checkpoints: what is written reads back, in PyTorch's names and layouts; what is wrong is refused.
@Suite struct CheckpointTests {
    /// Writes a checkpoint of a model and gives its path to the body.
    private static func withCheckpoint<Result>(
        _ body: (_ path: String, _ written: Checkpoint) throws -> Result
    ) throws -> Result {
        let checkpoint = try SmallModel.checkpoint()
        return try withTemporaryFolder { folder in
            let path = folder + "/best.safetensors"
            try checkpoint.write(to: path)
            return try body(path, checkpoint)
        }
    }

    /// The error of reading a file with a change.
    private static func error(_ change: (inout SafetensorsFile) throws -> Void) throws -> String? {
        try withCheckpoint { path, _ in
            var file = try SafetensorsFile.read(path)
            try change(&file)
            try file.write(to: path)
            do {
                _ = try Checkpoint(reading: path)
                return nil
            } catch let error as ModelFileError {
                #expect(error.file == path)
                #expect("\(error)".hasPrefix(path + ": "))
                return error.reason
            }
        }
    }

    @Test func whatIsWrittenReadsBackEqual() throws {
        try CheckpointTests.withCheckpoint { path, written in
            let read = try Checkpoint(reading: path)
            #expect(read.details == written.details)
            #expect(read.standardization == written.standardization)
            #expect(JSON.object(read.description.json) == .object(written.description.json))
            for parameter in written.model.parameters {
                let other = try #require(read.model.parameters.first { $0.name == parameter.name })
                let bits = read.state.values(other).map(\.bitPattern)
                #expect(bits == written.state.values(parameter).map(\.bitPattern), "\(parameter.name)")
            }
            // A file that is read and written is the same file.
            let bytes = try Files.read(path)
            try Checkpoint(model: read.model, state: read.state, standardization: read.standardization, details: read.details)
                .write(to: path)
            #expect(try Files.read(path) == bytes)
        }
    }

    /// A file without ranges, as earlier versions wrote it, is read as well.
    @Test func rangesOfTheTrainingWindowsAreKept() throws {
        var details = SmallModel.details
        #expect(details.ranges == nil)
        details.ranges = WindowRanges(
            of: try WindowSet(values: [1, 2, 3, 5, 0.1, 0, 7, -3], labels: [0], format: details.format))
        try withTemporaryFolder { folder in
            try SmallModel.checkpoint(details: details).write(to: folder + "/a.safetensors")
            try SmallModel.checkpoint().write(to: folder + "/b.safetensors")
            let (with, without) = (
                try Checkpoint(reading: folder + "/a.safetensors"), try Checkpoint(reading: folder + "/b.safetensors")
            )
            #expect(with.details == details)
            #expect(without.details.ranges == nil)
            // The tensors are the same.
            func tensors(_ name: String) throws -> [[UInt8]] {
                try SafetensorsFile.read("\(folder)/\(name)").tensors.map(\.bytes)
            }
            #expect(try tensors("a.safetensors") == tensors("b.safetensors"))
        }
    }

    @Test func anAccuracyThatNobodyMeasuredStaysUnknown() throws {
        var details = SmallModel.details
        details.accuracy = nil
        details.epoch = 0
        try withTemporaryFolder { folder in
            try SmallModel.checkpoint(details: details).write(to: folder + "/last.safetensors")
            #expect(try Checkpoint(reading: folder + "/last.safetensors").details == details)
        }
    }

    @Test func tensorsHavePyTorchsNamesAndShapes() throws {
        try CheckpointTests.withCheckpoint { path, _ in
            let tensors = try SafetensorsFile.read(path).tensors
            let expected: [(String, [Int])] = [
                ("conv.weight", [3, 2, 2]), ("conv.bias", [3]), ("norm.weight", [3]), ("norm.bias", [3]),
                ("norm.running_mean", [3]), ("norm.running_var", [3]), ("lstm.weight_ih_l0", [8, 3]),
                ("lstm.weight_hh_l0", [8, 2]), ("lstm.bias_ih_l0", [8]), ("lstm.bias_hh_l0", [8]), ("dense.weight", [3, 8]),
                ("dense.bias", [3]), ("standardize.mean", [2]), ("standardize.std", [2]),
            ]
            #expect(tensors.map(\.name) == expected.map(\.0))
            #expect(tensors.map(\.shape) == expected.map(\.1))
            #expect(try SafetensorsFile.read(path).metadata["format"] == "pt")
        }
    }

    @Test func theSecondBiasIsWrittenAsZerosAndAddedWhenRead() throws {
        try CheckpointTests.withCheckpoint { path, written in
            var file = try SafetensorsFile.read(path)
            #expect(try file.floats("lstm.bias_hh_l0").allSatisfy { $0 == 0 })
            let place = try #require(file.tensors.firstIndex { $0.name == "lstm.bias_hh_l0" })
            let addend: [Float] = [1, 2, 3, 4, 5, 6, 7, 8]
            file.tensors[place] = SafetensorsTensor("lstm.bias_hh_l0", shape: [8], values: addend)
            try file.write(to: path)
            let read = try Checkpoint(reading: path)
            let parameter = try #require(read.model.parameters.first { $0.name == "lstm.bias_ih_l0" })
            #expect(read.state.values(parameter) == zip(written.state.values(parameter), addend).map { $0 + $1 })
        }
    }

    @Test func tensorsThatDoNotFitAreListed() throws {
        let reason = try CheckpointTests.error { file in
            file.tensors.removeAll { $0.name == "conv.bias" || $0.name == "lstm.bias_hh_l0" }
            file.tensors.append(SafetensorsTensor("other", shape: [1], values: [1] as [Float]))
            let place = try #require(file.tensors.firstIndex { $0.name == "dense.bias" })
            file.tensors[place] = SafetensorsTensor("dense.bias", shape: [1, 3], values: [0, 0, 0] as [Float])
        }
        #expect(
            reason
                == "the tensors do not fit the model; missing: conv.bias, lstm.bias_hh_l0; unexpected: other; "
                + "misshapen: dense.bias is [1, 3], must be [3]")
    }

    @Test(arguments: ["conv.weight", "norm.running_var", "lstm.bias_hh_l0", "standardize.mean", "standardize.std"])
    func aValueThatIsNoNumberIsRefused(name: String) throws {
        for value in [Float.nan, .infinity, -.infinity] {
            let reason = try CheckpointTests.error { file in
                let place = try #require(file.tensors.firstIndex { $0.name == name })
                var values = try file.floats(name)
                values[1] = value
                file.tensors[place] = SafetensorsTensor(name, shape: file.tensors[place].shape, values: values)
            }
            #expect(reason?.contains(name) == true, "\(value)")
            #expect(reason?.contains("\(value)") == true)
        }
    }

    @Test func metadataAreReadStrictly() throws {
        let cases: [(String, String?, String)] = [
            ("model", nil, "the metadata has no \"hartrain.model\""), ("model", "[]", "hartrain.model: must be an object"),
            ("model", "{\"name\": \"x\",}", "metadata hartrain.model: line 1"),
            ("classes", "[\"A\", \"B\"]", "the model has 3 classes and 2 channels, the metadata names 2 and 2"),
            ("channels", "[]", "the metadata names 3 and 0"),
            ("seed", "18446744073709551615", "a whole number of at most 64 bits"),
            ("seed", "-4", "'seed' must be a whole number of 0 or more"), ("epoch", "1.5", "'epoch' must be a whole number"),
            ("accuracy", "\"high\"", "'accuracy' must be a number"),
            ("sample_rate", "\"fast\"", "'sample_rate' must be a number"),
            ("units", "[\"g\"]", "the metadata names 1 units for 2 channels"), ("units", "3", "'units' must be"),
            ("data_source", nil, "the metadata has no \"hartrain.data_source\""),
            ("window", nil, "the metadata has no \"hartrain.window\""),
            ("window", "777", "hartrain.window: must be the 4 steps of the model's input, found 777"),
            ("window", "4.0", "hartrain.window: must be the 4 steps"),
            ("standardize", "none", "hartrain.standardize: must be 'channel', as the tensors are, found 'none'"),
            ("standardize", nil, "the metadata has no \"hartrain.standardize\""),
            ("accuracy", "17.5", "'accuracy' must be a number of 0 to 1, or null, found 17.5"),
            ("accuracy", "-0.1", "'accuracy' must be a number of 0 to 1"),
            ("epoch", "-5", "'epoch' must be a whole number of 0 or more, found -5"),
            ("sample_rate", "0", "'sample_rate' must be a number above 0"),
            ("sample_rate", "-50.0", "'sample_rate' must be a number above 0"),
            ("classes", #"["A", "B\n", "C"]"#, "'classes' must be names without control characters"),
            ("classes", #"["A", "\u001b[31m", "C"]"#, "'classes' must be names without control characters"),
            ("channels", #"["x", ""]"#, "'channels' must be names without control characters"),
            ("data_source", "a\u{1B}b", "hartrain.data_source: must be a text without control characters, found 'a\\u{1B}b'"),
            ("data_hash", "\n", "hartrain.data_hash: must be a text"),
            ("version", "\u{202E}", "hartrain.version: must be a text"),
            ("ranges", "{", "metadata hartrain.ranges: line 1"), ("ranges", "[]", "metadata hartrain.ranges: must be an object"),
            ("ranges", #"{"reading":[[0.0,1.0]]}"#, "'reading' must be a pair [least, largest] for each of the 2 channels"),
        ]
        for (key, value, expected) in cases {
            let reason = try CheckpointTests.error { file in
                var metadata: OrderedMap<String> = [:]
                for member in file.metadata.members where member.key != "hartrain." + key {
                    metadata.set(member.key, member.value)
                }
                if let value { metadata.set("hartrain." + key, value) }
                file.metadata = metadata
            }
            #expect(reason?.contains(expected) == true, "\(key): \(reason ?? "no error")")
        }
    }

    /// Whatever single byte is changed, there is a checkpoint or an error.
    @Test func changedBytesGiveACheckpointOrAnError() throws {
        try CheckpointTests.withCheckpoint { path, _ in
            let bytes = try Files.read(path)
            var random = Random(seed: 1, stream: .split)
            var refused = 0
            for _ in 0..<400 {
                var changed = bytes
                changed[random.below(bytes.count)] = UInt8(random.below(256))
                try Files.writeAtomically(changed, to: path)
                do { _ = try Checkpoint(reading: path) } catch { refused += 1 }
            }
            #expect(refused > 100)
        }
    }
}
