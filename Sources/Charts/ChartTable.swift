/// The values of a chart as text, to stand beside it.
public struct ChartTable: Sendable, Equatable {
    /// The names of the columns.
    public let header: [String]
    /// The cells, as many in each row as there are columns; not escaped.
    public let rows: [[String]]

    init(header: [String], rows: [[String]]) {
        self.header = header
        self.rows = rows
    }
}
