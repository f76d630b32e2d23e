/// How charts look: one style sheet for all of them.
public enum ChartStyle {
    /// The CSS that a page with fragments of charts holds once; files hold it themselves.
    ///
    /// Colours are custom properties, `--chart-ink`, `--chart-1` and so on, with other values on a dark screen; on paper they are those
    /// of a light one.
    public static let sheet: String = {
        let (light, dark) = (properties(.light), properties(.dark))
        func rule(_ selector: String, _ declarations: String) -> String { "\(selector){\(declarations)}\n" }
        func values(_ list: [(name: String, colour: Colour)]) -> String {
            list.map { "--chart-\($0.name):\($0.colour.css)" }.joined(separator: ";")
        }
        /// A colour for programs that know no custom properties, too: they leave out what they do not understand.
        func coloured(_ property: String, _ name: String) -> String {
            let plain = light.first { $0.name == name }?.colour.css ?? ""
            return "\(property):\(plain);\(property):var(--chart-\(name))"
        }
        var sheet = rule(
            ".chart", values(light) + ";font:\(number(TextStyle.label.size))px system-ui,sans-serif;max-width:100%;height:auto")
        sheet += "@media screen and (prefers-color-scheme:dark){\n" + rule(".chart", values(dark)) + "}\n"
        // The direction of the page must not turn the drawing round.
        sheet += rule(".chart text", "direction:ltr;" + coloured("fill", "ink"))
        sheet += rule(".chart .ch-title", "font-size:\(number(TextStyle.title.size))px;font-weight:bold")
        sheet += rule(".chart .ch-strong", "font-weight:bold")
        sheet += rule(".chart .ch-muted", coloured("fill", "muted"))
        // Words over lines stay legible.
        sheet += rule(
            ".chart .ch-halo", "paint-order:stroke;stroke-width:4px;stroke-linejoin:round;" + coloured("stroke", "paper"))
        sheet += rule(".chart .ch-paper", coloured("fill", "paper"))
        sheet += rule(".chart .ch-ink", coloured("fill", "ink"))
        sheet += rule(".chart .ch-grid", "fill:none;" + coloured("stroke", "grid"))
        sheet += rule(".chart .ch-axis", "fill:none;" + coloured("stroke", "muted"))
        sheet += rule(".chart .ch-outline", "fill:none;stroke-width:1.5px;" + coloured("stroke", "ink"))
        sheet += rule(".chart .ch-line", "fill:none;stroke-width:2px;stroke-linejoin:round;stroke-linecap:round")
        sheet += rule(".chart .ch-thin", "stroke-width:1.2px")
        sheet += rule(".chart .ch-ring", "stroke-width:2px")
        sheet += rule(".chart .ch-dashed", "stroke-dasharray:6 5")
        sheet += rule(".chart .ch-dotted", "stroke-dasharray:1 5")
        sheet += rule(".chart .ch-s0", coloured("stroke", "muted"))
        for index in 1...Palette.count {
            sheet += rule(".chart .ch-s\(index)", coloured("stroke", "\(index)"))
            sheet += rule(".chart .ch-f\(index)", coloured("fill", "\(index)"))
        }
        sheet += rule(".chart .ch-tint", "fill-opacity:.22;stroke-width:1.5px")
        for step in 0..<Palette.heatSteps {
            sheet += rule(".chart .ch-h\(step)", coloured("fill", "heat-\(step)"))
            sheet += rule(".chart .ch-on\(step)", coloured("fill", "on-heat-\(step)"))
        }
        sheet += rule(".chart-narrow", "display:none")
        sheet +=
            "@media screen and (max-width:720px){\n" + rule(".chart-narrow", "display:inline")
            + rule(".chart-wide", "display:none")
        return sheet + "}\n"
    }()

    private static func number(_ value: Double) -> String { SVGWriter.number(value) }

    private static func properties(_ palette: Palette) -> [(name: String, colour: Colour)] {
        let plain = [("paper", palette.paper), ("ink", palette.ink), ("muted", palette.muted), ("grid", palette.grid)]
        let series = palette.series.enumerated().map { ("\($0.offset + 1)", $0.element) }
        let heat = palette.heatColours.enumerated().flatMap { step, colours in
            [("heat-\(step)", colours.cell), ("on-heat-\(step)", colours.text)]
        }
        return (plain + series + heat).map { (name: $0.0, colour: $0.1) }
    }
}
