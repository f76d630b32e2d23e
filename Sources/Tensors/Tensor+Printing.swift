extension Tensor: CustomStringConvertible, CustomDebugStringConvertible {
    /// The elements as NumPy prints them: nested brackets, aligned columns, lines of at most 75 characters; above 1000 elements
    /// only the first and last three along every axis.
    public var description: String {
        guard rank > 0 else { return values[0].description }
        guard count > 0 else { return "[]" }
        return TensorPrinter(self).text(axis: 0, place: 0, indent: " ", width: 75)
    }

    /// The shape, then the elements.
    public var debugDescription: String { "Tensor \(shape)\n\(description)" }
}

/// The layout of NumPy's `array2string` at its defaults.
private struct TensorPrinter {
    /// Above so many elements the middle is left out.
    static let threshold = 1000
    /// The elements printed at either end of an axis whose middle is left out.
    static let edge = 3

    private let tensor: Tensor
    private let elides: Bool
    /// Only what is shown decides on the width of the columns.
    private var format = NumberFormat([])

    init(_ tensor: Tensor) {
        self.tensor = tensor
        elides = tensor.count > TensorPrinter.threshold
        format = NumberFormat(shown(axis: 0, place: 0))
    }

    /// The indices printed along an axis; nil stands for the dots.
    private func indices(_ axis: Int) -> [Int?] {
        let extent = tensor.shape[axis]
        guard elides && extent > 2 * TensorPrinter.edge else { return Array(0..<extent) }
        return Array(0..<TensorPrinter.edge) + [nil] + Array(extent - TensorPrinter.edge..<extent)
    }

    private func shown(axis: Int, place: Int) -> [Float] {
        guard axis < tensor.rank else { return [tensor.values[place]] }
        return indices(axis).compactMap { $0 }.flatMap { index in
            shown(axis: axis + 1, place: place * tensor.shape[axis] + index)
        }
    }

    /// The part below an axis in brackets. Every line but the first begins with the indent; the last leaves room for the brackets
    /// that close around it.
    func text(axis: Int, place: Int, indent: String, width: Int) -> String {
        let isRow = axis == tensor.rank - 1
        var lines = ""
        var line = indent
        for (position, index) in indices(axis).enumerated() {
            if !isRow {
                if position > 0 { lines += String(repeating: "\n", count: tensor.rank - 1 - axis) }
                lines += indent
            }
            guard let index else {
                if isRow { extend(&lines, &line, with: "...", indent: indent, width: width) } else { lines += "..." }
                continue
            }
            let inner = place * tensor.shape[axis] + index
            if isRow {
                extend(&lines, &line, with: format.text(tensor.values[inner]), indent: indent, width: width)
            } else {
                lines += text(axis: axis + 1, place: inner, indent: indent + " ", width: width - 1)
            }
        }
        if isRow { lines += line }
        return "[" + lines.dropFirst(indent.utf8.count) + "]"
    }

    /// Adds a word to a row, on a new line when it would leave the width.
    private func extend(_ lines: inout String, _ line: inout String, with word: String, indent: String, width: Int) {
        let separator = line.utf8.count > indent.utf8.count ? " " : ""
        if !separator.isEmpty && line.utf8.count + 1 + word.utf8.count > width - 1 {
            while line.hasSuffix(" ") { line.removeLast() }
            lines += line + "\n"
            line = indent + word
        } else {
            line += separator + word
        }
    }
}
