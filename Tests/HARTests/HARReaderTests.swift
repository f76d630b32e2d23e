import Glibc
import Platform
import Testing
import TimeSeries

@testable import HAR

@Suite struct HARReaderTests {
    @Test func readsWindowsLabelsAndVolunteers() throws {
        let data = try TinyHAR().read()
        #expect(data.train.labels == [4, 0, 5])
        #expect(data.train.groups == [1, 1, 3])
        #expect(data.test.labels == [1, 3])
        #expect(data.test.groups == [2, 2])
        #expect(data.train.values.count == 3 * 128 * 9)
        for row in 0..<3 {
            for step in 0..<128 {
                for channel in 0..<9 {
                    let value = data.train.values[(row * 128 + step) * 9 + channel]
                    #expect(value == TinyHAR.value(row: row, step: step, channel: channel))
                }
            }
        }
        #expect(data.source.notice == nil)
    }

    @Test func findsTheFolderBelowTheGivenOne() throws {
        try withTemporaryFolder { folder in
            try TinyHAR().write(to: folder + "/UCI HAR Dataset")
            let below = try HARReader.read(folder)
            let direct = try HARReader.read(folder + "/UCI HAR Dataset/")
            #expect(below.source.description == "UCI HAR (\(folder)/UCI HAR Dataset)")
            #expect(below.train == direct.train)
            #expect(below.hash == direct.hash)
        }
    }

    @Test func toleratesCarriageReturnsBlanksAndBlankLinesAtTheEnd() throws {
        var tiny = TinyHAR()
        let plain = try tiny.read()
        for (path, text) in tiny.files {
            tiny.files[path] = text.split(separator: "\n").joined(separator: " \t\r\n") + "  \r\n\n \n"
        }
        #expect(try tiny.read().hash == plain.hash)
        // The last line need not end.
        for (path, text) in tiny.files { tiny.files[path] = String(text.reversed().drop { $0.isWhitespace }.reversed()) }
        #expect(try tiny.read().hash == plain.hash)
    }

    @Test func theHashDependsOnEveryPart() throws {
        var hashes: Set<String> = [try TinyHAR().read().hash]
        let changes = [
            (TinyHAR.signals("test", 8), "  127.5\n", "  127.25\n"), ("train/y_train.txt", "5", "4"),
            ("train/subject_train.txt", "3", "4"),
        ]
        for (file, old, new) in changes {
            var tiny = TinyHAR()
            tiny.replace(old, with: new, in: file)
            hashes.insert(try tiny.read().hash)
        }
        #expect(hashes.count == changes.count + 1)
        #expect(hashes.allSatisfy { $0.count == 64 })
    }

    /// The digest comes from Python's hashlib: struct.pack("<Q", 1) + struct.pack("<f", 0.5) * 1152 + bytes([2, 7]) and so on.
    @Test func theHashIsThatOfTheDocumentedBytes() throws {
        let one = WindowSet(
            checked: [Float](repeating: 0.5, count: 1152), labels: [2 as Int32], groups: [7], format: UCIHAR.format)
        let two = WindowSet(
            checked: [Float](repeating: -1, count: 2304), labels: [0 as Int32, 5], groups: [8, 9], format: UCIHAR.format)
        let data = try Dataset(train: one, test: two, source: Dataset.Source(name: "test", description: "test"))
        #expect(data.hash == "de6c68633a8760e588f998f861d731b38a84f39092c6f365566e1f6fdcb72370")
    }

    @Test func nothingThereSaysHowToGetData() throws {
        try withTemporaryFolder { folder in
            let error = try #require(throws: WindowError.self) { try HARReader.read(folder + "/none") }
            #expect(error.file == folder + "/none")
            #expect(error.line == nil)
            #expect(error.message.contains("scripts/fetch-data.sh"))
            #expect(!error.message.contains("--"))
        }
    }

    @Test(arguments: [
        "train/y_train.txt", "train/subject_train.txt", "test/y_test.txt", "test/subject_test.txt",
        "train/Inertial Signals/body_acc_x_train.txt", "test/Inertial Signals/total_acc_z_test.txt",
    ])
    func aMissingFileIsNamed(file: String) throws {
        var tiny = TinyHAR()
        tiny.files[file] = nil
        let error = try #require(try tiny.readingError())
        #expect(error.file == file)
        #expect(error.message.contains("No such file"))
        #expect(error.message.contains("scripts/fetch-data.sh"))
    }

    @Test(arguments: ["train/y_train.txt", "train/subject_train.txt", "train/Inertial Signals/body_gyro_y_train.txt"])
    func anEmptyFileIsRefused(file: String) throws {
        for text in ["", "\n", " \r\n\n"] {
            var tiny = TinyHAR()
            tiny.files[file] = text
            let error = try #require(try tiny.readingError())
            #expect(error.file == file)
            #expect(error.message.contains("empty"), "\(text.debugDescription) gave \(error)")
        }
    }

