import Platform

/// Whether confidence is deserved: how many answers of each confidence are right, beside the diagonal of a model that knows.
public struct ReliabilityDiagram: Chart {
    /// Answers of like confidence.
    public struct Bin: Sendable, Equatable {
        /// The mean of their confidences.
        public let confidence: Double
        /// The share of them that is right.
        public let accuracy: Double
        /// How many they are.
        public let count: Int

        /// A bin.
        public init(confidence: Double, accuracy: Double, count: Int) {
            self.confidence = confidence
            self.accuracy = accuracy
            self.count = count
        }
    }

    /// The bins that hold answers, by their confidence.
    public let bins: [Bin]
    private let chart: LineChart

    public var heading: ChartHeading { chart.heading }

    /// A diagram; bins without answers are left out.
    /// - Throws: A `ChartError` where a confidence or an accuracy is not a share.
    public init(_ heading: ChartHeading, _ bins: [Bin]) throws(ChartError) {
        let filled = bins.filter { $0.count > 0 }.sorted { $0.confidence < $1.confidence }
        for bin in filled {
            for value in [bin.confidence, bin.accuracy] where !(0...1).contains(value) {
                throw ChartError("a bin of \(bin.count): confidence and accuracy must be from 0 to 1, found \(value)")
            }
        }
        self.bins = filled
        let diagonal = LineSeries(
            "as sure as right", [.init(x: 0, y: 0), .init(x: 1, y: 1)], stroke: .dashed, isReference: true)
        let line = LineSeries("the answers", filled.map { .init(x: $0.confidence, y: $0.accuracy) })
        chart = try LineChart(
            heading, x: Axis("confidence", format: .percent, range: 0...1),
            y: Axis("answers that are right", format: .percent, range: 0...1), [line, diagonal], aspect: 1)
    }

    public func draw(on canvas: inout Canvas) {
        chart.draw(on: &canvas)
    }

    public var table: ChartTable {
        ChartTable(
            header: ["confidence", "right", "answers"],
            rows: bins.map {
                [NumberText.percent($0.confidence), NumberText.percent($0.accuracy), NumberText.grouped($0.count)]
            })
    }
}
