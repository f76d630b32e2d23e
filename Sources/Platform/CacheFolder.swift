/// The folder in which the program keeps what it can make again: parsed data sets, downloaded weights.
public enum CacheFolder {
    /// The user's: `$HARTRAIN_CACHE`, or `$XDG_CACHE_HOME/hartrain`, or `~/.cache/hartrain`; nil if none of these is set.
    /// - Parameter variable: Gives the value of an environment variable.
    public static func path(environment variable: (String) -> String?) -> String? {
        func value(_ name: String) -> String? { variable(name).flatMap { $0.isEmpty ? nil : $0 } }
        return value("HARTRAIN_CACHE")
            ?? value("XDG_CACHE_HOME").map { $0 + "/hartrain" }
            ?? value("HOME").map { $0 + "/.cache/hartrain" }
    }
}
