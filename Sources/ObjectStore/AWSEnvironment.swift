/// The environment variables of the AWS tools.
struct AWSEnvironment {
    /// Gives the value of a variable that is set and not empty.
    private let variable: (String) -> String?

    init(_ variable: @escaping (String) -> String?) {
        self.variable = variable
    }

    subscript(name: String) -> String? { variable(name) }

    /// The path that a variable holds.
    func path(_ name: String) -> String? { variable(name).map(expanded) }

    /// A path as botocore reads it: "~" at its beginning is HOME; `$NAME` and `${NAME}` are other variables, where they are set.
    func expanded(_ path: String) -> String {
        var result = ""
        var rest = Substring(path).unicodeScalars
        if rest.first == "~", rest.dropFirst().first.map({ $0 == "/" }) ?? true, let home = variable("HOME") {
            result = home
            rest = rest.dropFirst()
        }
        while let dollar = rest.firstIndex(of: "$") {
            result += String(Substring(rest[..<dollar]))
            let isBraced = rest[dollar...].dropFirst().first == "{"
            let start = rest[dollar...].dropFirst(isBraced ? 2 : 1)
            let name = start.prefix {
                ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "_"
            }
            let end = rest[name.endIndex...]
            if let value = variable(String(Substring(name))), !isBraced || end.first == "}" {
                result += value
                rest = end.dropFirst(isBraced ? 1 : 0)
            } else {
                result += String(Substring(rest[dollar..<name.endIndex]))
                rest = end
            }
        }
        return result + String(Substring(rest))
    }
}
