import Glibc
import HAR
import Models
import Platform
import StrictJSON
import TensorFiles
import Testing

/// Classifying windows of files and of standard input.
@Suite struct PredictTests {
    /// Windows of six people doing six things: the first of each activity in the test part.
    private static let windows: (values: [Float], labels: [Int]) = {
        let test = SyntheticHAR().generate().test
        let places = (0..<6).compactMap { label in test.labels.firstIndex { $0 == Int32(label) } }
        let readings = test.values
        let values = places.flatMap { readings[$0 * UCIHAR.format.shape.count..<($0 + 1) * UCIHAR.format.shape.count] }
        return (values, Array(0..<6))
    }()

    /// Whether a pipe holds nothing that its reader has not read.
    private static func isEmpty(_ pipe: Int32) -> Bool {
        var bytes: Int32 = -1
        return unsafe ioctl(pipe, UInt(FIONREAD), &bytes) == 0 && bytes == 0
    }

    private static func csv(_ values: some Sequence<Float>, end: String = "\n") -> String {
        let values = Array(values)
        return stride(from: 0, to: values.count, by: 9).map { start in
            values[start..<start + 9].map(\.description).joined(separator: ",") + end
        }.joined()
    }

    private static func raw(_ values: [Float]) -> [UInt8] {
        values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) } }
    }

    /// What is said of the weights of these tests.
    private static let notice = "note: these weights were trained on SYNTHETIC windows, not recordings of people\n"

    /// Runs `predict` with files in the folder.
    /// - Returns: What it did, without the note on the weights.
    private static func predict(
        _ arguments: [String], files: [String: [UInt8]] = [:], input: String = ""
    ) throws -> Command.Outcome {
        try withTemporaryFolder { folder in
            try TrainedRun.shared.writeWeights(to: folder)
            for (name, bytes) in files { try Files.writeAtomically(bytes, to: "\(folder)/\(name)") }
            let outcome = try Command(in: folder).run(
                ["predict", "--weights", "best.safetensors"] + arguments, input: Array(input.utf8))
            #expect(outcome.errors.hasPrefix(notice))
            return Command.Outcome(
                code: outcome.code, output: outcome.output, errors: String(outcome.errors.dropFirst(notice.count)))
        }
    }

    /// The probabilities of each line.
    private static func probabilities(_ outcome: Command.Outcome) throws -> [[Double]] {
        try outcome.output.split(separator: "\n").map { line in
            try #require(try JSON.parse(String(line))["probabilities"]?.asArray).compactMap(\.asDouble)
        }
    }

    @Test func everyFormGivesTheSameAnswers() throws {
        let (values, labels) = PredictTests.windows
        let text = PredictTests.csv(values)
        let windowsText = PredictTests.csv(values, end: "\r\n")
        let files = [
            "w.csv": Array(text.utf8), "w.f32": PredictTests.raw(values), "crlf.csv": Array(windowsText.utf8),
            "spaced.csv": Array(("\n" + text.split(separator: ",").joined(separator: " , ") + "\n\n").utf8),
            "unended.csv": Array(text.dropLast().utf8),
        ]
        let once = try PredictTests.predict(["--json", "w.csv"], files: files)
        #expect(once.code == 0, "\(once.errors)")
        #expect(once.errors == "")
        for name in ["w.f32", "crlf.csv", "spaced.csv", "unended.csv"] {
            #expect(try PredictTests.predict(["--json", name], files: files).output == once.output, "\(name)")
        }
        #expect(try PredictTests.predict(["--json", "-"], input: text).output == once.output)
        // Of several inputs each line says which it is of; the windows of each are counted from 1.
        let several = try PredictTests.predict(["--json", "w.csv", "-", "w.f32"], files: files, input: text).output
        let expected = ["w.csv", "standard input", "w.f32"].map { name in
            once.output.split(separator: "\n").map { #"{"input":"\#(name)","# + $0.dropFirst() + "\n" }.joined()
        }
        #expect(several == expected.joined())
        let plain = try PredictTests.predict(["w.csv", "w.f32"], files: files).output.split(separator: "\n")
        #expect(plain.count == 12)
        #expect(plain.first?.hasPrefix("w.csv, window 1: ") == true)
        #expect(plain.last?.hasPrefix("w.f32, window 6: ") == true)

        // The model has learnt these: nearly all are right.
        let classes = once.output.split(separator: "\n").compactMap { try? JSON.parse(String($0))["class"]?.asInt }
        #expect(zip(classes, labels).count { $0 == $1 + 1 } >= 5)
    }

    /// Windows in other units: one warning for each input, or with --strict an error after the answers to the windows before.
    @Test func windowsFarFromTheTrainingsAreToldOnce() throws {
        let values = PredictTests.windows.values
        func scaled(_ channels: Range<Int>, by factor: Float) -> [Float] {
            values.enumerated().map { channels.contains($0 % 9) ? $1 * factor : $1 }
        }
        let files = ["good.f32": PredictTests.raw(values), "metres.f32": PredictTests.raw(scaled(6..<9, by: 9.80665))]
        let outcome = try PredictTests.predict(["good.f32", "metres.f32", "metres.f32"], files: files)
        #expect(outcome.code == 0)
        #expect(outcome.output.split(separator: "\n").count == 18)
        #expect(outcome.errorLines.count == 2, "\(outcome.errors)")
        for line in outcome.errorLines {
            #expect(line.hasPrefix("warning: metres.f32, window 1: total_acc_x has a reading of "), "\(line)")
            #expect(line.contains(" g, in training ") && line.hasSuffix("(--strict refuses such windows)"), "\(line)")
        }
        #expect(try PredictTests.predict(["--strict", "good.f32"], files: files).errors == "")
        let strict = try PredictTests.predict(["--strict", "good.f32", "metres.f32"], files: files)
        #expect(strict.code == 1)
        #expect(strict.output.split(separator: "\n").count == 6)
        #expect(strict.errors.hasPrefix("error: metres.f32, window 1: total_acc_x has a reading of "), "\(strict.errors)")
        // Within an input, too: the second window of a stream.
        let size = UCIHAR.format.shape.count
        let stream = PredictTests.csv(values.prefix(size) + scaled(3..<6, by: 57.29578).suffix(size))
        let second = try PredictTests.predict(["--strict", "-"], input: stream)
        #expect(second.code == 1 && second.output.split(separator: "\n").count == 1)
        #expect(second.errors.hasPrefix("error: standard input, window 2: body_gyro_"), "\(second.errors)")
    }

    @Test func aLineOfJSONHasExactlyFourMembers() throws {
        let outcome = try PredictTests.predict(["--json", "-"], input: PredictTests.csv(PredictTests.windows.values))
        let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 7)
        #expect(lines.last == "")
        for (number, line) in lines.dropLast().enumerated() {
            let object = try #require(try JSON.parse(String(line)).asObject)
            #expect(object.keys == ["window", "class", "name", "probabilities"])
            #expect(object["window"] == .integer(number + 1))
            let probabilities = try #require(object["probabilities"]?.asArray).compactMap(\.asDouble)
            #expect(probabilities.count == 6)
            #expect(abs(probabilities.reduce(0, +) - 1) < 1e-5)
            let best = try #require(probabilities.indices.max { probabilities[$0] < probabilities[$1] })
            #expect(object["class"] == .integer(best + 1))
            #expect(object["name"] == .string(UCIHAR.activities[best]))
        }
    }

    @Test func aPlainLineSaysClassNameAndProbability() throws {
        let text = PredictTests.csv(PredictTests.windows.values)
        let plain = try PredictTests.predict(["-"], input: text).output.split(separator: "\n").map { $0.split(separator: " ") }
        let objects = try PredictTests.predict(["--json", "-"], input: text).output.split(separator: "\n").map {
            try JSON.parse(String($0))
        }
        #expect(plain.count == 6)
        for (words, object) in zip(plain, objects) {
            #expect(words.count == 5)
            #expect(words[0] == "window")
            #expect(words[1] == "\(object["window"]?.asInt ?? 0):")
            #expect(words[2] == "\(object["class"]?.asInt ?? 0)")
            #expect(words[3] == object["name"]?.asString ?? "")
            let best = try #require(object["probabilities"]?.asArray?.compactMap(\.asDouble).max())
            #expect(abs(try #require(Double(words[4])) - best) <= 0.00005001)
        }
    }

    @Test func probabilitiesDoNotDependOnHowManyWindowsThereAre() throws {
        let test = SyntheticHAR().generate().test
        // More than one pass holds.
        let count = 70
        let values = Array(test.values[..<(count * UCIHAR.format.shape.count)])
        let together = try PredictTests.probabilities(
            try PredictTests.predict(["--json", "w.f32"], files: ["w.f32": PredictTests.raw(values)]))
        #expect(together.count == count)
        for index in [0, 1, 37, count - 1] {
            let one = Array(values[index * UCIHAR.format.shape.count..<(index + 1) * UCIHAR.format.shape.count])
            let alone = try PredictTests.probabilities(
                try PredictTests.predict(["--json", "w.f32"], files: ["w.f32": PredictTests.raw(one)]))
            #expect(alone.count == 1)
            #expect(alone[0] == together[index])
        }
    }

    @Test func badInputIsNamedBehindTheAnswersBeforeIt() throws {
        let text = PredictTests.csv(PredictTests.windows.values.prefix(UCIHAR.format.shape.count))
        let lines = text.split(separator: "\n").map(String.init)
        func changed(_ line: Int, _ new: String) -> [UInt8] {
            var lines = lines
            lines[line - 1] = new
            return Array(lines.joined(separator: "\n").utf8)
        }
        func raw(_ index: Int, _ value: Float) -> [UInt8] {
            var values = PredictTests.windows.values
            values[index] = value
            return PredictTests.raw(values)
        }
        let huge = [Float](repeating: 3e38, count: UCIHAR.format.shape.count)
        let files: [String: [UInt8]] = [
            "good.csv": Array(text.utf8), "eight.csv": changed(5, "1,2,3,4,5,6,7,8"),
            "ten.csv": changed(5, "1,2,3,4,5,6,7,8,9,10"),
            "text.csv": changed(7, "1,2,x,4,5,6,7,8,9"), "nan.csv": changed(7, "1,2,nan,4,5,6,7,8,9"),
            "inf.csv": changed(128, "1,2,3,4,5,6,7,8,1e39"), "hex.csv": changed(1, "0x1p3,2,3,4,5,6,7,8,9"),
            "hole.csv": changed(7, "1,,3,4,5,6,7,8,9"), "header.csv": changed(1, UCIHAR.channels.joined(separator: ",")),
            "short.csv": Array(lines.dropLast().joined(separator: "\n").utf8), "empty.csv": [], "blank.csv": Array("\n \n".utf8),
            "bytes.csv": Array(0...255), "long.csv": Array((text + lines[0]).utf8),
            "odd.f32": Array(PredictTests.raw(PredictTests.windows.values).dropLast(3)), "empty.f32": [],
            "nan.f32": raw(1151, .nan), "inf.f32": raw(UCIHAR.format.shape.count + 3, -.infinity),
            "windows.txt": Array(text.utf8),
            "huge.f32": PredictTests.raw(Array(PredictTests.windows.values.prefix(2 * UCIHAR.format.shape.count)) + huge),
            "other.csv": changed(1, "a,b,c,d,e,f,g,h,i"), "w.npy": [], "escape.csv": changed(7, "1,2,\u{1B}[31mx,4,5,6,7,8,9"),
            "cell.csv": changed(3, "1," + String(repeating: "x", count: 1_000_000) + ",3,4,5,6,7,8,9"),
        ]
        // Each with the number of windows that are answered before it.
        let errors: [(String, Int, String)] = [
            ("eight.csv", 0, "eight.csv:5: 8 values, not 9"), ("ten.csv", 0, "ten.csv:5: 10 values, not 9"),
            ("text.csv", 0, "text.csv:7:5: value 3, 'x', is not a finite number"),
            ("nan.csv", 0, "nan.csv:7:5: value 3, 'nan', is not a finite number"),
            ("inf.csv", 0, "inf.csv:128:17: value 9, '1e39', is not a finite number"),
            ("hex.csv", 0, "hex.csv:1:1: value 1, '0x1p3', is not a finite number"),
            ("hole.csv", 0, "hole.csv:7:3: value 2, '', is not a finite number"),
            ("header.csv", 0, "header.csv:128: window 1 ends after 127 readings, not 128"),
            ("short.csv", 0, "short.csv:127: window 1 ends after 127 readings, not 128"),
            ("long.csv", 1, "long.csv:129: window 2 ends after 1 reading, not 128"),
            ("empty.csv", 0, "empty.csv: no windows in it"), ("blank.csv", 0, "blank.csv: no windows in it"),
            ("bytes.csv", 0, "bytes.csv:1: this is no text in UTF-8: it holds bytes of 0"),
            ("odd.f32", 0, "odd.f32: 27645 bytes are no whole number of windows of 4608 bytes"),
            ("empty.f32", 0, "empty.f32: 0 bytes are no whole number of windows"),
            ("nan.f32", 0, "nan.f32: value 1152 (window 1, reading 128, channel total_acc_z) is nan, not a finite number"),
            ("inf.f32", 1, "inf.f32: value 1156 (window 2, reading 1, channel body_gyro_x) is -inf, not a finite number"),
            ("huge.f32", 2, "huge.f32, window 3: the probabilities are not finite numbers"),
            ("other.csv", 0, "other.csv:1: no column is called 'body_acc_x' in the header 'a,b,c,d,e,f,g,h,i': name the columns"),
            (
                "w.npy", 0,
                #"w.npy: the name must end in .csv or .f32, or be - for CSV on standard input: array.astype("float32")"#
            ),
            ("escape.csv", 0, "escape.csv:7:5: value 3, '\\u{1B}[31mx', is not a finite number"),
            ("cell.csv", 0, "cell.csv:3: the line is longer than 65536 bytes"),
            ("windows.txt", 0, "windows.txt: the name must end in .csv or .f32"),
            ("missing.csv", 0, "cannot read missing.csv: No such file or directory"),
            ("-", 0, "standard input: no windows in it"),
        ]
        for (name, before, reason) in errors {
            for format in [[], ["--json"]] {
                let outcome = try PredictTests.predict(format + ["good.csv", name], files: files)
                #expect(outcome.code == 1, "\(name)")
                #expect(outcome.output.split(separator: "\n").count == 1 + before, "\(name): \(outcome.output)")
                #expect(!outcome.output.contains("nan") && !outcome.output.contains("null"))
                // Readings that give no answer are far from those in training, too.
                let lines = outcome.errorLines.filter { name != "huge.f32" || !$0.hasPrefix("warning: huge.f32, window 3: ") }
                #expect(lines.count == 1, "\(name): \(outcome.errors)")
                #expect(outcome.errors.utf8.count < 600)
                #expect(lines.first?.hasPrefix("error: " + reason) == true, "\(name): \(outcome.errors)")
            }
        }
    }

    @Test func weightsThatGiveNoProbabilitiesAreAnError() throws {
        var file = try SafetensorsFile(decoding: TrainedRun.shared.files.bytes("best.safetensors"), source: "best")
        let place = try #require(file.tensors.firstIndex { $0.name == "dense.weight" })
        let tensor = file.tensors[place]
        file.tensors[place] = SafetensorsTensor(
            tensor.name, shape: tensor.shape, values: [Float](repeating: 3e38, count: tensor.bytes.count / 4))
        let bytes = try file.encoded()
        try withTemporaryFolder { folder in
            try Files.writeAtomically(bytes, to: folder + "/huge.safetensors")
            let text = PredictTests.csv(PredictTests.windows.values)
            let predicted = try Command(in: folder).run(
                "predict", "--weights", "huge.safetensors", "-", input: Array(text.utf8))
            #expect(predicted.code == 1)
            #expect(predicted.output == "")
            #expect(predicted.errors.contains("\nerror: standard input, window 1: the probabilities are not finite numbers"))
            let evaluated = try Command(in: folder).run("evaluate", "--weights", "huge.safetensors", "--data", "synthetic")
            #expect(evaluated.code == 1)
            #expect(evaluated.output == "")
            #expect(
                evaluated.errors.hasSuffix(
                    "error: huge.safetensors: the model gives no finite number for any of the test windows: its weights are "
                        + "too large\n"))
        }
    }

    /// What a sensor sends is answered before it sends the next.
    @Test func aWindowOfAPipeIsAnsweredAtOnce() throws {
        try withTemporaryFolder { folder in
            try TrainedRun.shared.writeWeights(to: folder)
            #expect(unsafe mkfifo(folder + "/sensor", 0o600) == 0)
            // Open for both, so that no open waits for the other.
            let sensor = unsafe open(folder + "/sensor", O_RDWR | O_CLOEXEC)
            let process = try Command(in: folder).start(
                ["predict", "--weights", "best.safetensors", "--json", "-"], inputPath: folder + "/sensor")
            func send(_ text: String) { #expect(unsafe write(sensor, text, text.utf8.count) == text.utf8.count) }
            func answers() -> Int { process.output.count { $0 == "\n" } }
            let lines = PredictTests.csv(PredictTests.windows.values).split(separator: "\n").map { $0 + "\n" }
            send(lines[..<127].joined())
            // It has read all of that and waits for more: what it would say of it, it has said.
            #expect(try process.wait { PredictTests.isEmpty(sensor) && process.isAsleep })
            #expect(answers() == 0)
            send(String(lines[127]))
            #expect(try process.wait { answers() == 1 })
            // In the middle of a line.
            let rest = lines[128...].joined()
            send(String(rest.prefix(1000)))
            send(String(rest.dropFirst(1000)))
            #expect(try process.wait { answers() == 6 })
            close(sensor)
            let outcome = try process.end()
            #expect(outcome.code == 0, "\(outcome.errors)")
            let whole = try PredictTests.predict(["--json", "-"], input: lines.joined())
            #expect(outcome.output == whole.output)
        }
    }

    @Test func aStreamWithoutLinesIsRefused() throws {
        try withTemporaryFolder { folder in
            try TrainedRun.shared.writeWeights(to: folder)
            let outcome = try Command(in: folder).start(
                ["predict", "--weights", "best.safetensors", "-"], inputPath: "/dev/zero"
            ).end()
            #expect(outcome.code == 1)
            #expect(
                outcome.errors.hasPrefix(
                    PredictTests.notice + "error: standard input:1: this is no text in UTF-8: it holds bytes of 0"))
        }
    }

    @Test func aWindowOfTheDataCanBePiped() throws {
        try withTemporaryFolder { folder in
            let command = Command(in: folder)
            let printed = try command.run("data", "--data", "synthetic", "--window", "1")
            #expect(printed.output.split(separator: "\n").count == 128)
            let values = PredictTests.windows.values.prefix(UCIHAR.format.shape.count)
            #expect(printed.output == PredictTests.csv(values))
            // The windows to train come first.
            let counted = try command.run("data", "--data", "synthetic", "--window", "2017", "--part", "all")
            #expect(counted.output == printed.output)
            #expect(counted.errors == printed.errors)
        }
    }
}

private func * (text: String, count: Int) -> String { String(repeating: text, count: count) }
