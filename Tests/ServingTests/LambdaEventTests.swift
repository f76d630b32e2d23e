import StrictJSON
import Testing

@testable import Serving

@Suite struct LambdaEventTests {
    @Test func aFunctionURLIsARequest() throws {
        let text = """
            {"version": "2.0", "rawPath": "/predict", "headers": {"Content-Type": "text/csv", "accept": "text/plain"},
             "queryStringParameters": {"model": "cnn"}, "isBase64Encoded": true, "body": "MSwy"}
            """
        let event = try LambdaEvent(Array(text.utf8))
        #expect(event.isHTTP)
        let request = try event.request.get()
        #expect(request.path == "/predict")
        #expect(request.contentType == "text/csv")
        #expect(request.accept == "text/plain")
        #expect(request.query == ["model": "cnn"])
        #expect(request.body == Array("1,2".utf8))
    }

    @Test func aBodyThatIsNoBase64IsTheRequestsError() throws {
        let event = try LambdaEvent(Array(#"{"rawPath": "/", "isBase64Encoded": true, "body": "?"}"#.utf8))
        #expect(event.isHTTP)
        #expect(throws: RequestError.self) { try event.request.get() }
    }

    @Test func aGatewayIsARequest() throws {
        let event = try LambdaEvent(Array(#"{"httpMethod": "POST", "path": "/", "headers": null, "body": "{}"}"#.utf8))
        #expect(event.isHTTP)
        #expect(try event.request.get().body == Array("{}".utf8))
    }

    @Test func plainJSONIsTheBody() throws {
        let body = Array(#"{"window": [[1, 2]]}"#.utf8)
        let event = try LambdaEvent(body)
        #expect(!event.isHTTP)
        #expect(try event.request.get().body == body)
    }

    @Test func bytesGoAsBase64() {
        let response = LambdaEvent.response(FunctionAnswer(.floats, [0, 255]))
        #expect(response["isBase64Encoded"]?.asBool == true)
        #expect(response["body"]?.asString == "AP8=")
        #expect(
            LambdaEvent.response(FunctionAnswer(status: 400, .json, AnswerText.error("no")))["body"]?.asString
                == #"{"error":"no"}"#)
    }
}