    @Test func aFolderInPlaceOfAFileIsRefused() throws {
        var tiny = TinyHAR()
        tiny.files["train/y_train.txt"] = nil
        tiny.files["train/y_train.txt/file"] = ""
        let error = try #require(try tiny.readingError())
        #expect(error.file == "train/y_train.txt")
        #expect(error.message.contains("not a regular file"))
    }

    @Test func aHugeFileIsRefused() throws {
        try withTemporaryFolder { folder in
            try TinyHAR().write(to: folder)
            let file = folder + "/train/y_train.txt"
            let grown = unsafe truncate(file, HARReader.fileLimit + 1)
            #expect(grown == 0)
            let error = try #require(throws: WindowError.self) { try HARReader.read(folder) }
            #expect(error.file == file)
            #expect(error.message.contains("larger than 256 MB"))
        }
    }

    /// Row 1 (line 2) of channel 1 reads "  1000.0625  1001.0625 ...".
    @Test(arguments: [
        "abc", "nan", "-inf", "Infinity", "1e400", "0x1p3", "1e", "1e+", "1,5", "--1", ".", "1.2.3", "3.5e38", "1_000", "\u{0}",
        "\u{7F}", "é", "+",
    ])
    func aValueThatIsNotANumberIsRefused(word: String) throws {
        var tiny = TinyHAR()
        let file = TinyHAR.signals("train", 1)
        tiny.replace("1001.0625", with: word, in: file)
        let error = try #require(try tiny.readingError())
        #expect(error.file == file)
        #expect(error.line == 2)
        #expect(error.column == 14)
        #expect(error.message.hasPrefix("value 2, "))
        #expect(error.message.contains("is not a finite decimal number"))
    }

    @Test func aRowOfTooFewValuesIsRefused() throws {
        var tiny = TinyHAR()
        let file = TinyHAR.signals("train", 1)
        tiny.replace("  1127.0625", with: "", in: file)
        let error = try #require(try tiny.readingError())
        #expect(error.file == file)
        #expect(error.line == 2)
        #expect(error.message.contains("the row ends after 127 values"))
    }

    @Test func aLastRowOfTooFewValuesIsRefused() throws {
        var tiny = TinyHAR()
        let file = TinyHAR.signals("test", 0)
        tiny.replace("  1127.0\n", with: "", in: file)
        let error = try #require(try tiny.readingError())
        #expect(error.line == 2)
        #expect(error.message.contains("the row ends after 127 values"))
    }

    @Test func aRowOfTooManyValuesIsRefused() throws {
        var tiny = TinyHAR()
        let file = TinyHAR.signals("train", 1)
        tiny.replace("  127.0625\n", with: "  127.0625 8\n", in: file)
        let error = try #require(try tiny.readingError())
        #expect(error.file == file)
        #expect(error.line == 1)
        let line = try #require(tiny.files[file]?.split(separator: "\n").first)
        #expect(error.column == line.utf8.count)
        #expect(error.message.contains("value 129, \"8\", is one too many"))
    }

    @Test func aBlankLineBetweenRowsIsRefused() throws {
        var signals = TinyHAR()
        signals.replace("  127.0625\n", with: "  127.0625\n\n", in: TinyHAR.signals("train", 1))
        let error = try #require(try signals.readingError())
        #expect(error.line == 2)
        #expect(error.message.contains("the row ends after 0 values"))

        var labels = TinyHAR()
        labels.files["train/y_train.txt"] = "5\n\n1\n6\n"
        let second = try #require(try labels.readingError())
        #expect(second.line == 2)
        #expect(second.message.contains("blank"))
    }

    @Test(arguments: ["0", "7", "-1", "+1", "1.0", "x", "256", "99999999999999999999"])
    func aLabelOutOfRangeIsRefused(label: String) throws {
        var tiny = TinyHAR()
        tiny.files["train/y_train.txt"] = "5\n \(label)\n6\n"
        let error = try #require(try tiny.readingError())
        #expect(error.file == "train/y_train.txt")
        #expect(error.line == 2)
        #expect(error.column == 2)
        #expect(error.message.contains("label \"\(label)\""))
        #expect(error.message.contains("from 1 to 6"))
    }

    @Test(arguments: ["0", "256", "1000", "-3", "3a"])
    func aVolunteerOutOfRangeIsRefused(volunteer: String) throws {
        var tiny = TinyHAR()
        tiny.files["test/subject_test.txt"] = "2\n\(volunteer)\n"
        let error = try #require(try tiny.readingError())
        #expect(error.file == "test/subject_test.txt")
        #expect(error.line == 2)
        #expect(error.column == 1)
        #expect(error.message.contains("from 1 to 255"))
    }

    @Test func volunteer255IsFine() throws {
        var tiny = TinyHAR()
        tiny.files["test/subject_test.txt"] = "255\n254\n"
        #expect(try tiny.read().test.groups == [255, 254])
    }

    @Test func twoLabelsInALineAreRefused() throws {
        var tiny = TinyHAR()
        tiny.files["train/y_train.txt"] = "5\n1 6\n"
        let error = try #require(try tiny.readingError())
        #expect(error.line == 2)
        #expect(error.column == 3)
        #expect(error.message.contains("second value"))
    }

