import Platform

/// Colours for a terminal; plain text for pipes, for TERM=dumb and where NO_COLOR is set (no-color.org).
struct Style {
    private let isOn: Bool

    init(_ output: Terminal.Output) {
        isOn = Terminal.isTerminal(output) && Environment.value("NO_COLOR") == nil && Environment.value("TERM") != "dumb"
    }

    func bold(_ text: String) -> String { wrap(text, "1") }
    func dim(_ text: String) -> String { wrap(text, "2") }
    func yellow(_ text: String) -> String { wrap(text, "33") }

    private func wrap(_ text: String, _ code: String) -> String {
        isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
