import Platform

/// The text of a page of HTML as it grows; what comes from files is escaped.
struct HTMLWriter {
    private(set) var text = ""

    /// Adds markup as it is.
    mutating func raw(_ markup: String) { text += markup }

    /// Adds an element that holds a text.
    mutating func element(_ name: String, _ content: String) {
        text += "<\(name)>\(MarkupText.escaped(content))</\(name)>\n"
    }

    /// Adds a table that scrolls by itself where it is wider than the page. The first column names the rows; of the others, those that hold
    /// numbers stand to the right.
    mutating func table(_ header: [String], _ rows: [[String]], caption: String) {
        let isNumeric = header.indices.map { column in
            column > 0
                && rows.allSatisfy {
                    $0[column].isEmpty || $0[column] == "-" || "+-0123456789.".contains($0[column].first ?? " ")
                }
        }
        func cell(_ name: String, _ attributes: String, _ column: Int, _ content: String) -> String {
            "<\(name)\(attributes)\(isNumeric[column] ? " class=\"number\"" : "")>\(MarkupText.escaped(content))</\(name)>"
        }
        // It can be reached, and scrolled, by keys.
        text += "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(MarkupText.escaped(caption))\">\n<table>\n"
        element("caption", caption)
        text +=
            "<thead><tr>" + header.indices.map { cell("th", " scope=\"col\"", $0, header[$0]) }.joined()
            + "</tr></thead>\n<tbody>\n"
        for row in rows {
            text +=
                "<tr>" + row.indices.map { cell($0 == 0 ? "th" : "td", $0 == 0 ? " scope=\"row\"" : "", $0, row[$0]) }.joined()
            text += "</tr>\n"
        }
        text += "</tbody>\n</table>\n</div>\n"
    }
}
