/// What is said about a chart in words.
public struct ChartHeading: Sendable, Equatable {
    /// What is shown, above the chart.
    public let title: String
    /// What must be known to read it, smaller, beneath the title; may be empty.
    public let subtitle: String
    /// What there is to see, for those who do not see it.
    public let description: String

    /// A heading; texts of others may be among its words.
    public init(title: String, subtitle: String = "", description: String) {
        self.title = DisplayText.line(title)
        self.subtitle = DisplayText.line(subtitle)
        self.description = DisplayText.line(description, limit: 10 * DisplayText.limit)
    }
}
