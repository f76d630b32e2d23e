import HAR
import Platform
import StrictJSON
import Testing

/// Classifying windows of files and of standard input.
@Suite struct PredictTests {
    /// Windows of six people doing six things: the first of each activity in the test part.
    private static let windows: (values: [Float], labels: [Int]) = {
        let test = SyntheticHAR().generate().test
        let places = (0..<6).compactMap { label in test.labels.firstIndex { $0 == UInt8(label) } }
        let values = places.flatMap { test.windows[$0 * UCIHAR.windowSize..<($0 + 1) * UCIHAR.windowSize] }
        return (values, Array(0..<6))
    }()

    private static func csv(_ values: some Sequence<Float>, end: String = "\n") -> String {
        let values = Array(values)
        return stride(from: 0, to: values.count, by: 9).map { start in
            values[start..<start + 9].map(\.description).joined(separator: ",") + end
        }.joined()
    }

    private static func raw(_ values: [Float]) -> [UInt8] {
        values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) } }
    }

    /// Runs `predict` with files in the folder.
    private static func predict(
        _ arguments: [String], files: [String: [UInt8]] = [:], input: String = ""
    ) throws -> Command.Outcome {
        try withTemporaryFolder { folder in
            try TrainedRun.shared.writeWeights(to: folder)
            for (name, bytes) in files { try Files.writeAtomically(bytes, to: "\(folder)/\(name)") }
            return try Command(in: folder).run(
                ["predict", "--weights", "best.safetensors"] + arguments, input: Array(input.utf8))
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
        #expect(try PredictTests.predict(["--json", "w.csv", "-", "w.f32"], files: files, input: text).output == once.output * 3)

        // The model has learnt these: nearly all are right.
        let classes = once.output.split(separator: "\n").compactMap { try? JSON.parse(String($0))["class"]?.asInt }
        #expect(zip(classes, labels).count { $0 == $1 + 1 } >= 5)
    }

    @Test func aLineOfJSONHasExactlyThreeMembers() throws {
        let outcome = try PredictTests.predict(["--json", "-"], input: PredictTests.csv(PredictTests.windows.values))
        let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 7)
        #expect(lines.last == "")
        for line in lines.dropLast() {
            let object = try #require(try JSON.parse(String(line)).asObject)
            #expect(object.keys == ["class", "name", "probabilities"])
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
            #expect(words.count == 3)
            #expect(words.first.map(String.init) == object["class"]?.asInt.map(String.init))
            #expect(words[1] == object["name"]?.asString ?? "")
            let best = try #require(object["probabilities"]?.asArray?.compactMap(\.asDouble).max())
            #expect(abs(try #require(Double(words[2])) - best) <= 0.00005001)
        }
    }

    @Test func probabilitiesDoNotDependOnHowManyWindowsThereAre() throws {
        let test = SyntheticHAR().generate().test
        // More than one pass holds.
        let count = 70
        let values = Array(test.windows[..<(count * UCIHAR.windowSize)])
        let together = try PredictTests.probabilities(
            try PredictTests.predict(["--json", "w.f32"], files: ["w.f32": PredictTests.raw(values)]))
        #expect(together.count == count)
        for index in [0, 1, 37, count - 1] {
            let one = Array(values[index * UCIHAR.windowSize..<(index + 1) * UCIHAR.windowSize])
            let alone = try PredictTests.probabilities(
                try PredictTests.predict(["--json", "w.f32"], files: ["w.f32": PredictTests.raw(one)]))
            #expect(alone.count == 1)
            for (a, b) in zip(alone[0], together[index]) { #expect(abs(a - b) <= 1e-6) }
        }
    }

    @Test func badInputIsNamedAndNothingIsPrinted() throws {
        let text = PredictTests.csv(PredictTests.windows.values.prefix(UCIHAR.windowSize))
        let lines = text.split(separator: "\n").map(String.init)
        func changed(_ line: Int, _ new: String) -> [UInt8] {
            var lines = lines
            lines[line - 1] = new
            return Array(lines.joined(separator: "\n").utf8)
        }
        var notANumber = PredictTests.windows.values
        notANumber[1151] = .nan
        let files: [String: [UInt8]] = [
            "good.csv": Array(text.utf8), "eight.csv": changed(5, "1,2,3,4,5,6,7,8"),
            "ten.csv": changed(5, "1,2,3,4,5,6,7,8,9,10"),
            "text.csv": changed(7, "1,2,x,4,5,6,7,8,9"), "nan.csv": changed(7, "1,2,nan,4,5,6,7,8,9"),
            "inf.csv": changed(128, "1,2,3,4,5,6,7,8,1e39"), "hex.csv": changed(1, "0x1p3,2,3,4,5,6,7,8,9"),
            "hole.csv": changed(7, "1,,3,4,5,6,7,8,9"), "header.csv": changed(1, UCIHAR.channels.joined(separator: ",")),
            "short.csv": Array(lines.dropLast().joined(separator: "\n").utf8), "empty.csv": [], "blank.csv": Array("\n \n".utf8),
            "bytes.csv": Array(0...255), "long.csv": Array((text + lines[0]).utf8),
            "odd.f32": Array(PredictTests.raw(PredictTests.windows.values).dropLast(3)), "empty.f32": [],
            "nan.f32": PredictTests.raw(notANumber), "windows.txt": Array(text.utf8),
        ]
        let errors: [(String, String)] = [
            ("eight.csv", "eight.csv, line 5: 8 values, not 9"), ("ten.csv", "ten.csv, line 5: 10 values, not 9"),
            ("text.csv", "text.csv, line 7, column 3: 'x' is not a finite number"),
            ("nan.csv", "nan.csv, line 7, column 3: 'nan' is not a finite number"),
            ("inf.csv", "inf.csv, line 128, column 9: '1e39' is not a finite number"),
            ("hex.csv", "hex.csv, line 1, column 1: '0x1p3' is not a finite number"),
            ("hole.csv", "hole.csv, line 7, column 2: '' is not a finite number"),
            ("header.csv", "header.csv, line 1, column 1: 'body_acc_x' is not"),
            ("short.csv", "short.csv, line 127: window 1 ends after 127 readings, not 128"),
            ("long.csv", "long.csv, line 129: window 2 ends after 1 readings, not 128"),
            ("empty.csv", "empty.csv: it holds no windows"), ("blank.csv", "blank.csv: it holds no windows"),
            ("bytes.csv", "bytes.csv, line 1: 1 values"),
            ("odd.f32", "odd.f32: 27645 bytes are not a whole number of windows of 4608 bytes"),
            ("empty.f32", "empty.f32: 0 bytes are not a whole number of windows"),
            ("nan.f32", "nan.f32: value 1152 is nan, not a finite number"),
            ("windows.txt", "windows.txt: the name must end in .csv or .f32"),
            ("missing.csv", "cannot read missing.csv: No such file or directory"), ("-", "standard input: it holds no windows"),
        ]
        for (name, reason) in errors {
            // Also after a good file: there is not half an answer.
            let outcome = try PredictTests.predict(["good.csv", name], files: files)
            #expect(outcome.code == 1, "\(name)")
            #expect(outcome.output == "", "\(name)")
            #expect(outcome.errorLines.count == 1, "\(name): \(outcome.errors)")
            #expect(outcome.errors.hasPrefix("error: " + reason), "\(name): \(outcome.errors)")
        }
    }

    @Test func aWindowOfTheDataCanBePiped() throws {
        try withTemporaryFolder { folder in
            let command = Command(in: folder)
            let printed = try command.run("data", "--data", "synthetic", "--window", "1")
            #expect(printed.output.split(separator: "\n").count == 128)
            let values = PredictTests.windows.values.prefix(UCIHAR.windowSize)
            #expect(printed.output == PredictTests.csv(values))
            // The windows to train come first.
            let counted = try command.run("data", "--data", "synthetic", "--window", "2017", "--part", "all")
            #expect(counted.output == printed.output)
            #expect(counted.errors == printed.errors)
        }
    }
}

private func * (text: String, count: Int) -> String { String(repeating: text, count: count) }
