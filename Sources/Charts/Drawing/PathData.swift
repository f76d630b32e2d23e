/// The data of an SVG path, in tenths of a unit and as short as it can be written: a drawing of many samples is mostly this.
struct PathData {
    private(set) var text = ""
    private var (x, y) = (0, 0)

    /// Begins a line at a place.
    mutating func move(_ point: Point) {
        (x, y) = PathData.tenths(point)
        text += "M"
        append(x, isFirst: true)
        append(y, isFirst: false)
    }

    /// Goes on straight to a place.
    mutating func line(_ point: Point) {
        let (nextX, nextY) = PathData.tenths(point)
        switch (nextX - x, nextY - y) {
        case (0, 0): text += "h0"
        case (0, let dy):
            text += "v"
            append(dy, isFirst: true)
        case (let dx, 0):
            text += "h"
            append(dx, isFirst: true)
        case (let dx, let dy):
            text += "l"
            append(dx, isFirst: true)
            append(dy, isFirst: false)
        }
        (x, y) = (nextX, nextY)
    }

    /// Adds a line through places; one alone is a dot, since a line without length has round ends.
    mutating func add(_ points: [Point]) {
        guard let first = points.first else { return }
        move(first)
        if points.count == 1 { line(first) }
        for point in points.dropFirst() { line(point) }
    }

    /// Adds a rectangle.
    mutating func rectangle(_ left: Double, _ top: Double, _ right: Double, _ bottom: Double) {
        move(Point(x: left, y: top))
        line(Point(x: right, y: top))
        line(Point(x: right, y: bottom))
        line(Point(x: left, y: bottom))
        text += "z"
    }

    private static func tenths(_ point: Point) -> (Int, Int) {
        precondition(point.x.isFinite && point.y.isFinite, "a chart let a value through that is not finite")
        return (Int((point.x * 10).rounded()), Int((point.y * 10).rounded()))
    }

    /// A sign separates two numbers as a space does.
    private mutating func append(_ tenths: Int, isFirst: Bool) {
        if tenths < 0 { text += "-" } else if !isFirst { text += " " }
        let (whole, tenth) = Int(tenths.magnitude).quotientAndRemainder(dividingBy: 10)
        if whole > 0 || tenth == 0 { text += String(whole) }
        if tenth > 0 { text += ".\(tenth)" }
    }
}
