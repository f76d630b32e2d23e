import Testing

@testable import Charts

/// What holds of every drawing, whatever is drawn: seen on charts made by chance.
@Suite struct DrawingTests {
    private static let widths = [280.0, ChartWidth.narrow, 500, ChartWidth.wide, 1280]

    /// Calls a test with the canvas of many charts.
    private func withDrawings(_ seeds: ClosedRange<UInt64>, _ test: (Canvas, String) throws -> Void) throws {
        for seed in seeds {
            var charts = RandomCharts(seed)
            let chart = try charts.next()
            let width = DrawingTests.widths[Int(seed % UInt64(DrawingTests.widths.count))]
            try test(chart.drawn(id: "c\(seed)", width: width), "\(type(of: chart)), seed \(seed), \(width) wide")
        }
        for (name, chart) in SampleCharts.all {
            for width in DrawingTests.widths { try test(chart.drawn(id: name, width: width), "\(name), \(width) wide") }
        }
    }

    @Test func noTextIsOverAnotherOrLeavesTheDrawing() throws {
        try withDrawings(1...400) { canvas, name in
            let paper = TextBox(left: 0, top: 0, right: canvas.width, bottom: canvas.cursor + Canvas.margin)
            // From left to right only those can overlap that begin before one ends.
            let texts = canvas.texts.sorted { $0.box.left < $1.box.left }
            for (index, text) in texts.enumerated() {
                #expect(paper.holds(text.box), "\(name): '\(text.text)' at \(text.box)")
                for other in texts.dropFirst(index + 1) {
                    guard other.box.left < text.box.right else { break }
                    #expect(!text.box.overlaps(other.box), "\(name): '\(text.text)' and '\(other.text)'")
                }
            }
        }
    }

    @Test func everyDrawingIsXMLWithoutAnythingBrought() throws {
        try withDrawings(401...700) { canvas, name in
            for isFile in [true, false] {
                let text = canvas.svg(withStyle: isFile, class: "chart")
                let xml = XMLCheck(text)
                #expect(xml.problem == nil, "\(name): \(xml.problem ?? "")")
                let known: Set = [
                    "svg", "title", "desc", "style", "defs", "clipPath", "pattern", "g", "rect", "line", "circle", "path", "text",
                ]
                #expect(Set(xml.elements.keys).isSubset(of: known), "\(name): \(xml.elements.keys)")
                #expect(xml.elements["title"] == 1 && xml.elements["desc"] == 1)
                #expect(!xml.attributes.contains { $0.name.hasPrefix("on") || $0.name == "href" }, "\(name)")
                let numbers: Set = ["x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "width", "height", "rx", "viewBox"]
                for attribute in xml.attributes where numbers.contains(attribute.name) && attribute.value != "100%" {
                    let parts = attribute.value.split(separator: " ")
                    let decimals = parts.map { part in part.drop { $0 != "." }.count }
                    #expect(parts.allSatisfy { Double($0)?.isFinite == true }, "\(name): \(attribute)")
                    #expect(decimals.allSatisfy { $0 <= 3 }, "\(name): \(attribute)")
                }
                for attribute in xml.attributes where attribute.name == "d" {
                    #expect(attribute.value.allSatisfy { "MlhvzZ-. 0123456789".contains($0) }, "\(name)")
                }
            }
        }
    }

    @Test func theSameChartHasTheSameBytes() throws {
        for seed in UInt64(701)...760 {
            var (first, second) = (RandomCharts(seed), RandomCharts(seed))
            #expect(try first.next().file() == second.next().file())
        }
    }

    @Test func idsBeginWithTheOneGivenAndAllReferencesAreThere() throws {
        for (name, chart) in SampleCharts.all {
            let xml = XMLCheck(chart.fragment(id: "fig \"1\"\(name)"))
            let ids = xml.attributes.filter { $0.name == "id" }.map(\.value)
            #expect(Set(ids).count == ids.count)
            #expect(ids.allSatisfy { $0.hasPrefix("fig--1-\(name)") }, "\(ids)")
            for attribute in xml.attributes where attribute.value.hasPrefix("url(#") {
                #expect(ids.contains(String(attribute.value.dropFirst(5).dropLast())), "\(attribute)")
            }
            let label = try #require(xml.attributes.first { $0.name == "aria-labelledby" })
            #expect(label.value.split(separator: " ").map(String.init).allSatisfy(ids.contains))
            #expect(xml.attributes.contains { $0.name == "role" && $0.value == "img" })
        }
        #expect(Canvas.id("1<a>") == "chart-1-a-" && Canvas.id("") == "chart-" && Canvas.id("é") == "chart--")
    }

    @Test func aPageHoldsTheStyleOnceAndAFileHasIt() throws {
        let chart = try SampleCharts.loss()
        #expect(!chart.fragment(id: "a").contains("<style>") && chart.file().contains("<style>\n\(ChartStyle.sheet)</style>"))
        let both = chart.responsiveFragment(id: "a")
        #expect(both.contains("id=\"a-narrow\" class=\"chart chart-narrow\" viewBox=\"0 0 360 "))
        #expect(both.contains("id=\"a\" class=\"chart chart-wide\" viewBox=\"0 0 720 "))
        // Markup in a style element would end it, or be escaped in XML alone.
        #expect(!ChartStyle.sheet.contains { "<&>".contains($0) })
    }

    @Test func everyClassIsInTheSheet() throws {
        var classes: Set<Substring> = []
        for (_, chart) in SampleCharts.all {
            let xml = XMLCheck(chart.fragment(id: "a"))
            for attribute in xml.attributes where attribute.name == "class" {
                classes.formUnion(attribute.value.split(separator: " ").map { Substring(String($0)) })
            }
        }
        // Bars, boxes and samples have classes for tests and for pages.
        for name in classes.subtracting(["ch-bar", "ch-box", "ch-sample", "chart"]) {
            #expect(ChartStyle.sheet.contains(".\(name){"), "\(name)")
        }
    }

    @Test func widthsThatNothingFitsOnAreNotDrawn() throws {
        let chart = try SampleCharts.loss()
        for (width, drawn) in [(0.0, 280.0), (-1, 280), (.nan, 720), (.infinity, 720), (1e9, 2000), (360.4, 360)] {
            #expect(chart.drawn(id: "a", width: width).width == drawn)
        }
    }

    @Test func numbersAreShort() {
        for (value, text) in [
            (0.0, "0"), (-0.001, "0"), (1, "1"), (0.1, "0.1"), (-2.345, "-2.35"), (99.999, "100"), (12.3, "12.3"),
            (-0.05, "-0.05"),
        ] { #expect(SVGWriter.number(value) == text) }
        var path = PathData()
        path.move(Point(x: 0.04, y: -1.25))
        path.line(Point(x: 10, y: -1.25))
        path.line(Point(x: 10, y: 3))
        path.line(Point(x: 9.5, y: 2.5))
        path.line(Point(x: 9.5, y: 2.5))
        #expect(path.text == "M0-1.3h10v4.3l-.5-.5h0")
    }
}
