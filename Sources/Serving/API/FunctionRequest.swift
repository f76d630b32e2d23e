/// A request, by whichever way it came: HTTP, Lambda's runtime or standard input.
struct FunctionRequest {
    /// The path, without the query.
    var path: String
    /// The query's parameters, decoded.
    var query: [String: String] = [:]
    /// The field Content-Type, as it came; nil without one.
    var contentType: String?
    /// The field Accept, as it came; nil without one.
    var accept: String?
    /// The field Inference-Header-Content-Length of the Open Inference Protocol's binary extension.
    var inferenceHeaderLength: String?
    /// All of the body.
    var body: [UInt8]
}
