/// A command line taken apart as a POSIX shell does, without expansions: quotes and backslashes.
enum ShellWords {
    /// The words, or nil where a quote is not closed or the text ends in a backslash.
    static func split(_ text: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Unicode.Scalar?
        var scalars = text.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            switch (scalar, quote) {
            case ("\\", nil), ("\\", "\""):
                guard let next = scalars.next() else { return nil }
                // Between double quotes a backslash stands for itself before anything else.
                if quote != nil, next != "\"", next != "\\" { word = (word ?? "") + "\\" }
                word = (word ?? "") + String(next)
            case ("'", nil), ("\"", nil):
                quote = scalar
                word = word ?? ""
            case (_, .some(let open)) where scalar == open: quote = nil
            case (" ", nil), ("\t", nil), ("\n", nil), ("\r", nil):
                if let ended = word { words.append(ended) }
                word = nil
            default: word = (word ?? "") + String(scalar)
            }
        }
        if let last = word { words.append(last) }
        return quote == nil ? words : nil
    }
}
