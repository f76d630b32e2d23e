extension FunctionServer {
    /// Answers the events of AWS Lambda until it ends the process.
    /// - Parameter address: The host and port of the runtime interface: AWS_LAMBDA_RUNTIME_API.
    /// - Throws: What keeps it from starting, once Lambda has been told.
    public func runLambda(_ address: String) async throws {
        let logger = try makeLogger()
        try await LambdaRuntime(address, logger: logger).run { try makeAPI() }
    }

    /// Answers one request.
    /// - Parameters:
    ///   - body: The request's body: JSON, CSV or floats.
    ///   - environment: What the classic watchdog says of the request: Http_Content_Type, Http_Accept, Http_Query.
    /// - Returns: The answer's body, and what a person should know of the windows that the body may have no room for.
    /// - Throws: A `ServingError` that says what is wrong with the request, and what keeps a model from being used.
    public func answer(_ body: [UInt8], environment: (String) -> String?) throws -> (body: [UInt8], warning: String?) {
        let model = environment("Http_Query").flatMap { query in
            query.split(separator: "&").first { $0.hasPrefix("model=") }.map { String($0.dropFirst("model=".count)) }
        }
        let request = FunctionRequest(
            path: "/", query: model.map { ["model": $0] } ?? [:], contentType: environment("Http_Content_Type"),
            accept: environment("Http_Accept"), body: body)
        do {
            let answer = try makeAPI().answer(request)
            let field = FunctionAnswer.Header(warning: "").name
            return (answer.body, answer.headers.first { $0.name == field }?.value)
        } catch let error as RequestError {
            throw ServingError(error.message)
        }
    }
}
