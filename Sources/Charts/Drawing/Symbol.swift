/// A sign on a line: what tells lines apart without their colours.
enum Symbol: Int, CaseIterable {
    case circle, square, triangle, diamond, cross, ring, bar

    /// The sign of the series with an index.
    init(_ index: Int) { self = Symbol.allCases[index % Symbol.allCases.count] }

    /// Draws it around a point in a series' colour.
    func draw(on canvas: inout Canvas, at point: Point, colour: Int) {
        let (fill, stroke) = ("ch-f\(colour)", "ch-line ch-s\(colour)")
        func path(_ corners: [(Double, Double)]) -> PathData {
            var path = PathData()
            for (index, corner) in corners.enumerated() {
                let place = Point(x: point.x + corner.0, y: point.y + corner.1)
                if index == 0 { path.move(place) } else { path.line(place) }
            }
            return path
        }
        switch self {
        case .circle: canvas.circle(point, radius: 4, fill)
        case .ring: canvas.circle(point, radius: 3.6, "ch-paper ch-ring ch-s\(colour)")
        case .square: canvas.rectangle(point.x - 3.6, point.y - 3.6, 7.2, 7.2, fill)
        case .triangle: canvas.path(path([(0, -5), (4.8, 3.6), (-4.8, 3.6)]), fill)
        case .diamond: canvas.path(path([(0, -5.2), (5.2, 0), (0, 5.2), (-5.2, 0)]), fill)
        case .cross:
            canvas.path(path([(-3.6, -3.6), (3.6, 3.6)]), stroke)
            canvas.path(path([(-3.6, 3.6), (3.6, -3.6)]), stroke)
        case .bar: canvas.path(path([(0, -5), (0, 5)]), stroke)
        }
    }
}
