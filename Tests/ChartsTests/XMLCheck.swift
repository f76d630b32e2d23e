/// Whether a text is one well-formed XML element, and what it holds; for the XML that SVGs are written in.
struct XMLCheck {
    /// What is wrong, nil where nothing is.
    private(set) var problem: String?
    /// The values of all attributes by their names.
    private(set) var attributes: [(name: String, value: String)] = []
    /// How many elements of each name there are.
    private(set) var elements: [String: Int] = [:]

    private static let entities: Set = ["amp", "lt", "gt", "quot", "#39"]

    init(_ text: String) {
        var open: [String] = []
        var isOver = false
        var rest = Substring(text)
        while !rest.isEmpty, problem == nil {
            if rest.first != "<" {
                let content = rest.prefix { $0 != "<" }
                check(content)
                if open.isEmpty, content.contains(where: { !$0.isWhitespace }) { problem = "text outside: \(content.prefix(20))" }
                rest = rest.dropFirst(content.count)
                continue
            }
            guard let end = rest.firstIndex(of: ">") else {
                problem = "no end of \(rest.prefix(40))"
                break
            }
            var tag = rest[rest.index(after: rest.startIndex)..<end]
            rest = rest[rest.index(after: end)...]
            if tag.first == "/" {
                guard open.popLast() == String(tag.dropFirst()) else {
                    problem = "</\(tag.dropFirst())> ends nothing"
                    break
                }
                isOver = open.isEmpty
                continue
            }
            if isOver { problem = "more than one element" }
            let isAlone = tag.last == "/"
            if isAlone { tag = tag.dropLast() }
            let name = String(tag.prefix { $0 != " " })
            elements[name, default: 0] += 1
            read(tag.dropFirst(name.count))
            if !isAlone { open.append(name) }
        }
        if problem == nil, !open.isEmpty || !isOver { problem = "\(open) not ended" }
    }

    private mutating func read(_ tag: Substring) {
        var (rest, names) = (tag, Set<String>())
        while let first = rest.first {
            guard first == " ", let equals = rest.firstIndex(of: "=") else {
                problem = "no attribute: \(rest.prefix(40))"
                return
            }
            let name = String(rest[rest.index(after: rest.startIndex)..<equals])
            let value = rest[rest.index(after: equals)...]
            guard value.first == "\"", let end = value.dropFirst().firstIndex(of: "\"") else {
                problem = "attribute \(name) without quotes"
                return
            }
            let content = value[value.index(after: value.startIndex)..<end]
            check(content)
            guard names.insert(name).inserted else {
                problem = "attribute \(name) twice"
                return
            }
            attributes.append((name, String(content)))
            rest = value[value.index(after: end)...]
        }
    }

    /// Characters that XML takes, and entities that it knows.
    private mutating func check(_ content: Substring) {
        for part in content.split(separator: "&", omittingEmptySubsequences: false).dropFirst() {
            guard let end = part.firstIndex(of: ";"), XMLCheck.entities.contains(String(part[..<end])) else {
                problem = "an & that is no entity: \(part.prefix(20))"
                return
            }
        }
        for scalar in content.unicodeScalars where scalar.value < 0x20 && scalar != "\n" || scalar.value & 0xFFFE == 0xFFFE {
            problem = "a character that XML has not: \(scalar.value)"
        }
    }
}
