import HAR
import Platform
import StrictJSON
import Testing

/// Runs of several machines beside each other and beside the study's figures.
@Suite struct CompareTests {
    /// Writes a run.json like that of the pretrained weights, changed at some places.
    private func write(_ name: String, _ model: StudyModel, in folder: String, _ changes: [(path: [String], value: JSON)]) throws
    {
        var record = try JSON.parse(try Files.read(PretrainedTests.folder(model) + "/run.json"))
        for (path, value) in changes { record = CompareTests.changed(record, path[...], value) }
        try Files.writeAtomically(Array(record.serialized().utf8), to: "\(folder)/\(name)")
    }

    private static func changed(_ json: JSON, _ path: ArraySlice<String>, _ value: JSON) -> JSON {
        guard let key = path.first else { return value }
        var object = json.asObject ?? [:]
        object.set(key, changed(object[key] ?? .null, path.dropFirst(), value))
        return .object(object)
    }

    /// The classes of the pretrained weights' record, one of them with another name.
    private static let renamed: JSON = {
        let record = try? JSON.parse(try Files.read(PretrainedTests.folder(.cnn) + "/run.json"))
        var classes = record?["test_report"]?["classes"]?.asArray ?? []
        classes[0] = changed(classes[0], ["name"], "FALL")
        return .array(classes)
    }()

    /// The layers of another model, which anybody may call "cnn".
    private static let otherLayers: JSON = {
        let record = try? JSON.parse(try Files.read(PretrainedTests.folder(.lstm) + "/run.json"))
        return record?["model_description"]?["layers"] ?? .null
    }()

    private func onPi(_ seconds: Double, emulated: Bool = false) -> [(path: [String], value: JSON)] {
        [
            (["device", "cpu"], "Raspberry Pi 4"), (["device", "architecture"], "aarch64"),
            (["device", "emulated"], .bool(emulated)), (["training_seconds"], .number(seconds)),
        ]
    }

