import StrictJSON

/// Tensors of a file that are not those of the model.
public struct StateTensorsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Names that the model has and the file has not.
    public var missing: [String] = []
    /// Names that the file has and the model has not.
    public var unexpected: [String] = []
    /// Names, with the shape found and the shape needed.
    public var misshapen: [String] = []

    var isEmpty: Bool { missing.isEmpty && unexpected.isEmpty && misshapen.isEmpty }

    /// All problems in one line, at most eight names of a kind.
    public var description: String {
        func list(_ title: String, _ names: [String]) -> String? {
            guard !names.isEmpty else { return nil }
            let more = names.count > 8 ? " and \(names.count - 8) more" : ""
            let shown = names.prefix(8).map { JSON.excerpt(of: $0, limit: 80) }
            return "\(title): \(shown.joined(separator: ", "))\(more)"
        }
        return "the tensors do not fit the model; "
            + [list("missing", missing), list("unexpected", unexpected), list("misshapen", misshapen)].compactMap { $0 }
            .joined(separator: "; ")
    }
}
