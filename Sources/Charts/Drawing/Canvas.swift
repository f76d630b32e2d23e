/// A drawing that is being made, from the top downwards: its marks, and where its texts stand.
public struct Canvas {
    /// What is free at both sides.
    static let margin = 8.0

    /// What the ids of this drawing begin with.
    let id: String
    let width: Double
    /// Where what comes next begins.
    var cursor = 8.0
    /// The texts, in the order in which they were drawn.
    private(set) var texts: [PlacedText] = []
    private var writer = SVGWriter()
    private var definitions = SVGWriter()
    private let heading: ChartHeading

    /// A canvas with a heading at its top.
    init(id: String, width: Double, heading: ChartHeading) {
        self.id = id
        self.width = width
        self.heading = heading
        lines(heading.title, limit: 3, .title, "ch-title")
        lines(heading.subtitle, limit: 4, .label, "ch-muted")
        cursor += 6
    }

    /// An id that HTML, CSS and references take as it is.
    static func id(_ name: String) -> String {
        let characters = name.unicodeScalars.prefix(DisplayText.limit).map { scalar -> Character in
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            return isPlain || scalar == "-" || scalar == "_" ? Character(scalar) : "-"
        }
        return (characters.first?.isLetter == true ? "" : "chart-") + String(characters)
    }

    /// How wide what stands between the margins can be.
    var innerWidth: Double { width - 2 * Canvas.margin }
    var right: Double { width - Canvas.margin }

    /// Adds a text over as many lines as it takes, from one margin to the other.
    mutating func lines(_ words: String, limit: Int, _ style: TextStyle, _ classes: String) {
        for line in TextFit.wrapped(words, to: innerWidth, lines: limit, style) {
            let place = Point(x: Canvas.margin, y: cursor + style.ascent + (style.lineHeight - style.size) / 2)
            text(PlacedText(text: line, place: place, style: style), classes)
            cursor += style.lineHeight
        }
    }

    /// Adds what must be known of values that are not shown as they are, beneath the chart.
    mutating func notes(_ notes: [String]) {
        for note in notes where !note.isEmpty {
            cursor += 4
            lines(note, limit: 3, .label, "ch-muted")
        }
    }

    mutating func text(_ placed: PlacedText, _ classes: String = "") {
        guard !placed.text.isEmpty else { return }
        texts.append(placed)
        let (x, y) = (SVGWriter.number(placed.place.x), SVGWriter.number(placed.place.y))
        writer.element(
            "text",
            [
                "x": x, "y": y, "text-anchor": placed.anchor.rawValue, "class": classes,
                "transform": placed.isUpright ? "rotate(-90 \(x) \(y))" : "",
            ], text: placed.text)
    }

    mutating func line(_ from: Point, _ to: Point, _ classes: String) {
        writer.element(
            "line",
            [
                "x1": SVGWriter.number(from.x), "y1": SVGWriter.number(from.y), "x2": SVGWriter.number(to.x),
                "y2": SVGWriter.number(to.y), "class": classes,
            ])
    }

    /// Adds a rectangle.
    /// - Parameter pattern: The id of what fills it in place of its class's colour.
    mutating func rectangle(
        _ left: Double, _ top: Double, _ width: Double, _ height: Double, _ classes: String, radius: Double = 0,
        pattern: String = ""
    ) {
        writer.element(
            "rect",
            [
                "x": SVGWriter.number(left), "y": SVGWriter.number(top), "width": SVGWriter.number(max(0, width)),
                "height": SVGWriter.number(max(0, height)), "rx": radius > 0 ? SVGWriter.number(radius) : "", "class": classes,
                "fill": pattern.isEmpty ? "" : "url(#\(pattern))",
            ])
    }

    mutating func circle(_ centre: Point, radius: Double, _ classes: String) {
        writer.element(
            "circle",
            [
                "cx": SVGWriter.number(centre.x), "cy": SVGWriter.number(centre.y), "r": SVGWriter.number(radius),
                "class": classes,
            ])
    }

    mutating func path(_ data: PathData, _ classes: String) {
        guard !data.text.isEmpty else { return }
        writer.element("path", ["d": data.text, "class": classes])
    }

    /// Draws what would reach beyond a rectangle within it alone.
    mutating func clipped(to box: TextBox, _ draw: (inout Canvas) -> Void) {
        let name = "\(id)-plot"
        definitions.open("clipPath", ["id": name])
        definitions.element(
            "rect",
            [
                "x": SVGWriter.number(box.left), "y": SVGWriter.number(box.top), "width": SVGWriter.number(box.right - box.left),
                "height": SVGWriter.number(box.bottom - box.top),
            ])
        definitions.close("clipPath")
        writer.open("g", ["clip-path": "url(#\(name))"])
        draw(&self)
        writer.close("g")
    }

    /// Defines a pattern of slanting lines in a series' colour, and gives its id.
    mutating func hatch(_ colour: Int) -> String {
        let name = "\(id)-hatch-\(colour)"
        guard !definitions.text.contains("\"\(name)\"") else { return name }
        definitions.open(
            "pattern",
            [
                "id": name, "width": "6", "height": "6", "patternUnits": "userSpaceOnUse", "patternTransform": "rotate(45)",
            ])
        definitions.element("line", ["x1": "0", "y1": "0", "x2": "0", "y2": "6", "class": "ch-s\(colour)", "stroke-width": "5"])
        definitions.close("pattern")
        return name
    }

    /// The drawing as an `svg` element.
    func svg(withStyle: Bool, class classes: String) -> String {
        let (width, height) = (SVGWriter.number(width), SVGWriter.number((cursor + Canvas.margin).rounded(.up)))
        var document = SVGWriter()
        document.open(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg", "id": id, "class": classes, "viewBox": "0 0 \(width) \(height)",
                "width": width, "height": height, "role": "img", "aria-labelledby": "\(id)-title \(id)-description",
            ])
        document.element("title", ["id": "\(id)-title"], text: heading.title)
        document.element("desc", ["id": "\(id)-description"], text: heading.description)
        if withStyle {
            // The sheet is our own, and markup within a style element would be escaped otherwise in XML than in HTML: it has none.
            document.append("<style>\n\(ChartStyle.sheet)</style>\n")
            document.element("rect", ["width": "100%", "height": "100%", "class": "ch-paper"])
        }
        if !definitions.text.isEmpty {
            document.open("defs", [:])
            document.append(definitions.text)
            document.close("defs")
        }
        document.append(writer.text)
        document.close("svg")
        return document.text
    }
}
