/// A line of a chart.
public struct LineSeries: Sendable {
    /// A value at a place.
    public struct Point: Sendable, Equatable {
        /// Where it is.
        public let x: Double
        /// What it is there.
        public let y: Double

        /// A point; where `y` is not finite the line is interrupted.
        public init(x: Double, y: Double) {
            self.x = x
            self.y = y
        }
    }

    /// How sure a value is.
    public struct Interval: Sendable, Equatable {
        /// Where the value is.
        public let x: Double
        /// From where the value may be.
        public let low: Double
        /// To where it may be.
        public let high: Double

        /// An interval around the value at `x`.
        public init(x: Double, low: Double, high: Double) {
            self.x = x
            self.low = low
            self.high = high
        }
    }

    /// A point that has words of its own: the best epoch.
    public struct Mark: Sendable, Equatable {
        /// Where it is.
        public let point: Point
        /// Its words; without any it is drawn alone.
        public let label: String

        /// A mark at a point.
        public init(at point: Point, _ label: String) {
            self.point = point
            self.label = DisplayText.line(label)
        }
    }

    /// How points are joined.
    public enum Join: Sendable, Equatable {
        case straight
        /// A value holds until the next.
        case steps
    }

    /// What the legend calls it; without a name it is not in it.
    public let name: String
    /// Its points, from left to right.
    public let points: [Point]
    /// The colour's index in the palette; nil for the one of its place among the lines.
    public let colour: Int?
    /// How it is drawn.
    public let stroke: Stroke
    /// How its points are joined.
    public let join: Join
    /// Points of it that have words of their own.
    public let marks: [Mark]
    /// How sure its values are, where that is known.
    public let intervals: [Interval]
    /// Whether it is no data but what data is compared with: grey and thin.
    public let isReference: Bool

    /// A line.
    public init(
        _ name: String, _ points: [Point], colour: Int? = nil, stroke: Stroke = .solid, join: Join = .straight,
        marks: [Mark] = [],
        intervals: [Interval] = [], isReference: Bool = false
    ) {
        self.name = DisplayText.line(name)
        self.points = points
        self.colour = colour
        self.stroke = stroke
        self.join = join
        self.marks = marks
        self.intervals = intervals
        self.isReference = isReference
    }
}
