/// What an axis shows.
public struct Axis: Sendable, Equatable {
    /// How values become lengths.
    public enum Kind: Sendable, Equatable {
        /// Equal differences are equally long.
        case linear
        /// Equal ratios are equally long; it has no place for 0 and less.
        case logarithmic
    }

    /// What the numbers are, with their unit: "response time (ms)".
    public let label: String
    /// How values become lengths on it.
    public let kind: Kind
    /// How its numbers are written.
    public let format: NumberFormat
    /// Where it begins and ends, whatever the values; nil for where they do.
    public let range: ClosedRange<Double>?
    /// Whether 0 is on it: lengths of bars mean nothing else.
    public let includesZero: Bool
    /// Whether it counts things: no number between two whole ones is on it.
    public let isWhole: Bool

    /// An axis.
    ///
    /// A `range` that is empty, not finite, or not above 0 on a logarithmic axis counts as none.
    public init(
        _ label: String, _ kind: Kind = .linear, format: NumberFormat = .number, range: ClosedRange<Double>? = nil,
        includesZero: Bool = false, isWhole: Bool = false
    ) {
        self.label = DisplayText.line(label)
        self.kind = kind
        self.format = format
        self.includesZero = includesZero
        self.isWhole = isWhole
        let isUsable =
            range.map { range in
                range.lowerBound < range.upperBound
                    && [range.lowerBound, range.upperBound].allSatisfy { Axis.shows($0, kind) }
            } ?? false
        self.range = isUsable ? range : nil
    }

    /// Whether a value has a place on it.
    func shows(_ value: Double) -> Bool { Axis.shows(value, kind) }

    /// Numbers beyond these limits cannot be told from infinities and zeros by the arithmetic of scales.
    private static func shows(_ value: Double, _ kind: Kind) -> Bool {
        switch kind {
        case .linear: value.magnitude <= 1e300
        case .logarithmic: value >= 1e-300 && value <= 1e300
        }
    }

    /// The values that have a place on it, in words.
    var shownValues: String { kind == .linear ? "finite" : "finite and above 0" }
}
