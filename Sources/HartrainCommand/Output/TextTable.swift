/// Rows of cells in columns: the first column flush left, the others flush right.
struct TextTable {
    private let header: [String]
    private var rows: [[String]] = []

    init(_ header: [String]) {
        self.header = header
    }

    mutating func add(_ cells: [String]) {
        rows.append(cells)
    }

    /// The lines of the table, the header first.
    var lines: [String] {
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { cells in
            let padded = cells.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + space : space + cell
            }
            let line = padded.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }

    /// The table in markdown, its columns aligned for those who read it as it is.
    var markdown: String {
        let rule = header.indices.map { $0 == 0 ? "---" : "---:" }
        let all = [header, rule] + rows
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.enumerated().map { number, cells in
            let padded = cells.enumerated().map { column, cell in
                // A rule is as long as its column.
                let space = String(repeating: number == 1 ? "-" : " ", count: widths[column] - cell.count)
                return column == 0 ? cell + space : space + cell
            }
            return "| " + padded.joined(separator: " | ") + " |\n"
        }.joined()
    }

    /// The table with a line break after each line.
    var text: String { lines.map { $0 + "\n" }.joined() }
}
