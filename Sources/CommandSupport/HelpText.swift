/// How a command's help is printed.
public enum HelpText {
    /// A help text with the options of the object store, which most readers need last, at its end: the parser puts sections with a title
    /// before a command's own options.
    public static func ordered(_ text: String) -> String {
        let sections = (text.hasSuffix("\n") ? text.dropLast() : text[...]).split(separator: "\n\n")
        func isOfStore(_ section: Substring) -> Bool { section.hasPrefix("OBJECT STORE") }
        guard sections.contains(where: isOfStore) else { return text }
        let ordered = sections.filter { !isOfStore($0) } + sections.filter(isOfStore)
        return ordered.joined(separator: "\n\n") + "\n"
    }
}
