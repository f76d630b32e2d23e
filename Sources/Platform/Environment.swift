import Glibc

/// The environment of the process.
public enum Environment {
    /// The value of a variable that is set and not empty.
    public static func value(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }
}
