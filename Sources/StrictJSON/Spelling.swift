/// Guesses which known name a misspelt one was meant to be.
public enum Spelling {
    /// The known name nearest to `name`, or nil when none is near enough to be worth proposing.
    ///
    /// Near enough is a third of the longer name's characters changed, added or left out, and at least one.
    public static func closest(to name: String, among known: [String]) -> String? {
        var best: (name: String, distance: Int)?
        for candidate in known {
            let limit = max(1, max(name.count, candidate.count) / 3)
            // A difference in length is already that much distance: no long work for names of a hostile length.
            guard abs(name.count - candidate.count) <= limit else { continue }
            let distance = distance(name.lowercased(), candidate.lowercased())
            guard distance <= limit else { continue }
            guard distance < candidate.count, distance < best?.distance ?? .max else { continue }
            best = (candidate, distance)
        }
        return best?.name
    }

    /// The Levenshtein distance: the fewest characters to change, add or leave out to make one text of the other.
    static func distance(_ a: String, _ b: String) -> Int {
        let b = Array(b)
        var row = Array(0...b.count)
        for (i, character) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let substituted = diagonal + (b[j] == character ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j + 1] + 1, row[j] + 1)
            }
        }
        return row[b.count]
    }
}
