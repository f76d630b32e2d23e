import Platform

/// Colours for a terminal; plain text for pipes, for TERM=dumb and where NO_COLOR is set (no-color.org).
struct Style {
    private let isOn: Bool

    init(_ output: Terminal.Output) {
        isOn = Terminal.isTerminal(output) && Environment.value("NO_COLOR") == nil && Environment.value("TERM") != "dumb"
    }

    /// Whether the locale says that a terminal shows more than ASCII: the first of LC_ALL, LC_CTYPE and LANG that is set names UTF-8.
    static let hasUnicode: Bool = {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(Environment.value).first { !$0.isEmpty } ?? ""
        let name = locale.lowercased()
        return name.contains("utf-8") || name.contains("utf8")
    }()

    /// A symbol, or what stands for it in ASCII.
    static func symbol(_ symbol: String, _ ascii: String) -> String { hasUnicode ? symbol : ascii }

    func bold(_ text: String) -> String { wrap(text, "1") }
    func dim(_ text: String) -> String { wrap(text, "2") }
    func yellow(_ text: String) -> String { wrap(text, "33") }

    private func wrap(_ text: String, _ code: String) -> String {
        isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
