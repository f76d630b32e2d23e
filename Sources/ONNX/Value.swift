import Memory

/// What flows between two nodes of a graph.
struct Value {
    /// How the values of a row stand in memory.
    enum Layout: Equatable {
        /// [batch, steps, channels], as in this package.
        case channelsLast
        /// [batch, channels, steps], as convolutions of ONNX want it.
        case channelsFirst
        /// [steps, batch, channels], as ONNX's LSTM wants it.
        case timeMajor
        /// [batch, features].
        case features
        /// [batch, channels * steps]: a sequence flattened with its channels first, as in PyTorch. In this package steps come first, so
        /// only layers whose parameters know of that can follow.
        case flattened(Shape)

        /// The axes of a sequence, or nil for what is none.
        var axes: String? {
            switch self {
            case .channelsLast: "NTC"
            case .channelsFirst: "NCT"
            case .timeMajor: "TNC"
            case .features, .flattened: nil
            }
        }
    }

    /// The name in the graph.
    let name: String
    let layout: Layout
    /// What this package has for one row: [steps, channels] or [features].
    let shape: Shape
}
