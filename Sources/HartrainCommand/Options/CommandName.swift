/// Checks the word that names a command before the options are parsed: the parser takes an unknown one for an argument of `train`.
enum CommandName {
    /// Why a command line names no command, with the nearest one; nil where all is well.
    static func problem(_ arguments: [String], known: [String]) -> String? {
        guard var word = arguments.first, !word.hasPrefix("-") else { return nil }
        if word == "help" {
            guard arguments.count > 1 else { return nil }
            word = arguments[1]
        }
        guard !known.contains(word) else { return nil }
        let nearest = known.map { (name: $0, distance: distance($0, word)) }.min { $0.distance < $1.distance }
        let hint = nearest.flatMap { $0.distance <= 2 ? $0.name : nil }.map { ": did you mean '\($0)'?" } ?? ""
        return "there is no command '\(word.prefix(40))'\(hint)"
    }

    /// The fewest letters to insert, delete, replace, or swap with their neighbour, that make one word of another (Damerau, 1964, in
    /// its restricted form).
    static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a), Array(b))
        var rows = (0...a.count).map { i in (0...b.count).map { i == 0 ? $0 : $0 == 0 ? i : 0 } }
        for i in a.indices {
            for j in b.indices {
                var best = min(rows[i][j + 1] + 1, rows[i + 1][j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
                rows[i + 1][j + 1] = best
            }
        }
        return rows[a.count][b.count]
    }
}