    @Test func timesAndRatiosStandBesideTheStudys() throws {
        try withTemporaryFolder { folder in
            try write("x86.json", .cnn, in: folder, [(["training_seconds"], 100.0)])
            try write("pi.json", .cnn, in: folder, onPi(1250))
            try write("lstm.json", .lstm, in: folder, [(["training_seconds"], 50.0)])
            let outcome = try Command(in: folder).run("compare", "pi.json", "x86.json", "lstm.json", "--picture", "times.svg")
            #expect(outcome.code == 0 && outcome.errors == "", "\(outcome.errors)")
            let rows = outcome.output.split(separator: "\n").filter { $0.hasPrefix("| ") }.map { line in
                line.split(separator: "|").map { $0.split(separator: " ").joined(separator: " ") }
            }
            #expect(rows[0].prefix(6) == ["model", "machine", "training", "ratio", "validation", "test"])
            #expect(rows[2].prefix(4) == ["cnn", "Raspberry Pi 4, 2 threads", "20 min 50 s", "12.50"])
            #expect(rows[3].prefix(4) == ["cnn", "AMD EPYC, 2 threads", "100 s", "1.00"])
            #expect(rows[5].prefix(5) == ["cnn", "study: Raspberry Pi 4", "6780 s", "15.58", "0.99"])
            #expect(rows.count == 7)
            // The weights that come with the program are of another training than the study's LSTM.
            #expect(
                outcome.output.contains(
                    "The study's lstm was trained otherwise, so it stands apart (these runs: 1000 epochs, not 15; batches of 600, not 1): "
                        + "163 s on its laptop, 1203 s on a Raspberry Pi 4 (ratio 7.38), accuracy 0.90.\n"))
            #expect(outcome.output.contains("- AMD EPYC: lstm ("))
            #expect(outcome.output.contains("- Raspberry Pi 4: cnn ("))
            let picture = String(decoding: try Files.read(folder + "/times.svg"), as: UTF8.self)
            #expect(picture.hasPrefix("<svg ") && picture.hasSuffix("</svg>\n"))
            #expect(bars(picture) == 5)
        }
    }

    private func bars(_ picture: String) -> Int { picture.split(separator: "class=\"ch-bar ").count - 1 }

    /// The texts of a picture, in their order.
    private func texts(_ path: String) throws -> [String] {
        String(decoding: try Files.read(path), as: UTF8.self).split(separator: "\n").filter { $0.hasPrefix("<text ") }.map {
            $0.split(separator: ">")[1].split(separator: "<").first.map(String.init) ?? ""
        }
    }

    @Test func thePictureHasAnAxisOfOneUnit() throws {
        try withTemporaryFolder { folder in
            try write("x86.json", .cnn, in: folder, [(["training_seconds"], 9.4)])
            try write("pi.json", .cnn, in: folder, onPi(1250))
            #expect(try Command(in: folder).run("compare", "x86.json", "pi.json", "--picture", "times.svg").code == 0)
            let wide = try texts(folder + "/times.svg")
            #expect(
                Array(wide.prefix(9)) == [
                    "Training time and validation accuracy", "these runs", "the study&#39;s figures", "1", "10", "100", "1,000",
                    "10,000",
                    "seconds, logarithmic scale",
                ])
            #expect(wide.contains("9.4 s, 0.991") && wide.contains("1,250 s, 0.991") && wide.contains("6,780 s, 0.990"))
            #expect(!wide.contains { $0.contains(" min ") })
            // With few decades there are lines between the powers of ten; the shortest bar is to be seen although it is one.
            try write("x86.json", .cnn, in: folder, [(["training_seconds"], 100.0), (["recipe", "epochs"], 3)])
            #expect(try Command(in: folder).run("compare", "x86.json", "--picture", "times.svg").code == 0)
            #expect(Array(try texts(folder + "/times.svg").dropFirst().prefix(4)) == ["10", "20", "50", "100"])
        }
    }

    @Test func runsOfOneMachineAreToldApart() throws {
        try withTemporaryFolder { folder in
            for name in ["a", "b"] {
                try Files.createFolder("\(folder)/\(name)")
                try write("\(name)/run.json", .cnn, in: folder, [(["training_seconds"], 100.0)])
            }
            try write("c.json", .cnn, in: folder, onPi(1250))
            let outcome = try Command(in: folder).run("compare", "a", "b/run.json", "c.json", "--picture", "times.svg")
            #expect(outcome.code == 0, "\(outcome.errors)")
            let labels = ["AMD EPYC, 2 threads (a)", "AMD EPYC, 2 threads (b)", "Raspberry Pi 4, 2 threads"]
            let texts = try texts(folder + "/times.svg")
            for label in labels { #expect(texts.contains(label) && outcome.output.contains(" \(label) |"), "\(label)") }
        }
    }

    /// The study's row stands beside its own data and recipe only; windows that nobody recorded are named in every output.
    @Test(
        arguments: [
            ([(["data", "source"], "synthetic")], "its data is 'synthetic', not UCI HAR"),
            // Two of the activities in a folder of UCI HAR's layout are UCI HAR by name only.
            (
                [(["data", "hash"], .string(String(repeating: "a", count: 64)))],
                "its data is not all of UCI HAR as it was published"
            ),
            ([(["data", "split"], "volunteers")], "split groups, not stratified"),
            ([(["data", "validation_fraction"], 0.5)], "validation_fraction 0.5, not 0.25"),
            ([(["data", "standardize"], "none")], "standardize none, not channel-step"),
            ([(["recipe", "epochs"], 3)], "3 epochs, not 1000"), ([(["recipe", "batch"], 64)], "batches of 64, not 600"),
            ([(["recipe", "learning_rate"], 0.01)], "another learning_rate"),
            ([(["epochs_done"], 64), (["status"], "stopped")], "stopped after 64 epochs"),
            ([(["model_description", "layers"], otherLayers)], "other layers"),
        ] as [([([String], JSON)], String)])
    func theStudyStandsApartFromOtherTrainings(changes: [([String], JSON)], difference: String) throws {
        try withTemporaryFolder { folder in
            try write("a.json", .cnn, in: folder, changes.map { (path: $0.0, value: $0.1) })
            let command = Command(in: folder)
            let outcome = try command.run("compare", "a.json", "--picture", "times.svg")
            #expect(outcome.code == 0, "\(outcome.errors)")
            #expect(!outcome.output.contains("| study: laptop"))
            #expect(outcome.output.contains("so it stands apart (these runs: \(difference)"), "\(outcome.output)")
            let picture = String(decoding: try Files.read(folder + "/times.svg"), as: UTF8.self)
            #expect(bars(picture) == 1)
            let json = try JSON.parse(try command.run("compare", "a.json", "--json").output)
            #expect(json["study"]?.asArray?.first?["differences"]?.asArray?.isEmpty == false)
            let isSynthetic = difference.contains("synthetic")
            #expect(outcome.output.hasPrefix("SYNTHETIC") == isSynthetic)
            #expect(picture.contains("SYNTHETIC") == isSynthetic)
            #expect(json["runs"]?.asArray?.map { $0["synthetic"] } == [.bool(isSynthetic)])
        }
    }

    /// Who always answers one class needs no model, however fast it was trained.
    @Test func guessesAreNotRanked() throws {
        try withTemporaryFolder { folder in
            let windows = [496, 471, 420, 491, 532, 537]
            // All of them are taken for LAYING, and then one WALKING for what it is.
            for (name, right) in [("guess", 0), ("better", 1)] {
                let matrix = windows.indices.map { truth -> JSON in
                    let found = truth == 0 ? right : 0
                    return [.integer(found), 0, 0, 0, 0, .integer(windows[truth] - found)]
                }
                let accuracy = JSON.number(Double(537 + right) / 2947)
                let changes: [(path: [String], value: JSON)] = [
                    (["test_report", "confusion"], .array(matrix)), (["accuracy", "test"], accuracy),
                ]
                try write("\(name).json", .cnn, in: folder, changes)
                let outcome = try Command(in: folder).run("compare", "\(name).json")
                #expect(outcome.code == 0, "\(outcome.errors)")
                let isGuess = right == 0
                #expect(outcome.output.contains("guess.json (no better than always answering one class)") == isGuess)
                #expect(outcome.output.contains("- AMD EPYC: cnn (0.18") != isGuess, "\(outcome.output)")
            }
        }
    }

    /// Scores on generated windows, or on others', are no reason to choose a model, and a picture says which bars are of such.
    @Test func onlyScoresOnTheSameRecordingsAreRanked() throws {
        try withTemporaryFolder { folder in
            let command = Command(in: folder)
            try write("s.json", .cnn, in: folder, [(["data", "source"], "synthetic"), (["data", "hash"], "abc")])
            let alone = try command.run("compare", "s.json")
            #expect(alone.output.hasPrefix("SYNTHETIC windows, not recordings of people\n"))
            #expect(!alone.output.contains("worth its time") && !alone.output.contains("- AMD EPYC: "), "\(alone.output)")
            try write("real.json", .lstm, in: folder, [])
            try write("other.json", .cnnLSTM, in: folder, [(["data", "hash"], "def")])
            let files = ["s.json", "real.json", "other.json"]
            let mixed = try command.run(["compare"] + files + ["--allow-differences", "--picture", "p.svg"])
            #expect(mixed.code == 0, "\(mixed.errors)")
            #expect(mixed.output.hasPrefix("SYNTHETIC windows, not recordings of people: s.json\n"), "\(mixed.output)")
            #expect(mixed.output.contains("s.json (synthetic), other.json (other data).\n"), "\(mixed.output)")
            let line = try #require(mixed.output.split(separator: "\n").first { $0.hasPrefix("- AMD EPYC: ") })
            #expect(line.hasPrefix("- AMD EPYC: lstm (") && line.contains(" epochs)") && !line.contains("cnn"), "\(line)")
            let labels = try texts(folder + "/p.svg").filter { $0.hasPrefix("AMD EPYC") }
            #expect(labels.map { $0.hasSuffix(" (synthetic)") } == [true, false, false], "\(labels)")
            let json = try JSON.parse(try command.run(["compare"] + files + ["--allow-differences", "--json"]).output)
            #expect(json["pareto"]?.asArray?.map { $0["models"] } == [["lstm"]])
        }
    }

    /// A run that went on elsewhere has no time of one machine; each machine is charged its own.
    @Test func aRunOfTwoMachinesHasNoTime() throws {
        try withTemporaryFolder { folder in
            func session(_ cpu: String, _ epochs: Int, _ seconds: Double) -> JSON {
                [
                    "cpu": .string(cpu), "kernels": "avx2", "threads": 2, "epochs": .integer(epochs),
                    "training_seconds": .number(seconds),
                ]
            }
            try write(
                "two.json", .cnn, in: folder,
                [(["training_seconds"], 60.0), (["sessions"], [session("A", 400, 20), session("B", 600, 40)])])
            try write("one.json", .cnn, in: folder, [(["training_seconds"], 100.0)])
            let outcome = try Command(in: folder).run("compare", "two.json", "one.json")
            #expect(outcome.code == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("A, avx2 kernels, 2 threads + B, avx2 kernels, 2 threads"))
            #expect(
                outcome.output.contains(
                    "two.json has no time of one machine: 400 epochs in 20 s on A, avx2 kernels, 2 threads; 600 epochs in 40 s on B"
                ),
                "\(outcome.output)")
            #expect(!outcome.output.contains("in 60"))
            let json = try JSON.parse(try Command(in: folder).run("compare", "two.json", "one.json", "--json").output)
            #expect(json["runs"]?.asArray?.map { $0["ratio"] } == [.null, 1.0])
        }
    }

    @Test func anEmulatedRunHasNoTimes() throws {
        try withTemporaryFolder { folder in
            try write("x86.json", .cnn, in: folder, [])
            try write("qemu.json", .cnn, in: folder, onPi(5, emulated: true))
            let text = try Command(in: folder).run("compare", "x86.json", "qemu.json").output
            let words = text.split(separator: " ").joined(separator: " ")
            #expect(words.contains("| cnn | Raspberry Pi 4, 2 threads (emulated) | | | 0.991 |"))
            #expect(text.contains("Emulated runs show that a program works; their times mean nothing."))
            let json = try JSON.parse(try Command(in: folder).run("compare", "qemu.json", "x86.json", "--json").output)
            #expect(json["runs"]?.asArray?.map { $0["ratio"] } == [.null, 1.0])
            #expect(json["pareto"]?.asArray?.map { $0["cpu"] } == ["AMD EPYC"])
            #expect(json["study"]?.asArray?.map { $0["ratio"] } == [15.58])
        }
    }

    @Test(
        arguments: [
            (["recipe", "learning_rate"], 0.5, "recipe.learning_rate is 0.5, 0.0001 in a.json"),
            (["recipe", "optimizer", "beta1"], 0.5, "recipe.optimizer.beta1 is 0.5, 0.9 in a.json"),
            (["data", "hash"], "abc", "data.hash is \"abc\", \"c0733049"),
            (["data", "validation_fraction"], 0.5, "data.validation_fraction is 0.5, 0.25 in a.json"),
            (["test_report", "classes"], CompareTests.renamed, "data.classes is [\"FALL\",\"WALKING_UPSTAIRS\""),
            (["model_description", "layers"], [["layer": "Flatten"], ["layer": "Dense", "units": 6]], "model.layers is "),
        ] as [([String], JSON, String)]) func otherDataModelsAndRecipesAreRefused(_ path: [String], _ value: JSON, _ text: String)
        throws
    {
        try withTemporaryFolder { folder in
            try write("a.json", .cnn, in: folder, [])
            try write("b.json", .cnn, in: folder, [(path, value)])
            let outcome = try Command(in: folder).run("compare", "a.json", "b.json", "--picture", "x.svg")
            #expect(outcome.code == 1 && outcome.output == "" && outcome.errorLines.count == 1)
            #expect(outcome.errors.contains("b.json: " + text), "\(outcome.errors)")
            #expect(!Files.exists(folder + "/x.svg"))
            let allowed = try Command(in: folder).run("compare", "a.json", "b.json", "--allow-differences")
            #expect(allowed.code == 0 && allowed.output.contains("AMD EPYC, 2 threads (b.json) |"))
            #expect(allowed.errors.contains("note: b.json: " + text))
        }
    }

    /// Writes what `bench --save` would of predictions on a machine.
    private func writeBench(_ name: String, _ medians: [String: Double], cpu: String, emulated: Bool = false, in folder: String)
        throws
    {
        let rows: [JSON] = medians.keys.sorted().map { model in
            [
                "model": .string(model), "work": "predict", "layer": "", "batch": 1, "threads": 1,
                "p50_seconds": .number(medians[model] ?? 0), "cpu": .string(cpu), "emulated": .bool(emulated),
            ]
        }
        try Files.writeAtomically(Array(JSON.object(["rows": .array(rows)]).serialized().utf8), to: "\(folder)/\(name)")
    }

    /// So many of ten test windows are right, in the scores and in the confusion matrix that they follow from.
    private static func testAccuracy(tenths: Int) -> [(path: [String], value: JSON)] {
        // Of two classes with five windows each, the first is always known.
        let known: [[JSON]] = [[5, 0, 0, 0, 0, 0], [.integer(10 - tenths), .integer(tenths - 5), 0, 0, 0, 0]]
        let others = [[JSON]](repeating: [JSON](repeating: 0, count: 6), count: 4)
        return [
            (["accuracy", "test"], .number(Double(tenths) / 10)),
            (["test_report", "confusion"], .array((known + others).map(JSON.array))),
        ]
    }

    /// A record whose test accuracy is not that of its confusion matrix was changed by hand.
    @Test func aRecordThatContradictsItselfIsRefused() throws {
        try withTemporaryFolder { folder in
            try write("cnn.json", .cnn, in: folder, [(["accuracy", "test"], 0.99)])
            let outcome = try Command(in: folder).run("compare", "cnn.json")
            #expect(outcome.code == 1 && outcome.output == "")
            #expect(outcome.errors.hasPrefix("error: cnn.json: accuracy: 'test' must be"), "\(outcome.errors)")
        }
    }

    @Test func accuracyStandsBesideTheTimeOfAnAnswer() throws {
        try withTemporaryFolder { folder in
            try write("cnn.json", .cnn, in: folder, CompareTests.testAccuracy(tenths: 9))
            try write("lstm.json", .lstm, in: folder, CompareTests.testAccuracy(tenths: 8))
            // On the laptop the CNN is better and faster, on the Pi the LSTM is faster.
            try writeBench("laptop.json", ["cnn": 1e-5, "lstm": 4e-5], cpu: "Laptop", in: folder)
            try writeBench("pi.json", ["cnn": 3e-4, "lstm": 2e-4], cpu: "Pi", in: folder)
            try writeBench("qemu.json", ["cnn": 3e-4], cpu: "Qemu", emulated: true, in: folder)
            let runs = ["compare", "cnn.json", "lstm.json"]
            let files = ["--bench", "laptop.json", "--bench", "pi.json", "--bench", "qemu.json"]
            let text = try Command(in: folder).run(runs + files).output
            #expect(
                text.contains(
                    "- Laptop: cnn (0.900 in 10.0 us, 1000 epochs); not lstm (0.800 in 40.0 us, 1000 epochs), which cnn beats\n"),
                "\(text)")
            #expect(text.contains("- Pi: lstm (0.800 in 200 us, 1000 epochs), cnn (0.900 in 300 us, 1000 epochs)\n"))
            #expect(text.contains("- Qemu: emulated, its times mean nothing\n"))
            let json = try JSON.parse(try Command(in: folder).run(runs + files + ["--json"]).output)
            #expect(
                json["pareto_latency"]?.asArray?.map { $0["models"] ?? .null } == [["cnn"], ["lstm", "cnn"], []] as [JSON])
            try writeBench("other.json", ["cnn-lstm": 1e-4], cpu: "Pi", in: folder)
            let outcome = try Command(in: folder).run(runs + ["--bench", "other.json"])
            #expect(outcome.code == 1 && outcome.errors.contains("other.json has no prediction of one window"))
            #expect(!(try Command(in: folder).run(runs).output.contains("time of one prediction")))
        }
    }

    @Test func runsWithoutAResultAreRefused() throws {
        try withTemporaryFolder { folder in
            try Files.writeAtomically(Array("{}".utf8), to: folder + "/none.json")
            #expect(
                try Command(in: folder).run("compare", "none.json").errors.contains("none.json: 'model_description' is missing"))
            let model = try TinyModel.write(to: folder)
            #expect(try Command(in: folder).run(model + ["--out", "run", "--max-time", "0.001"]).code == 0)
            let members = try JSON.parse(try Files.read(folder + "/run/run.json")).asObject?.members ?? []
            var record: JSONObject = [:]
            for member in members where member.key != "accuracy" { record.set(member.key, member.value) }
            try Files.writeAtomically(Array(JSON.object(record).serialized().utf8), to: folder + "/run/run.json")
            let outcome = try Command(in: folder).run("compare", "run")
            #expect(outcome.code == 1 && outcome.errors.contains("run/run.json: the run has no result yet"), "\(outcome.errors)")
        }
    }
}
