import ArgumentParser
import Platform

/// Options that the environment gives: a prefix and the option's name in capitals, as HARFUNCTION_BODY_LIMIT for --body-limit.
public struct EnvironmentOptions: Sendable {
    /// What all names begin with.
    public let prefix: String

    /// Options whose names begin with a prefix.
    public init(prefix: String) {
        self.prefix = prefix
    }

    /// Whether a flag is set.
    public func isSet(_ name: String) -> Bool { ["1", "true", "yes"].contains(text(name)?.lowercased() ?? "") }

    /// A text; nil where there is none.
    public func text(_ name: String) -> String? { Environment.value(prefix + name) }

    /// Several texts, with commas between them.
    public func texts(_ name: String) -> [String] { text(name)?.split(separator: ",").map(String.init) ?? [] }

    /// A whole number.
    /// - Throws: A `ValidationError` that names the variable.
    public func number(_ name: String) throws -> Int? {
        try value(name) { text in
            guard let number = Int(text) else { throw ValidationError("must be a whole number") }
            return number
        }
    }

    /// One of some words.
    /// - Throws: A `ValidationError` that names the variable and the words.
    public func word<Word: RawRepresentable<String> & CaseIterable>(_ name: String) throws -> Word? {
        try value(name) { text in
            guard let word = Word(rawValue: text) else {
                throw ValidationError("must be one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return word
        }
    }

    /// A value in an option's own form.
    /// - Throws: A `ValidationError` that names the variable.
    public func value<Value>(_ name: String, _ read: (String) throws -> Value) throws -> Value? {
        guard let text = text(name) else { return nil }
        do {
            return try read(text)
        } catch {
            throw ValidationError("\(prefix)\(name) is '\(text.prefix(80))': \(error)")
        }
    }
}
