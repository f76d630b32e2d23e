import Charts

/// A part of a report: what it says, its charts and its tables.
public struct ReportSection {
    /// What follows beneath the title, in this order.
    public enum Block {
        /// A paragraph.
        case text(String)
        /// A chart, with its values as a table to unfold.
        case chart(any Chart)
        /// A table that is to be seen.
        case table(ReportTable)
        /// A title within the section.
        case title(String)
    }

    /// The title.
    public let title: String
    /// What it shows.
    public internal(set) var blocks: [Block]

    init(_ title: String, _ blocks: [Block] = []) {
        self.title = title
        self.blocks = blocks
    }
}

/// A table of a report.
public struct ReportTable: Sendable {
    /// What the table is of.
    public let caption: String
    /// The names of the columns.
    public let header: [String]
    /// The cells, as many in each row as there are columns.
    public let rows: [[String]]

    init(_ caption: String, header: [String], rows: [[String]]) {
        self.caption = caption
        self.header = header
        self.rows = rows
    }
}
