import StrictJSON
import Testing

@testable import ObjectStore

@Suite struct StoreAnswerTests {
    private func answer(_ status: Int, _ body: String, _ headers: [String: String] = [:]) -> StoreAnswer {
        StoreAnswer(HTTPResponse(status: status, headers: headers, body: Array(body.utf8)), hiding: SecretFilter(["s3cr3t"]))
    }

    private func reason(_ answer: StoreAnswer, writing: Bool = false, now: Int = 0) throws -> String {
        let keys = ["AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": "s"]
        return answer.reason(
            writing: writing, configuration: try StoreConfiguration(.init(), environment: { keys[$0] }), now: now)
    }

    private func error(_ code: String) -> String {
        "<?xml version=\"1.0\"?><Error><Code>\(code)</Code><Message>Words</Message></Error>"
    }

    @Test(arguments: [(500, ""), (502, ""), (503, "SlowDown"), (504, ""), (429, ""), (408, ""), (400, "RequestTimeout")])
    func whatMayPass(_ status: Int, _ code: String) {
        #expect(answer(status, error(code)).isPassing)
    }

    @Test(arguments: [400, 401, 403, 404, 301, 412, 416]) func whatStays(_ status: Int) {
        #expect(!answer(status, error("AccessDenied")).isPassing)
    }

    @Test func everyCauseHasItsWords() throws {
        #expect(try reason(answer(403, error("InvalidAccessKeyId"))).hasPrefix("the store does not know the access key"))
        #expect(try reason(answer(403, error("SignatureDoesNotMatch"))).hasPrefix("the secret key does not fit"))
        #expect(try reason(answer(400, error("ExpiredToken"))).hasPrefix("the session token is not valid any more"))
        #expect(try reason(answer(404, error("NoSuchBucket"))).hasPrefix("there is no such bucket"))
        #expect(try reason(answer(404, error("NoSuchKey"))) == "there is no such object (NoSuchKey)")
        #expect(try reason(answer(404, "")) == "there is no such object (HTTP 404)")
        #expect(try reason(answer(403, "")) == "access is denied (HTTP 403): these credentials may not read here")
        #expect(
            try reason(answer(403, error("AccessDenied")), writing: true)
                == "access is denied (AccessDenied): these credentials may not write here")
        #expect(try reason(answer(418, error("Teapot"))) == "the store answers 418 Teapot: Words")
        #expect(
            try reason(answer(302, "<html>")) == "the store redirects elsewhere (HTTP 302): check AWS_ENDPOINT_URL and AWS_REGION"
        )
        let malformed = "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>"
        #expect(try reason(answer(400, malformed)).hasPrefix("the bucket is in eu-west-1, the request is for us-east-1"))
    }

    /// 784,111,777 is the date that RFC 9110 has as its example.
    @Test func aWrongClockIsSaidByHowMuch() throws {
        let skewed = answer(403, error("RequestTimeTooSkewed"), ["date": "Sun, 06 Nov 1994 08:49:37 GMT"])
        #expect(try reason(skewed, now: 784_111_777 - 3600).contains("by 3600 s (it is behind)"))
        #expect(try reason(skewed, now: 784_111_777 + 60).contains("by 60 s (it is ahead)"))
        #expect(try reason(answer(403, error("RequestTimeTooSkewed"), ["date": "today"])).contains("the store's (Request"))
    }

    @Test func aClockThatIsOffIsSaidWhateverTheStoreCallsIt() throws {
        let date = ["date": "Sun, 06 Nov 1994 08:49:37 GMT"]
        let hint = "this machine's clock differs from the store's by 3600 s (it is behind)"
        for (status, code) in [(403, "AccessDenied"), (403, "SignatureDoesNotMatch"), (400, "Bad"), (401, "")] {
            #expect(try reason(answer(status, error(code), date), now: 784_111_777 - 3600).contains(hint))
            #expect(try !reason(answer(status, error(code), date), now: 784_111_777 - 60).contains("clock"))
        }
        #expect(try !reason(answer(404, error("NoSuchKey"), date), now: 784_111_777 - 3600).contains("clock"))
    }

    @Test func onlyARegionIsShownAsOne() throws {
        for (region, place) in [
            ("eu-west-1", "in eu-west-1"), ("a+/b", "in another region"), ("eu west", "in another region"),
            ("us-s3cr3t-1", "in another region"),
            ("US-S3CR3T-1", "in another region"), (String(repeating: "a", count: 65), "in another region"),
        ] {
            let malformed = error("AuthorizationHeaderMalformed")
            #expect(try reason(answer(400, malformed, ["x-amz-bucket-region": region])).hasPrefix("the bucket is \(place), "))
            let body = malformed.replacing("</Error>", with: "<Region>\(region)</Region></Error>")
            #expect(try reason(answer(400, body)).hasPrefix("the bucket is \(place), "))
        }
    }

    @Test func entitiesAreResolved() throws {
        let text = error("Odd").replacing("Words", with: "a &lt;b&gt; &amp;&quot;&apos;&#65;&#x42; &nbsp; & c")
        #expect(try reason(answer(418, text)) == "the store answers 418 Odd: a <b> &\"'AB &nbsp; & c")
    }

    @Test func aBucketIsNoObject() throws {
        let keys = ["AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": "s"]
        let store = ObjectStore(try StoreConfiguration(.init(), environment: { keys[$0] }))
        let error = try #require(throws: ObjectStoreError.self) { try store.read(try ObjectURL("s3://models")) }
        #expect("\(error)" == "s3://models: names a bucket: add the object's key, as in s3://bucket/key")
    }

    @Test func onlyWhatCanBeSentBackIsAnETag() {
        #expect(ObjectStore.etag("\"abc\"") == "\"abc\"")
        for text in [nil, "", "a b", "a\r\nX: y", String(repeating: "e", count: 1025)] { #expect(ObjectStore.etag(text) == nil) }
    }

    @Test func secretsAreHiddenWhereverTheyAre() throws {
        let text = try reason(
            answer(400, error("a-s3cr3t").replacing("Words", with: String(repeating: "w", count: 155) + "s3cr3t")))
        #expect(text.contains("a-***") && !text.contains("s3cr") && !text.contains("wws3"), "\(text)")
    }

    @Test func hostileTextsAreShownByExcerpt() throws {
        let hostile = error("A\u{1B}[31m").replacing("Words", with: String(repeating: "w", count: 5000))
        let text = try reason(answer(400, hostile))
        #expect(JSON.isVisible(text) && text.count < 300)
    }
}
