import ArgumentParser
import CommandSupport
import Platform

extension EnvironmentOptions {
    /// The options of a server.
    static let server = EnvironmentOptions(prefix: "HARFUNCTION_")

    /// The port, as the frameworks of the study hand it over.
    func port() throws -> Int? {
        for name in [prefix + "PORT", "PORT", "FUNC_PORT", "RUNTIME_PORT"] {
            // For a service called "harfunction" Kubernetes sets HARFUNCTION_PORT itself, to tcp://10.0.0.1:80.
            guard let text = Environment.value(name), !text.hasPrefix("tcp://") else { continue }
            guard let port = Int(text) else { throw ValidationError("\(name) is '\(text.prefix(80))': give a port") }
            return port
        }
        return nil
    }
}
