/// A picture of values with the same values as a table; the charts of this room conform to it.
public protocol Chart: Sendable {
    /// What is said about it in words.
    var heading: ChartHeading { get }
    /// Its values as text; of very many values, their summary.
    var table: ChartTable { get }
    /// Draws what stands beneath the heading.
    func draw(on canvas: inout Canvas)
}

/// Widths for which charts are drawn, in CSS pixels.
public enum ChartWidth {
    /// For one column on a telephone, and for several beside each other on a desk.
    public static let narrow = 360.0
    /// For the width of a page.
    public static let wide = 720.0

    /// From which width to which a chart can be drawn; other widths are taken for the nearest of these.
    static let possible = 280.0...2000.0
}

extension Chart {
    /// The chart as an element of an HTML page that holds `ChartStyle.sheet` once.
    /// - Parameters:
    ///   - id: What its id and those within begin with, its own in the page; other characters than letters, digits, `-` and `_` become `-`.
    ///   - width: For how many pixels it is drawn; where there is less room, it is made smaller as a whole.
    public func fragment(id: String, width: Double = ChartWidth.wide) -> String {
        drawn(id: id, width: width).svg(withStyle: false, class: "chart")
    }

    /// The chart drawn twice for an HTML page that holds `ChartStyle.sheet` once: one drawing shows in narrow windows, the other else.
    /// - Parameter id: As for `fragment(id:width:)`.
    public func responsiveFragment(id: String) -> String {
        drawn(id: id + "-narrow", width: ChartWidth.narrow).svg(withStyle: false, class: "chart chart-narrow")
            + drawn(id: id, width: ChartWidth.wide).svg(withStyle: false, class: "chart chart-wide")
    }

    /// The chart as the text of an SVG file.
    public func file(width: Double = ChartWidth.wide) -> String {
        drawn(id: "chart", width: width).svg(withStyle: true, class: "chart")
    }

    /// The canvas with the whole chart on it.
    func drawn(id: String, width: Double) -> Canvas {
        let possible = ChartWidth.possible
        let width = width.isFinite ? min(max(width.rounded(), possible.lowerBound), possible.upperBound) : ChartWidth.wide
        var canvas = Canvas(id: Canvas.id(id), width: width, heading: heading)
        draw(on: &canvas)
        return canvas
    }
}
