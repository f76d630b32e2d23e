import Platform

/// Writes markup: whatever reaches an SVG goes through it and is escaped.
struct SVGWriter {
    private(set) var text = ""

    /// An element with nothing in it.
    mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String>) {
        begin(name, attributes)
        text += "/>\n"
    }

    /// An element with a text in it.
    mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String>, text content: String) {
        begin(name, attributes)
        text += ">\(MarkupText.escaped(content))</\(name)>\n"
    }

    /// The start of an element that others stand in.
    mutating func open(_ name: String, _ attributes: KeyValuePairs<String, String>) {
        begin(name, attributes)
        text += ">\n"
    }

    /// The end of an element.
    mutating func close(_ name: String) { text += "</\(name)>\n" }

    /// What is markup already.
    mutating func append(_ markup: String) { text += markup }

    /// Attributes without a value are left out.
    private mutating func begin(_ name: String, _ attributes: KeyValuePairs<String, String>) {
        text += "<\(name)"
        for (key, value) in attributes where !value.isEmpty { text += " \(key)=\"\(MarkupText.escaped(value))\"" }
    }

    /// A number as SVG takes it, with at most two decimals and none that is 0.
    static func number(_ value: Double) -> String {
        precondition(value.isFinite, "a chart let a value through that is not finite")
        let hundredths = Int((min(max(value, -1e9), 1e9) * 100).rounded())
        guard !hundredths.isMultiple(of: 100) else { return String(hundredths / 100) }
        return NumberText.fixed(Double(hundredths) / 100, hundredths.isMultiple(of: 10) ? 1 : 2)
    }
}
