import Platform
import StrictJSON

/// What Lambda hands to a function: a request of a function URL, of API Gateway or of a load balancer, or JSON that is the body itself.
struct LambdaEvent {
    /// What is asked, or why that is no request.
    let request: Result<FunctionRequest, RequestError>
    /// Whether the answer must be one of HTTP, with a status.
    let isHTTP: Bool

    /// Reads an event.
    /// - Throws: A `RequestError` for what is no JSON.
    init(_ body: [UInt8]) throws(RequestError) {
        var event: JSON = .null
        // Numbers of a window in the body of a request are within a text: the tree has none of them. Those of plain JSON are few.
        try WindowsBody.readingJSON { event = try JSON.parse(body) }
        // Version 2 of the payload, or version 1.
        let path = event["rawPath"]?.asString ?? (event["httpMethod"] != nil ? event["path"]?.asString : nil)
        guard let path else {
            request = .success(FunctionRequest(path: "/", contentType: MediaType.json.rawValue, body: body))
            isHTTP = false
            return
        }
        isHTTP = true
        var headers: [String: String] = [:]
        for member in event["headers"]?.asObject?.members ?? [] { headers[member.key.lowercased()] = member.value.asString }
        var query: [String: String] = [:]
        for member in event["queryStringParameters"]?.asObject?.members ?? [] { query[member.key] = member.value.asString }
        let text = event["body"]?.asString ?? ""
        var bytes = Array(text.utf8)
        if event["isBase64Encoded"]?.asBool == true {
            guard let decoded = Base64.decoded(text) else {
                request = .failure(.bad("'isBase64Encoded' is true, and the body is no Base64"))
                return
            }
            bytes = decoded
        }
        request = .success(
            FunctionRequest(
                path: path, query: query, contentType: headers["content-type"], accept: headers["accept"],
                inferenceHeaderLength: headers["inference-header-content-length"], body: bytes))
    }

    /// An answer as a function URL, API Gateway and a load balancer take it.
    static func response(_ answer: FunctionAnswer) -> JSON {
        var headers: JSONObject = ["Content-Type": .string(answer.type.field)]
        for header in answer.headers { headers.set(header.name, .string(header.value)) }
        let isText = answer.type != .floats
        return [
            "statusCode": .integer(answer.status), "headers": .object(headers), "isBase64Encoded": .bool(!isText),
            "body": .string(isText ? String(decoding: answer.body, as: UTF8.self) : Base64.encoded(answer.body)),
        ]
    }
}
