import Memory
import Platform
import Testing

@testable import TimeSeries

/// Windows of two readings of three channels.
@Suite struct WindowReaderTests {
    private static let format = WindowFormat(steps: 2, channels: 3, classes: 1)

    /// All windows of a file, and the error behind them.
    private func read(
        _ bytes: [UInt8], name: String = "w.csv", format: WindowFormat = WindowReaderTests.format
    ) throws -> (values: [Float], error: WindowError?) {
        try withTemporaryFolder { folder in
            let path = "\(folder)/\(name)"
            try Files.writeAtomically(bytes, to: path)
            var values: [Float] = []
            let reader: WindowReader
            do {
                reader = try WindowReader(path, format: format)
            } catch let error as WindowError {
                #expect(error.file == path)
                return ([], error)
            }
            #expect(reader.name == path)
            do {
                while let windows = try reader.next() {
                    #expect(!windows.isEmpty && windows.count.isMultiple(of: format.shape.count))
                    values += windows
                }
                return (values, nil)
            } catch let error as WindowError {
                // Once wrong, always wrong.
                #expect(throws: error) { try reader.next() }
                #expect(error.file == path)
                return (values, error)
            }
        }
    }

    private func read(_ text: String) throws -> (values: [Float], error: WindowError?) { try read(Array(text.utf8)) }

    @Test(
        arguments: [
            "1,2,3\n4,5,6\n", "1,2,3\n4,5,6", "1,2,3\r\n4,5,6\r\n", "\n 1 ,\t2, 3\n\n  \n4,5,6\n\n",
            "+1.0,20e-1,.3E1\n4.,5,6",
        ])
    func everySpellingGivesTheSameValues(text: String) throws {
        let (values, error) = try read(text)
        #expect(values == [1, 2, 3, 4, 5, 6])
        #expect(error == nil)
    }

    /// What spreadsheets and loggers write gives the same windows.
    @Test(
        arguments: [
            "\u{FEFF}1,2,3\n4,5,6\n", "1;2;3\n4;5;6\n", "1\t2\t3\n4\t5\t6\r\n", "1,0;2,0;3\n4;5,00;6,0\n",
            "1,0\t2,0\t3,0\n4\t5\t6\n",
            "\"1\",\"2\",\"3\"\n\"4,0\",\"5\", \"6\" \n", "x,y,z\n1,2,3\n4,5,6\n",
            "\u{FEFF}\"z\";\"x\";\"y\"\r\n3;1;2\r\n6;4;5\r\n",
            "time,y,x,note,z\n0.02,2,1,a,3\n0.04,5,4,,6\n", "\n\nz\ty\tx\n3\t2\t1\n\n6\t5\t4\n",
            // pandas' index has no name, other columns may have a number for one, and a separator at the end makes an empty one.
            ",x,y,z\n0,1,2,3\n1,4,5,6\n", "\"\",\"x\",\"y\",\"z\"\n\"0\",1.0,2,3\n\"1\",4,5,6\n",
            "\tx\ty\tz\n0\t1\t2\t3\n1\t4\t5\t6\n",
            ";x;y;z\n0;1,0;2;3\n1;4;5;6\n", "x,y,z,\n1,2,3,\n4,5,6,\n", "2024,x,y,z\n0,1,2,3\n1,4,5,6\n",
            "1, 2,\t3\n4,5\t,6\n",
        ])
    func whatSpreadsheetsWrite(text: String) throws {
        var format = WindowReaderTests.format
        format.channels = ["x", "y", "z"]
        let (values, error) = try read(Array(text.utf8), format: format)
        #expect(values == [1, 2, 3, 4, 5, 6])
        #expect(error == nil)
    }

    @Test(arguments: [
        ("x,y\n1,2\n", "no column is called 'z' in the header 'x,y': name the columns x, y, z in any order"),
        ("x,y,z,x\n", "more than one column is called 'x' in the header"),
        ("x;y;z\n1;2\n", "2 values, not 3 separated by semicolons"),
        ("x,y,z\n1.5,2,5,3\n", "4 values, not 3 separated by commas"),
        ("1;2;3\n1.000,5;2;3\n", "value 1, '1.000,5', is not a finite"),
        ("1;2;3\n1,;2;3\n", "value 1, '1,', is not a finite"), ("x y z\n1 2 3\n", "1 value, not 3 separated by commas"),
        ("x,y,z\n", "no windows in it"), ("t,x,y,z\n1,2,3,four\n", "value 4, 'four', is not a finite"),
        ("\"1\"2,3,4\n", "value 1, '\"1\"2', is not a finite"),
    ])
    func neverOtherAnswers(text: String, message: String) throws {
        var format = WindowReaderTests.format
        format.channels = ["x", "y", "z"]
        let (values, error) = try read(Array(text.utf8), format: format)
        #expect(values.isEmpty)
        #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "no error")")
    }

