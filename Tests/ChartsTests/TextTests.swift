import Platform
import Testing

@testable import Charts

@Suite struct TextTests {
    @Test func markupIsEscaped() {
        #expect(MarkupText.escaped("<a b=\"c\" d='e'>&amp;</a>") == "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;&lt;/a&gt;")
        #expect(MarkupText.escaped("a\u{0}b\u{1F}c\u{FFFE}d\u{7F}e\n\té") == "a\u{FFFD}b\u{FFFD}c\u{FFFD}d\u{FFFD}e\n\té")
    }

    @Test func namesOfOthersAreMadeOneVisibleLine() {
        #expect(DisplayText.line("  a \t\n b\u{2028}c ") == "a b c")
        #expect(DisplayText.line("a\u{202E}b\u{0}c\u{FEFF}") == "a\u{FFFD}b\u{FFFD}c\u{FFFD}")
        // What joins letters stays.
        #expect(DisplayText.line("👩‍👧 नी") == "👩‍👧 नी")
        #expect(DisplayText.line("e" + String(repeating: "\u{301}", count: 1000)).unicodeScalars.count == 5)
        let long = DisplayText.line(String(repeating: "x", count: 100_000))
        #expect(long.count == DisplayText.limit + 1 && long.hasSuffix("…"))
        #expect(DisplayText.line(" \n ") == "")
    }

    @Test func widthsAreThoseOfAWideTypeface() {
        // Measured in a browser with DejaVu Sans, rounded up.
        #expect((157.5...158).contains(TextMetrics.width("WALKING_DOWNSTAIRS")))
        #expect(TextMetrics.width("iiii") < TextMetrics.width("WW"))
        #expect(TextMetrics.width("abc", .strong) > TextMetrics.width("abc"))
        #expect(TextMetrics.width("e\u{301}") == TextMetrics.width("e"))
        #expect(TextMetrics.width("跑") >= 13 && TextMetrics.width("🏃") >= 17)
    }

    @Test func longTextsAreShortened() {
        let text = "Raspberry Pi 4 Model B Rev 1.4, 4 threads (runs/2026-11-28/cnn)"
        #expect(TextFit.shortened("short", to: 100) == "short")
        #expect(TextFit.shortened(text, to: 160) == "Raspberry Pi 4 Model…")
        let ends = TextFit.shortened(text, to: 160, keeping: .ends)
        #expect(ends.hasPrefix("Raspb") && ends.hasSuffix("/cnn)") && ends.contains("…"))
        #expect(TextFit.shortened(text, to: 3) == "")
    }

    @Test func linesAreBrokenAtSpacesElseAfterSigns() {
        #expect(TextFit.wrapped("one two three four", to: 70, lines: 5) == ["one two", "three four"])
        #expect(TextFit.wrapped("WALKING_DOWNSTAIRS", to: 108, lines: 2) == ["WALKING_", "DOWNSTAIRS"])
        #expect(TextFit.wrapped("abcdefghij", to: 30, lines: 9).joined() == "abcdefghij")
        #expect(TextFit.wrapped("one two three four", to: 70, lines: 1) == ["one two…"])
        #expect(TextFit.wrapped("", to: 70, lines: 3) == [])
    }

    @Test func whatIsMadeToFitFits() {
        var numbers = SampleNumbers(9)
        for _ in 0..<2000 {
            let name = DisplayText.line(SampleCharts.hostileNames[Int(numbers.next() % 10)] + " \(numbers.next() % 1000)")
            let width = 20 + 300 * numbers.share()
            for style in [TextStyle.label, .title] {
                for kept in [TextFit.Kept.start, .ends] {
                    #expect(TextMetrics.width(TextFit.shortened(name, to: width, style, keeping: kept), style) <= width)
                }
                let limit = 1 + Int(numbers.next() % 4)
                let lines = TextFit.wrapped(name, to: width, lines: limit, style)
                #expect(lines.count <= limit && lines.allSatisfy { TextMetrics.width($0, style) <= width }, "\(lines) \(width)")
            }
        }
    }
}
