import Platform
import Testing
import TimeSeries

@Suite struct NumberTableTests {
    private static let format = WindowFormat(steps: 2, channels: ["x", "y"], classes: ["a"])

    /// The rows and the windows that two files of channels give.
    private func windows(_ texts: [String], rows: Int) throws -> (rows: [Int], windows: [Float]) {
        try withTemporaryFolder { folder in
            var table = NumberTable(limit: 1000, remedy: "mend it")
            var windows: [Float] = []
            var counts: [Int] = []
            for (channel, text) in texts.enumerated() {
                let file = "\(folder)/\(channel)"
                try Files.writeAtomically(Array(text.utf8), to: file)
                counts.append(
                    try table.readChannel(file, rows: rows, channel: channel, format: NumberTableTests.format, into: &windows))
            }
            return (counts, windows)
        }
    }

    /// The message of an error about a file, without its folder.
    private func problem(_ text: String, _ read: (inout NumberTable, String) throws -> Void) throws -> String {
        try withTemporaryFolder { folder in
            try Files.writeAtomically(Array(text.utf8), to: folder + "/file")
            var table = NumberTable(limit: 100, remedy: "mend it")
            let error = try #require(throws: WindowError.self) { try read(&table, folder + "/file") }
            return "\(error)".replacing(folder + "/", with: "")
        }
    }

    @Test func channelsAreInterleaved() throws {
        let (rows, windows) = try windows(["1 2\n3 4\n", "  -1e1\t2.5 \r\n 7 8\n\n"], rows: 2)
        #expect(rows == [2, 2])
        #expect(windows == [1, -10, 2, 2.5, 3, 7, 4, 8])
    }

    @Test func rowsThatAreThereAreCounted() throws {
        #expect(try windows(["1 2\n"], rows: 3).rows == [1], "fewer")
        #expect(try windows(["1 2\n3 4\n5 6\n"], rows: 2).rows == [3], "more")
    }

    @Test(arguments: [
        ("", "file: the file is empty: mend it"),
        ("1\n", "file:1:2: the row ends after 1 value; a row holds the 2 readings of one window: mend it"),
        ("1 2\n3 four\n", #"file:2:3: value 2, "four", is not a finite decimal number: mend it"#),
        ("1 nan\n", #"file:1:3: value 2, "nan", is not a finite decimal number: mend it"#),
        ("1 2 3\n", #"file:1:5: value 3, "3", is one too many; a row holds the 2 readings of one window: mend it"#),
    ])
    func readingsThatAreWrong(text: String, message: String) throws {
        let found = try problem(text) { table, file in
            var windows: [Float] = []
            _ = try table.readChannel(file, rows: 2, channel: 0, format: NumberTableTests.format, into: &windows)
        }
        #expect(found == message)
    }

    @Test func columns() throws {
        try withTemporaryFolder { folder in
            try Files.writeAtomically(Array("3\n 1 \r\n2\n\n".utf8), to: folder + "/labels")
            var table = NumberTable(limit: 100, remedy: "mend it")
            #expect(try table.readColumn(folder + "/labels", range: 1...3, name: "label") == [3, 1, 2])
        }
    }

    @Test(arguments: [
        ("\n", "file: the file is empty: mend it"),
        ("1\n4\n", #"file:2:1: label "4" is not a whole number from 1 to 3: mend it"#),
        ("1 2\n", #"file:1:3: a second value, "2"; expected one label a line: mend it"#),
        ("1\n\n2\n", "file:2:1: the line is blank; expected a label: mend it"),
        (String(repeating: "1\n", count: 60), "file: cannot read the file: it is larger than 0 MB; mend it"),
    ])
    func labelsThatAreWrong(text: String, message: String) throws {
        let found = try problem(text) { table, file in _ = try table.readColumn(file, range: 1...3, name: "label") }
        #expect(found == message)
    }

    /// The hash is of all files in their order: it is the key of what they hold.
    @Test func theHashIsOfAllThatWasRead() throws {
        func hash(_ texts: [String]) throws -> ContentHash {
            try withTemporaryFolder { folder in
                var table = NumberTable(limit: 100, remedy: "mend it")
                for (index, text) in texts.enumerated() {
                    try Files.writeAtomically(Array(text.utf8), to: "\(folder)/\(index)")
                    _ = try table.readColumn("\(folder)/\(index)", range: 1...3, name: "label")
                }
                return table.contentHash
            }
        }
        let both = try hash(["1\n", "2\n"])
        #expect(try hash(["1\n", "2\n"]) == both)
        #expect(try hash(["2\n", "1\n"]) != both)
        #expect(try hash(["1\n", "2 \n"]) != both)
    }
}
