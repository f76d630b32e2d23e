import ArgumentParser
import Platform

/// The options of a server that the environment gives: HARFUNCTION_ and the option's name.
struct ServeSettings {
    private static let prefix = "HARFUNCTION_"

    /// Whether a flag is set.
    static func isSet(_ name: String) -> Bool {
        ["1", "true", "yes"].contains(Environment.value(prefix + name)?.lowercased() ?? "")
    }

    func text(_ name: String) throws -> String? { Environment.value(ServeSettings.prefix + name) }

    /// Several values, with commas between them.
    func texts(_ name: String) throws -> [String] {
        try text(name)?.split(separator: ",").map(String.init) ?? []
    }

    func number(_ name: String) throws -> Int? {
        try value(name) { text in
            guard let number = Int(text) else { throw ValidationError("must be a whole number") }
            return number
        }
    }

    /// A value in an option's own form.
    func value<Value>(_ name: String, _ read: (String) throws -> Value) throws -> Value? {
        guard let text = try text(name) else { return nil }
        do {
            return try read(text)
        } catch {
            throw ValidationError("\(ServeSettings.prefix)\(name) is '\(text.prefix(80))': \(error)")
        }
    }

    /// The port, as the frameworks of the study hand it over.
    func port() throws -> Int? {
        for name in [ServeSettings.prefix + "PORT", "PORT", "FUNC_PORT", "RUNTIME_PORT"] {
            // For a service called "harfunction" Kubernetes sets HARFUNCTION_PORT itself, to tcp://10.0.0.1:80.
            guard let text = Environment.value(name), !text.hasPrefix("tcp://") else { continue }
            guard let port = Int(text) else { throw ValidationError("\(name) is '\(text.prefix(80))': give a port") }
            return port
        }
        return nil
    }
}
