/// How an area is filled: what tells areas apart without their colours.
enum Fill: Int, CaseIterable {
    case full, tint, hatch

    /// The fill of the kind with an index.
    init(_ index: Int) { self = Fill.allCases[index % Fill.allCases.count] }

    /// Draws a rectangle in a series' colour.
    func draw(
        on canvas: inout Canvas, _ left: Double, _ top: Double, _ width: Double, _ height: Double, colour: Int, classes: String
    ) {
        switch self {
        case .full: canvas.rectangle(left, top, width, height, "\(classes) ch-f\(colour)", radius: 1.5)
        case .tint:
            canvas.rectangle(left, top, width, height, "\(classes) ch-tint ch-f\(colour) ch-s\(colour)", radius: 1.5)
        case .hatch:
            let pattern = canvas.hatch(colour)
            canvas.rectangle(left, top, width, height, "\(classes) ch-thin ch-s\(colour)", radius: 1.5, pattern: pattern)
        }
    }
}
