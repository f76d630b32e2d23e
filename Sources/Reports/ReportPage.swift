import Charts
import Models
import Platform

/// A report as one page of HTML that needs nothing else: no script, no file beside it, no network. It reads on light and on dark screens,
/// on a telephone, and on paper.
public struct ReportPage {
    /// The page's title.
    public let title: String
    /// What is shown, from top to bottom.
    public let sections: [ReportSection]

    /// A page of some sections.
    public init(title: String, sections: [ReportSection]) {
        self.title = title
        self.sections = sections
    }

    /// The page's text: the same sections give the same bytes.
    public var html: String {
        var html = HTMLWriter()
        html.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        html.raw("<meta name=\"color-scheme\" content=\"light dark\">\n")
        html.element("title", title)
        html.raw("<style>\n\(ReportPage.style)\(ChartStyle.sheet)</style>\n</head>\n<body>\n<main>\n")
        html.element("h1", title)
        if sections.count > 1 {
            html.raw("<nav aria-label=\"Contents\">\n<ul>\n")
            for (index, section) in sections.enumerated() {
                html.raw("<li><a href=\"#section-\(index + 1)\">\(MarkupText.escaped(section.title))</a></li>\n")
            }
            html.raw("</ul>\n</nav>\n")
        }
        for (index, section) in sections.enumerated() { write(section, number: index + 1, to: &html) }
        html.raw("</main>\n<footer>\n<p>Made by hartrain \(Program.version).</p>\n</footer>\n</body>\n</html>\n")
        return html.text
    }

    private func write(_ section: ReportSection, number: Int, to html: inout HTMLWriter) {
        html.raw("<section id=\"section-\(number)\">\n")
        // The only section is what the page is called after.
        if sections.count > 1 { html.element("h2", section.title) }
        var charts = 0
        for block in section.blocks {
            switch block {
            case .text(let text): html.element("p", text)
            case .title(let title): html.element("h3", title)
            case .table(let table): html.table(table.header, table.rows, caption: table.caption)
            case .chart(let chart):
                charts += 1
                html.raw("<figure>\n\(chart.responsiveFragment(id: "chart-\(number)-\(charts)"))\n")
                html.raw("<details>\n<summary>Values</summary>\n")
                html.table(chart.table.header, chart.table.rows, caption: chart.heading.title)
                html.raw("</details>\n</figure>\n")
            }
        }
        html.raw("</section>\n")
    }

    /// Colours are the charts' own, so that page and charts turn dark together.
    private static let style = """
        :root{color-scheme:light dark;--page:#fff;--text:#1c1c1c;--soft:#5a5a5a;--line:#d0d0d0;--link:#0b57a4}
        @media screen and (prefers-color-scheme:dark){:root{--page:#141414;--text:#ececec;--soft:#a8a8a8;--line:#444;--link:#8ab8f0}}
        body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,sans-serif}
        main,footer{max-width:48rem;margin:0 auto;padding:1rem}
        footer,caption,summary{color:var(--soft)}
        h1{font-size:1.6rem;line-height:1.25}
        h2{font-size:1.3rem;margin-top:2.5rem;border-top:1px solid var(--line);padding-top:1rem}
        h1,h2,h3,p{overflow-wrap:anywhere}
        a{color:var(--link)}
        figure{margin:1.5rem 0}
        summary{cursor:pointer;padding:.25rem 0}
        .scroll{overflow-x:auto;margin:1rem 0}
        table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums}
        caption{text-align:left;padding-bottom:.25rem}
        td,th{padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
        td.number,th.number{text-align:right;white-space:nowrap}
        thead th,thead th.number{vertical-align:bottom;white-space:normal}
        th[scope=row]{min-width:min(14ch,40vw)}
        @media print{nav{display:none}details::details-content{content-visibility:visible;height:auto}main,footer{max-width:none}figure,tr{break-inside:avoid}h2,h3{break-after:avoid}}

        """
}
