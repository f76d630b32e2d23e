import Testing

@testable import ObjectStore

@Suite struct EndpointTests {
    private func url(_ endpoint: Endpoint, _ place: String) throws -> String { endpoint.url(of: try ObjectURL(place)) }

    @Test func amazonHasBucketsAsHosts() throws {
        let endpoint = Endpoint(region: "eu-west-1", addressing: .auto)
        #expect(try url(endpoint, "s3://models/har/x") == "https://models.s3.eu-west-1.amazonaws.com/har/x")
        // No certificate covers these.
        #expect(try url(endpoint, "s3://my.models/x") == "https://s3.eu-west-1.amazonaws.com/my.models/x")
        #expect(try url(endpoint, "s3://Models_1/x") == "https://s3.eu-west-1.amazonaws.com/Models_1/x")
        let path = Endpoint(region: "cn-north-1", addressing: .path)
        #expect(try url(path, "s3://models/x") == "https://s3.cn-north-1.amazonaws.com.cn/models/x")
    }

    @Test func otherStoresHaveThemInThePath() throws {
        func endpoint(_ addressing: Endpoint.Addressing, _ url: String = "http://127.0.0.1:9000/") throws -> Endpoint {
            try Endpoint(url: url, from: "--endpoint", addressing: addressing)
        }
        #expect(try url(endpoint(.auto), "s3://models/har/x") == "http://127.0.0.1:9000/models/har/x")
        #expect(try url(endpoint(.virtual, "https://s3.lan"), "s3://models/x") == "https://models.s3.lan/x")
        #expect(try url(endpoint(.path, "https://host/minio//"), "s3://models/x") == "https://host/minio/models/x")
    }

    @Test func keysAreEscapedByteByByte() throws {
        let endpoint = Endpoint(region: "us-east-1", addressing: .path)
        let host = "https://s3.us-east-1.amazonaws.com/models/"
        #expect(
            try url(endpoint, "s3://models/a b/ü+%~(1)&=?#-._/*'") == host + "a%20b/%C3%BC%2B%25~%281%29%26%3D%3F%23-._/%2A%27")
    }

    @Test(arguments: [
        "127.0.0.1:9000", "ftp://host", "http://", "http:///x", "http://user:secret@host", "http://host/?x", "http://ho st",
        "http://host#x", "HTTP://host", "http://user:secret@\u{301}host", "http://host/?\u{301}x", "http://host#\u{301}x",
        "http://ho \u{301}st", "http:///\u{301}x", "http://host\\x",
    ]) func whatIsNoURLOfAStoreIsRefused(_ url: String) throws {
        let error = try #require(throws: ObjectStoreError.self) {
            try Endpoint(url: url, from: "AWS_ENDPOINT_URL", addressing: .auto)
        }
        #expect(error.place == "AWS_ENDPOINT_URL")
        #expect(!error.reason.contains("secret"))
    }
}