    /// Where nobody knows what the channels are called, a header is passed over.
    @Test func aHeaderOfUnknownChannels() throws {
        #expect(try read("a,b,c\n1,2,3\n4,5,6\n").values == [1, 2, 3, 4, 5, 6])
        #expect(try read("a,b\n1,2\n").error?.message.hasPrefix("no column") != true)
    }

    /// A header may write channels in other case, and units behind them; but not so that two columns are one channel.
    @Test func namesOfChannelsAreTakenAsPeopleWriteThem() throws {
        let format = WindowFormat(steps: 2, channels: ["acc_x", "acc_y", "Acc_Y", "gyro"], classes: ["a", "b"])
        let header = "GYRO (rad/s),ACC_X [g],acc_y,Acc_Y [g]\n"
        // Two channels differ in case alone: the one that is there goes by its exact name, the other is left.
        #expect(
            try read(Array((header + "1,2,3,4\n5,6,7,8\n").utf8), name: "W.CSV", format: format).values == [
                2, 3, 4, 1, 6, 7, 8, 5,
            ])
        let plain = WindowFormat(steps: 2, channels: ["acc_x", "acc_y", "gyro"], classes: ["a", "b"])
        let values = try read(Array("Gyro,ACC_X [g],Acc_y(g)\n1,2,3\n4,5,6\n".utf8), format: plain).values
        #expect(values == [2, 3, 1, 5, 6, 4])
        #expect(
            try read(Array("Acc_x,ACC_X,acc_y,gyro\n1,2,3,4\n".utf8), format: plain).error?.message.contains("more than one")
                == true)
    }

    /// A spreadsheet's line that names the separator is no reading; elsewhere than in the first line it is a wrong one.
    @Test(arguments: ["sep=;", "SEP=;\r", "\u{FEFF}sep=;", "\"sep=;\""])
    func aLineThatNamesTheSeparator(line: String) throws {
        #expect(try read("\(line)\n1,5;2;3\n4;5;6,5\n").values == [1.5, 2, 3, 4, 5, 6.5])
        #expect(try read("a;b;c\n\(line)\n1;2;3\n4;5;6\n").error?.line == 2)
    }

    @Test func textsThatAreNotUTF8SayWhatToDo() throws {
        let text = "1,2,3\r\n4,5,6\r\n"
        let little = text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        let big = text.utf16.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        for bytes in [[0xFF, 0xFE] + little, [0xFE, 0xFF] + big, little, big] {
            let error = try #require(try read(bytes).error)
            #expect(error.message.contains("UTF-16"), "\(error)")
            #expect(error.message.contains("(iconv -f UTF-16"), "\(error)")
        }
        #expect(try read([0x50, 0x4B, 3, 4, 20, 0]).error?.message.contains("save it as CSV") == true)
        #expect(try read([0x1F, 0x8B, 8, 0]).error?.message.contains("gunzip") == true)
        let returns = String(repeating: "1,2,3\r4,5,6\r", count: 10_000)
        #expect(try read(returns).error?.message.contains("end them with line feeds (tr '\\r' '\\n')") == true)
        #expect(try read(text).values == [1, 2, 3, 4, 5, 6])
    }

    /// 64-bit floats, made of any numbers or of 32-bit ones, are told before any window is answered; 32-bit ones are never taken for them.
    @Test func doublesAreNoFloats() throws {
        var random = Random(seed: 8, stream: .synthesis)
        let values = (0..<600).map { _ in random.uniform(-2, 2) }
        for doubles in [values, values.map { Double(Float($0)) }] {
            let (read, error) = try read(doubles.flatMap { LittleEndian.bytes($0.bitPattern) }, name: "w.f32")
            #expect(read.isEmpty)
            #expect(error?.message.hasPrefix("the values look like 64-bit floats") == true, "\(error?.message ?? "no error")")
        }
        for scale in [1, 1e-3, 50, 0] {
            let floats = values.map { Float(scale * $0) }
            #expect(try read(floats.flatMap { LittleEndian.bytes($0.bitPattern) }, name: "w.f32").error == nil)
        }
        // A channel that is always 0 beside one of 1.
        let pairs = values.indices.flatMap { LittleEndian.bytes(Float($0 % 2).bitPattern) }
        #expect(try read(pairs, name: "w.f32").error == nil)
    }

    @Test func longFilesComeInPieces() throws {
        var random = Random(seed: 4, stream: .synthesis)
        let values = (0..<120_000).map { _ in Float(random.uniform(-20, 20)) }
        let text = stride(from: 0, to: values.count, by: 3).map { start in
            values[start..<start + 3].map(\.description).joined(separator: ",") + "\n"
        }.joined()
        #expect(try read(text).values == values)
        let raw = values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) } }
        #expect(try read(raw, name: "w.f32").values == values)
    }

    @Test func errorsNameLineColumnAndValue() throws {
        let long = String(repeating: "1", count: WindowDecoder.longestLine + 1)
        let cases: [(String, Int?, Int?, String)] = [
            ("1,2\n", 1, nil, "2 values, not 3 separated by commas (2 lines a window)"), ("1\n", 1, nil, "1 value, not 3"),
            ("\n1,2,3,4\n", 2, nil, "4 values, not 3"), ("1,2,3\n1,x,3\n", 2, 3, "value 2, 'x', is not a finite number"),
            ("1,,3\n", 1, 3, "value 2, '', is not a finite number"), ("nan,2,3\n", 1, 1, "value 1, 'nan', is not"),
            ("1,-inf,3\n", 1, 3, "value 2, '-inf', is not"), ("1,2,1e39\n", 1, 5, "value 3, '1e39', is not"),
            ("0x1,2,3\n", 1, 1, "value 1, '0x1', is not"), ("1 2,2,3\n", 1, 1, "value 1, '1 2', is not"),
            ("1,\u{1B}[2J,3\n", 1, 3, "value 2, '\\u{1B}[2J', is not"),
            ("1,2,3\n", 1, nil, "window 1 ends after 1 reading, not 2"),
            ("1,2,3\n4,5,6\n7,8,9\n\n", 3, nil, "window 2 ends after 1 reading, not 2"), ("", nil, nil, "no windows in it"),
            (" \n\t\n", nil, nil, "no windows in it"),
            ("\"1,234\",0.5,3\n", 1, 9, "value 2, '0.5', has a point where a value of line 1 has a comma: write all decimals"),
            ("0.5,1,2\n1,2,\"1,234\"\n", 2, 5, "value 3, '\"1,234\"', has a comma where a value of line 1 has a point"),
            ("1.234;0,5;3\n", 1, 7, "value 2, '0,5', has a comma where a value of line 1 has a point"),
            ("1,2,3\nx,y,z\n", 2, 1, "value 1, 'x', is not"), (long, 1, nil, "the line is longer than 65536 bytes"),
            ("1,2,3\n" + long + "\n", 2, nil, "the line is longer than 65536 bytes"),
            (
                "1," + String(repeating: "y", count: 60_000) + ",3\n", 1, 3,
                "value 2, 'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy...', is not"
            ),
        ]
        for (text, line, column, message) in cases {
            let shown = text.prefix(30)
            let error = try #require(try read(text).error, "\(shown)")
            #expect(error.line == line, "\(shown)")
            #expect(error.column == column, "\(shown)")
            #expect(error.message.hasPrefix(message), "\(error)")
        }
    }

    @Test func windowsBeforeAnErrorAreGivenFirst() throws {
        let (values, error) = try read("1,2,3\n4,5,6\n7,8,9\n1,2,3\n4,oh,6\n")
        #expect(values == [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3])
        #expect(error?.line == 5)
    }

    @Test func rawFloatsAreWholeWindowsOfFiniteNumbers() throws {
        func raw(_ values: [Float]) -> [UInt8] {
            values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) } }
        }
        let good: [Float] = [1, -2, 3.5, 0, 5, .leastNonzeroMagnitude]
        #expect(try read(raw(good), name: "w.f32").values == good)
        let cases: [([UInt8], String)] = [
            (Array(raw(good + good).dropLast(3)), "45 bytes are no whole number of windows of 24 bytes ([2, 3] floats)"),
            ([], "0 bytes are no whole number"), (raw(good + [1]), "28 bytes are no whole number"),
            (
                raw([0, Float(bitPattern: 0x7F95_BE12), 0, 0, 0, 0]),
                "value 2 (window 1, reading 1, channel 1) is nan, not a finite number: write little-endian floats of 32 bits"
            ),
            (raw(good + [1, .infinity, 0, 0, 0, 0]), "value 8 (window 2, reading 1, channel 1) is inf, not a finite number"),
            (raw([-.infinity, 0, 0, 0, 0, 0]), "value 1 (window 1, reading 1, channel 0) is -inf, not a finite number"),
            (raw([0, .nan, 0, 0, 0, 0]), "value 2 (window 1, reading 1, channel 1) is nan, not a finite number"),
        ]
        #expect(try read(raw(good + [1]), name: "w.f32").values.isEmpty, "its size was known before the first window")
        for (bytes, message) in cases {
            #expect(try read(bytes, name: "w.f32").error?.message.hasPrefix(message) == true, "\(message)")
        }
    }

    @Test func otherNamesAreRefused() {
        let error = #expect(throws: WindowError.self) { try WindowReader("w.txt", format: WindowReaderTests.format) }
        #expect(error?.message.hasPrefix("the name must end in .csv or .f32") == true)
        #expect(throws: FileError.self) { try WindowReader("/nowhere/w.csv", format: WindowReaderTests.format) }
    }
}
