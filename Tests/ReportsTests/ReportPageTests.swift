import Charts
import Testing

@testable import Reports

@Suite struct ReportPageTests {
    private static let hostile = "<script>alert(1)</script> \" & \u{7}"

    private func page() throws -> ReportPage {
        let hostile = ReportPageTests.hostile
        let chart = try LineChart(
            ChartHeading(title: hostile, description: hostile), x: Axis("x"), y: Axis("y"),
            [LineSeries(hostile, [.init(x: 0, y: 1), .init(x: 1, y: 2)])])
        let table = ReportTable(
            hostile, header: ["what", "value", "word"], rows: [[hostile, "1.5", hostile], ["b", "-", "w"]])
        return ReportPage(
            title: hostile,
            sections: [
                ReportSection(hostile, [.text(hostile), .title(hostile), .chart(chart), .table(table)]), ReportSection("b"),
            ])
    }

    @Test func whatComesFromFilesIsNoMarkup() throws {
        let html = try page().html
        #expect(!html.contains("<script") && !html.contains("\u{7}"))
        #expect(html.contains("<h1>&lt;script&gt;alert(1)&lt;/script&gt; &quot; &amp;"))
        #expect(html.contains("<a href=\"#section-2\">b</a>"))
    }

    @Test func thePageNeedsNothingElse() throws {
        let html = try page().html
        // The name of SVG is no address that is looked at, and clips are of the same page.
        let rest = html.replacing("http://www.w3.org/2000/svg", with: "").replacing("url(#", with: "")
        for word in ["http:", "https:", "src=", "@import", "url("] { #expect(!rest.contains(word), "\(word)") }
    }

    @Test func sameBytes() throws {
        #expect(try page().html == page().html)
    }

    /// Numbers stand to the right, the names of rows are heads, and what scrolls has a name and can be reached by keys.
    @Test func tables() throws {
        let html = try page().html
        #expect(html.contains("<td class=\"number\">1.5</td>") && html.contains("<th scope=\"row\">b</th>"))
        #expect(html.contains("<td>w</td>"))
        #expect(html.contains("tabindex=\"0\" role=\"region\" aria-label=\"&lt;script"))
    }
}