    @Test func filesOfDifferentLengthAreRefused() throws {
        var short = TinyHAR()
        short.files["train/subject_train.txt"] = "1\n1\n"
        let first = try #require(try short.readingError())
        #expect(first.file == "train/subject_train.txt")
        #expect(first.message.contains("2 rows"))
        #expect(first.message.contains("has 3"))

        for (half, channel) in [("train", 0), ("train", 4), ("test", 8)] {
            let file = TinyHAR.signals(half, channel)
            let rows = half == "train" ? 3 : 2
            var less = TinyHAR()
            let lines = less.files[file, default: ""].split(separator: "\n")
            less.files[file] = lines.dropLast().joined(separator: "\n") + "\n"
            let fewer = try #require(try less.readingError())
            #expect(fewer.file == file)
            #expect(fewer.line == rows)
            #expect(fewer.message.hasPrefix("\(NumberText.count(rows - 1, "row")), but "))

            var more = TinyHAR()
            more.files[file] = (lines + lines).joined(separator: "\n") + "\n"
            let longer = try #require(try more.readingError())
            #expect(longer.file == file)
            #expect(longer.line == rows + 1)
            #expect(longer.message.hasPrefix("\(2 * rows) rows, but "))
        }
    }

    /// Labels that claim a million windows must not make the reader allocate 4.6 GB for a signal file of three.
    @Test func manyLabelsForFewSignalsAreRefused() throws {
        var tiny = TinyHAR()
        tiny.files["train/y_train.txt"] = String(repeating: "1\n", count: 1_000_000)
        tiny.files["train/subject_train.txt"] = String(repeating: "1\n", count: 1_000_000)
        let error = try #require(try tiny.readingError())
        #expect(error.file == TinyHAR.signals("train", 0))
        #expect(error.message.hasPrefix("3 rows, but "))
        #expect(Machine.peakResidentBytes() < 2 << 30)
    }

    @Test func aVolunteerInBothHalvesIsRefused() throws {
        var tiny = TinyHAR()
        tiny.files["test/subject_test.txt"] = "2\n3\n"
        let error = try #require(try tiny.readingError())
        #expect(error.file == "test/subject_test.txt")
        #expect(error.line == 2)
        #expect(error.message.contains("volunteer 3"))
    }

    @Test func anErrorReadsAsFileLineColumn() {
        #expect(WindowError(file: "a/b.txt", line: 3, column: 7, message: "no").description == "a/b.txt:3:7: no")
        #expect(WindowError(file: "a/b.txt", message: "no").description == "a/b.txt: no")
    }

    /// The names of the classes are those of the folder, in its order, also where the windows come from the cache.
    @Test func classesAreNamedByTheFolder() throws {
        var tiny = TinyHAR()
        tiny.files["activity_labels.txt"] = "2 SHAKE\r\n1 FALL\n\n3\tREST\n4 RUN\n5 JUMP\n6 LIE\n"
        let names = ["FALL", "SHAKE", "REST", "RUN", "JUMP", "LIE"]
        let data = try tiny.read()
        #expect(data.format.classes == names)
        #expect(data.source.name == "recordings in UCI HAR's layout")
        #expect(data.train.labels == [4, 0, 5])
        try withTemporaryFolder { folder in
            try tiny.write(to: folder + "/set")
            let cache = WindowCache(folder: folder + "/cache")
            _ = try HARReader.read(folder + "/set", cache: cache)
            let (cached, outcome) = try HARReader.read(folder + "/set", cache: cache)
            guard case .hit = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(cached.format.classes == names)
        }
        tiny.files["activity_labels.txt"] = UCIHAR.activities.enumerated().map { "\($0 + 1) \($1)\n" }.joined()
        #expect(try tiny.read().source.name == "UCI HAR")
        tiny.files["activity_labels.txt"] = "1 FALL\n2 SHAKE\n3 REST\n"
        #expect(try tiny.readingError()?.message.hasPrefix("label \"5\" is not a whole number from 1 to 3") == true)
    }

    @Test(
        arguments: [
            ("", nil, "no class has a name in it"),
            ("1 A\n3 B\n", nil, "no class has the label 2: labels are 1 to 2, one for each line"),
            ("1 A\n1 B\n", 2, "the label 1 has a name already"),
            ("1 A\n2 A\n", 2, "two labels have the name 'A'"),
            ("A\n", 1, "expected a label and a name without blanks, as in \"1 WALKING\""),
            ("1 A B\n", 1, "expected a label and a name without blanks, as in \"1 WALKING\""),
            ("1 \u{1B}[31m\n", 1, "expected a label and a name without blanks, as in \"1 WALKING\""),
        ] as [(String, Int?, String)])
    func namesThatAreWrong(text: String, line: Int?, message: String) throws {
        var tiny = TinyHAR()
        tiny.files["activity_labels.txt"] = text
        #expect(try tiny.readingError() == WindowError(file: "activity_labels.txt", line: line, message: message))
    }
}
