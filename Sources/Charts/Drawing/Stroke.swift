/// How a line is drawn.
public enum Stroke: Sendable, Equatable {
    case solid, dashed, dotted

    /// Its class in the style sheet.
    var classes: String {
        switch self {
        case .solid: ""
        case .dashed: " ch-dashed"
        case .dotted: " ch-dotted"
        }
    }
}
