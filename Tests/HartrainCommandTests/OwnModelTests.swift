import Models
import Platform
import StrictJSON
import TensorFiles
import Testing

/// Models that users describe in a file, good and bad.
@Suite struct OwnModelTests {
    private static let dense = #"{"layer": "Dense", "units": 6}"#
    private static let head = #"{"layer": "GlobalAveragePool1D"}, "# + dense
    private static let input = #""input": {"steps": 128, "channels": 9}"#

    /// A model of these layers.
    private static func model(_ layers: String, input: String = input, more: String = "") -> String {
        #"{"name": "mine", \#(input), "layers": [\#(layers)]\#(more)}"#
    }

    private static func check(_ text: String, _ reason: String, command: [String] = ["--data", "synthetic", "--epochs", "1"])
        throws
    {
        try withTemporaryFolder { folder in
            try Files.writeAtomically(Array(text.utf8), to: folder + "/mine.json")
            let start = command.first == "info" ? command : command + ["--quiet"]
            let outcome = try Command(in: folder).run(start + ["--model", "mine.json"])
            #expect(outcome.code == 1, "\(reason): \(outcome.code)")
            #expect(outcome.output == "")
            #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
            #expect(outcome.errors.contains("mine.json"), "\(outcome.errors)")
            #expect(outcome.errors.contains(reason), "\(outcome.errors)")
            #expect(try Files.list(folder).filter { !$0.hasPrefix(".") } == ["mine.json"])
        }
    }

