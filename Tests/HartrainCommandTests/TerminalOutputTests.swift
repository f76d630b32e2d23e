import Platform
import Testing

/// Progress on a terminal, and no escape codes where none are wanted.
@Suite struct TerminalOutputTests {
    private static let escape = "\u{1B}"

    /// Standard error of a run on a terminal.
    private static func onTerminal(_ environment: [String: String], columns: UInt16 = 120, _ options: String...) throws -> String
    {
        try withTemporaryFolder { folder in
            var command = Command(in: folder)
            command.environment = environment
            let arguments = try TinyModel.write(to: folder).dropLast() + ["--epochs", "3", "--out", "run"] + options
            let outcome = try command.start(arguments, terminal: PseudoTerminal(columns: columns)).end()
            #expect(outcome.code == 0, "\(outcome.errors)")
            #expect(!outcome.output.contains(escape))
            return outcome.errors
        }
    }

    /// The states of the live line, one after the other.
    private static func liveLines(_ text: String) -> [Substring] {
        text.split(separator: "\r").filter { $0.contains("epoch") && $0.contains("ETA") }
    }

    @Test func aTerminalHasALiveLineAndColours() throws {
        let text = try TerminalOutputTests.onTerminal(["TERM": "xterm", "LANG": "en_US.UTF-8"])
        let lines = TerminalOutputTests.liveLines(text)
        #expect(lines.count >= 2)
        #expect(lines.last?.contains("epoch 3/3  [██████████]  loss ") == true, "\(lines.last ?? "")")
        // The first epoch is the best so far: its line stays.
        #expect(text.contains("\repoch 1/3  loss "))
        #expect(text.contains(TerminalOutputTests.escape + "["))
        #expect(text.contains("written to run"))
    }

    /// In a locale without UTF-8 there is only ASCII, on a terminal and in a log.
    @Test(arguments: [[:], ["LANG": "C"], ["LANG": "en_US.UTF-8", "LC_ALL": "POSIX"]]) func onlyASCIIWithoutUTF8(
        _ locale: [String: String]
    ) throws {
        for term in ["xterm", "dumb"] {
            let text = try TerminalOutputTests.onTerminal(locale.merging(["TERM": term]) { $1 })
            #expect(text.utf8.allSatisfy { $0 < 128 })
            #expect(term == "dumb" || text.contains("[##########]"))
        }
    }

    @Test func noColoursWhereNoneAreWanted() throws {
        let text = try TerminalOutputTests.onTerminal(["TERM": "xterm", "NO_COLOR": "1"])
        #expect(TerminalOutputTests.liveLines(text).count >= 2)
        #expect(!text.contains(TerminalOutputTests.escape))
    }

    @Test func aDumbTerminalGetsPlainLines() throws {
        let text = try TerminalOutputTests.onTerminal(["TERM": "dumb"])
        #expect(!text.contains(TerminalOutputTests.escape))
        // The terminal itself ends each line in a carriage return and a line feed; no other return is there.
        #expect(text.utf8.count { $0 == UInt8(ascii: "\r") } == text.utf8.count { $0 == UInt8(ascii: "\n") })
        #expect(text.contains("epoch 1/3  loss"))
        #expect(text.contains("epoch 3/3  loss"))
    }

    @Test(arguments: [30, 60, 80]) func aLiveLineFitsTheTerminal(columns: Int) throws {
        let text = try TerminalOutputTests.onTerminal(["TERM": "xterm", "NO_COLOR": "1"], columns: UInt16(columns))
        let lines = text.split(whereSeparator: { $0 == "\r" || $0 == "\n" || $0 == "\r\n" }).filter { $0.hasPrefix("epoch") }
        #expect(!lines.isEmpty)
        for line in lines {
            #expect(line.count < columns, "\(line)")
            // What is missed most is kept as long as there is room.
            #expect(line.contains("loss ") || columns < 60 && line.contains("val "), "\(line)")
        }
        // An epoch that improved stays with what improved.
        let kept = lines.filter { $0.hasSuffix("best") }
        #expect(columns < 60 || !kept.isEmpty && kept.allSatisfy { $0.contains("val ") }, "\(lines)")
        let live = TerminalOutputTests.liveLines(text)
        #expect(columns < 60 || live.contains { $0.contains("val ") && $0.contains("ETA ") })
    }

    @Test func aPipeGetsPlainLinesWithoutEscapes() throws {
        try withTemporaryFolder { folder in
            var command = Command(in: folder)
            command.environment = ["TERM": "xterm"]
            let outcome = try command.run(try TinyModel.write(to: folder).dropLast() + ["--epochs", "3"])
            #expect(!outcome.errors.contains(TerminalOutputTests.escape))
            #expect(!outcome.errors.contains("\r"))
            #expect(outcome.errors.contains("epoch 3/3  loss"))
        }
    }

    @Test func progressCanBeChosen() throws {
        let none = try TerminalOutputTests.onTerminal(["TERM": "xterm"], "--progress", "none")
        #expect(TerminalOutputTests.liveLines(none).isEmpty)
        #expect(none.contains("program"))
        let plain = try TerminalOutputTests.onTerminal(["TERM": "xterm"], "--progress", "plain")
        #expect(plain.contains("epoch 1/3  loss"))
        let quiet = try TerminalOutputTests.onTerminal(["TERM": "xterm"], "--quiet")
        #expect(quiet == "")
    }
}
