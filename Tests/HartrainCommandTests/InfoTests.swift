import HAR
import Models
import Platform
import StrictJSON
import TensorFiles
import Testing

/// What 'info' says of a file of weights.
@Suite struct InfoTests {
    @Test func oneCoreIsOne() throws {
        try withTemporaryFolder { folder in
            var command = Command(in: folder)
            command.prelude = "exec taskset -c 0 \"$@\";"
            let text = try command.run("info").output
            #expect(text.contains(", 1 core for this process\n"), "\(text)")
        }
    }

    /// Of each channel the least and the largest mean and deviation over the steps, for people and for programs.
    @Test func theStandardisationIsShownInShort() throws {
        try withTemporaryFolder { folder in
            let run = PretrainedTests.folder(.cnn) + "/best.safetensors"
            let standardization = try Checkpoint(reading: run).standardization
            let command = Command(in: folder)
            let text = try command.run("info", run)
            let lines = text.output.split(separator: "\n")
            let first = try #require(lines.firstIndex { $0.hasPrefix("standardised by [128, 9]") })
            #expect(lines[first + 1].hasPrefix("body_acc_x  ") && lines[first + 9].hasPrefix("total_acc_z  "))
            let json = try JSON.parse(try command.run("info", run, "--json").output)
            #expect(json["standardize"] == "channel-step" && json["standardization"]?["shape"] == [128, 9])
            let channels = try #require(json["standardization"]?["channels"]?.asArray)
            #expect(channels.map { $0["channel"]?.asString } == UCIHAR.format.channels)
            let means = stride(from: 8, to: 1152, by: 9).map { standardization.mean[$0] }
            let deviations = stride(from: 8, to: 1152, by: 9).map { standardization.std[$0] }
            #expect(channels[8]["mean"] == [.float(try #require(means.min())), .float(try #require(means.max()))])
            #expect(channels[8]["std"] == [.float(try #require(deviations.min())), .float(try #require(deviations.max()))])
            let least = NumberText.significant(Double(try #require(means.min())))
            #expect(lines[first + 9].contains("  \(least) to "), "\(lines[first + 9])")

            // One mean and deviation a channel; nothing where windows stay as they are.
            var file = try SafetensorsFile.read(run)
            for (kind, shape) in [("channel", [9]), ("none", [0])] {
                file.metadata.set("hartrain.standardize", kind)
                for name in ["standardize.mean", "standardize.std"] {
                    let index = try #require(file.tensors.firstIndex { $0.name == name })
                    file.tensors[index] = SafetensorsTensor(
                        name, shape: shape, values: [Float](repeating: 0.5, count: shape[0]))
                }
                try file.write(to: folder + "/changed.safetensors")
                let output = try command.run("info", "changed.safetensors").output
                #expect(output.contains("standardised by [9]") == (kind == "channel"))
                let lines = output.split(separator: "\n")
                let row = lines.firstIndex { $0.hasPrefix("standardised by [9]") }.map { lines[$0 + 5] }
                #expect(row?.split(separator: " ") == (kind == "channel" ? ["body_gyro_y", "0.5", "0.5"] : nil), "\(output)")
            }
        }
    }
}