    @Test func aModelTrainsByItsOwnRecipe() throws {
        try withTemporaryFolder { folder in
            let layers = #"""
                {"layer": "Concatenate", "branches": [
                  [{"layer": "Conv1D", "filters": 4, "kernel": 3, "padding": "same"}, {"layer": "Tanh"}],
                  [{"layer": "Conv1D", "name": "wide", "filters": 2, "kernel": 5, "dilation": 2, "padding": "same"}]]},
                {"layer": "MaxPool1D", "size": 8}, {"layer": "Flatten"}, \#(OwnModelTests.dense)
                """#
            let more = #", "training": {"epochs": 2, "batch": 50, "learning_rate": 0.01, "optimizer": {"name": "sgd"}}"#
            let text = OwnModelTests.model(layers, more: more)
            try Files.writeAtomically(Array(text.utf8), to: folder + "/mine.json")
            let command = Command(in: folder)
            let outcome = try command.run("--model", "mine.json", "--data", "synthetic", "--quiet", "--json", "--seed", "4")
            #expect(outcome.code == 0, "\(outcome.errors)")
            let record = try JSON.parse(outcome.output)
            #expect(record["model"] == "mine")
            #expect(record["epochs"] == 2)
            #expect(record["batch"] == 50)
            #expect(record["seed"] == 4)
            #expect(record["recipe"]?["optimizer"]?["name"] == "sgd")
            // 4 x (3 x 9 + 1) + 2 x (5 x 9 + 1) + 6 x (16 x 6 + 1)
            #expect(record["parameters"] == 786)
            let file = try SafetensorsFile.read(folder + "/Checkpoints/mine-1/best.safetensors")
            #expect(file.tensors.contains { $0.name == "concatenate.branch2.wide.weight" && $0.shape == [2, 9, 5] })
            // What was trained can be used.
            let evaluated = try command.run("evaluate", "--weights", "Checkpoints/mine-1/best.safetensors", "--data", "synthetic")
            #expect(evaluated.code == 0)
            #expect(evaluated.output.hasPrefix("mine on 864 windows"))
        }
    }

    /// Both bind the model to the rows that its own batch gives a lane.
    @Test func infoAndSummaryShowTheSameModel() throws {
        try withTemporaryFolder { folder in
            let arguments = Array(try TinyModel.write(to: folder).prefix(2))
            let info = try Command(in: folder).run(["info"] + arguments)
            #expect(info.code == 0, "\(info.errors)")
            #expect(try info.output == Command(in: folder).run(arguments + ["--summary"]).output)
        }
    }

    @Test func textThatIsNotAModel() throws {
        try OwnModelTests.check("hello", "line 1, column 1: expected a value, found 'h'")
        try OwnModelTests.check("", "expected a value, found the end of the text")
        try OwnModelTests.check("{\n \"name\": \"a\",,}", "line 2, column 14: expected a key")
        try OwnModelTests.check("[]", "must be an object")
        try OwnModelTests.check(#"{"name": "mine"}"#, "'input' is missing")
        try OwnModelTests.check(String(repeating: " ", count: 10_000_000) + "{}", "more than the limit of")
        try OwnModelTests.check(String(repeating: "[", count: 100_000), "at most 64 levels")
        let nested = #"{"layer": "Concatenate", "branches": [["#
        let deep = String(repeating: nested, count: 40) + OwnModelTests.dense + String(repeating: "]]}", count: 40)
        try OwnModelTests.check(OwnModelTests.model(deep), "levels of arrays and objects")
    }

    @Test func layersAndFieldsThatAreWrong() throws {
        func check(_ layers: String, _ reason: String) throws { try OwnModelTests.check(OwnModelTests.model(layers), reason) }
        let head = OwnModelTests.head
        try check(#"{"layer": "Conv2D", "filters": 3}, \#(head)"#, "layer 1: 'layer' must be one of Conv1D, MaxPool1D")
        try check(
            #"{"layer": "Conv1D", "filers": 3, "kernel": 2}, \#(head)"#, "layer 1 (Conv1D): 'filters' is missing")
        try check(#"{"layer": "Conv1D", "filers": 3, "kernel": 2}, \#(head)"#, "(found 'filers')")
        try check(
            #"{"layer": "Conv1D", "filters": 3, "kernel": 2, "strid": 2}, \#(head)"#,
            "unknown field 'strid' (did you mean 'stride'?)")
        try check(
            #"{"layer": "Conv1D", "filters": 3, "kernel": 2, "padding": "full"}, \#(head)"#,
            #"'padding' must be "valid", "same", a number of steps for both sides, or a pair [before, after], each 0 to 65536, "#
                + #"found "full""#)
        try check("", "a sequence needs at least one layer")
        try check("3", "layer 1: must be an object, found 3")
        let named = #"{"layer": "Dense", "units": 4, "name": "a"}"#
        try check("\(named), \(named), \(head)", "two layers have the name \"a\"")
        for name in [".a", "a.", "a..b", "a b"] {
            try check(#"{"layer": "Dense", "units": 4, "name": "\#(name)"}, \#(head)"#, "'name' must be at most 64 letters")
        }
        let inner = #"{"layer": "Dense", "units": 4, "name": "a.b"}"#
        try check("\(inner), \(named), \(head)", #"the name "a.b" begins with that of another layer, "a", and a dot"#)
        try check(
            #"{"layer": "Dropout", "rate": 1.5}, \#(head)"#,
            "the dropout rate must be at least 0 and below 1 (0.99999997 or less), not 1.5")
        try check(#"{"layer": "Conv1D", "filters": 3, "kernel": 200}, \#(head)"#, "does not fit 128 steps")
        try check(#"{"layer": "Concatenate", "branches": []}, \#(head)"#, "Concatenate needs at least one branch")
        try check(OwnModelTests.dense, "the last layer must give [classes]")
        try check(
            #"{"layer": "GlobalAveragePool1D"}, {"layer": "Dense", "units": 5}"#, "the model gives 5 classes, the data has 6")
    }

    @Test(arguments: ["0", "-3", "1.5", "1000000000000", "99999999999999999999", "\"6\"", "null", "[6]", "1e400"])
    func sizesThatAreNone(size: String) throws {
        let layers = #"{"layer": "Dense", "units": \#(size)}, "# + OwnModelTests.head
        // A size of another kind, one outside its range, and a number that no JSON reader can hold.
        let isHuge = size == "99999999999999999999" || size == "1e400"
        try OwnModelTests.check(
            OwnModelTests.model(layers), isHuge ? "expected a" : "layer 1 (Dense): 'units' must be a whole number")
    }

    /// Sizes that are allowed one by one and together too much: an error, no crash, no memory taken.
    @Test func sizesThatAreTooLargeTogether() throws {
        let dense = #"{"layer": "Dense", "units": 65536}, "#
        let wide = #"{"layer": "Conv1D", "filters": 65536, "kernel": 65536, "padding": "same"}, "#
        let branch = #"[{"layer": "Conv1D", "filters": 65536, "kernel": 1}]"#
        let branches = Array(repeating: branch, count: 200).joined(separator: ", ")
        let many = [
            dense + dense + dense, #"{"layer": "Flatten"}, "# + dense + dense, wide + wide,
            #"{"layer": "LSTM", "units": 65536, "layers": 64, "output": "sequence"}, "#,
            #"{"layer": "Concatenate", "branches": [\#(branches)]}, "# + wide,
            dense + #"{"layer": "BatchNorm1D"}, {"layer": "Flatten"}, {"layer": "BatchNorm1D"}, "# + dense,
        ]
        for layers in many {
            try OwnModelTests.check(OwnModelTests.model(layers + OwnModelTests.head), "the most are")
            // Without data any input is allowed.
            let input = #""input": {"steps": 65536, "channels": 65536}"#
            try OwnModelTests.check(
                OwnModelTests.model(layers + OwnModelTests.head, input: input), "the most are", command: ["info"])
        }
    }

    @Test func inputAndTrainingThatAreWrong() throws {
        func check(_ text: String, _ reason: String) throws { try OwnModelTests.check(text, reason) }
        let head = OwnModelTests.head
        try check(
            OwnModelTests.model(head, input: #""input": {"steps": 64, "channels": 9}"#),
            #"the model takes windows of [64, 9], the data has [128, 9]: set "input" to {"steps": 128, "channels": 9}"#)
        try check(
            OwnModelTests.model(head, input: #""input": {"steps": 0, "channels": 9}"#), "'steps' must be a whole number of 1")
        try check(OwnModelTests.model(head, input: #""input": [128, 9]"#), "input: must be an object")
        try check(
            OwnModelTests.model(head, more: #", "training": {"learning_rat": 1}"#),
            "training: unknown field 'learning_rat' (did you mean 'learning_rate'?)")
        try check(
            OwnModelTests.model(head, more: #", "training": {"seed": -1}"#),
            "training: 'seed' must be a whole number of 0 or more")
        try check(
            OwnModelTests.model(head, more: #", "training": {"optimizer": {"name": "lion"}}"#),
            #"training, optimizer: 'name' must be "adam" or "sgd""#)
        try check(
            OwnModelTests.model(head, more: #", "training": {"learning_rate": -1}"#),
            "mine.json: training: learning rate must be a number above 0 (1.4e-45 to 3.4e38), not -1.0")
        try check(
            OwnModelTests.model(head, more: #", "training": {"epochs": 2, "schedule": {"name": "cosine", "warmup": 2}}"#),
            "mine.json: training: warm-up must be at least 0 and below the epochs, not 2")
        try check(OwnModelTests.model(head, more: #", "trainin": {}"#), "unknown field 'trainin'")
        try check(OwnModelTests.model(head, more: #", "name": "again""#), "every key once")
        try check(#"{"name": "../mine", \#(OwnModelTests.input), "layers": [\#(head)]}"#, "'name' must be 1 to 64 letters")
    }
}
